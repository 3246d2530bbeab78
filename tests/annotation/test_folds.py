"""What is folded to one line: what the line says, what stands inside, and that a page holds a bounded part of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.folds import GIST, ON_A_PAGE, SHOWN, Fold, Room, gist, of_turn, thought
from annotation.turns import exchanges


def folded(arguments: str, *results: dict[str, Any], room: Room | None = None, as_written: bool = False) -> Fold:
    """The one fold of a turn that calls a tool."""
    call = {"name": "read", "arguments": arguments}
    made = exchanges([{"role": "assistant", "content": "", "tool_calls": [call]}, *results])
    (fold,) = of_turn(0, made, "A", room or Room(), as_written=as_written)
    return fold


def back(content: str, **more: Any) -> dict[str, Any]:
    return {"role": "tool", "content": content, **more}


def labels(fold: Fold) -> list[str]:
    return [part.label for part in fold.parts]


def test_the_line_names_the_tool_its_first_argument_the_size_and_a_failure() -> None:
    fold = folded('{"path": "src/app.py", "from": 3}', back("x" * 1_204, is_error=True))

    assert (fold.name, fold.gist, fold.size, fold.is_error) == ("read", "src/app.py", "1,204 characters", True)
    assert labels(fold) == ["path", "from", "Error"]
    assert "src/app.py" in fold.parts[0].html
    assert fold.cut == ""


@pytest.mark.parametrize(
    ("arguments", "says", "inside"),
    [
        ('{"n": {"a": [1]}}', '{"a": [1]}', ["n"]),
        ("{}", "", []),
        ("", "", []),
        ("[1, 2]", "[1, 2]", ["Arguments"]),
        ("{broken", "{broken", ["Arguments"]),
        ('{"a": 1, "a": 2}', '{"a": 1, "a": 2}', ["Arguments"]),
        ('{"o": {"a": 1, "a": 2}}', '{"o": {"a": 1, "a": 2}}', ["Arguments"]),
        ("[" * 100_000, "[" * GIST + "…", ["Arguments"]),
    ],
)
def test_arguments_stand_by_name_where_nothing_is_hidden_by_that(arguments: str, says: str, inside: list[str]) -> None:
    fold = folded(arguments)

    assert (fold.gist, labels(fold), fold.size) == (says, inside, "no result")


def test_as_written_the_arguments_are_one_text() -> None:
    fold = folded('{"path": "a\\nb"}', as_written=True)

    assert labels(fold) == ["Arguments"]
    assert "a\\nb" in fold.parts[0].html


def test_many_arguments_stand_together_behind_the_first_twenty() -> None:
    fold = folded(json.dumps({f"n{number}": number for number in range(25)}))

    assert len(fold.parts) == 21
    assert labels(fold)[-1] == "5 more"
    assert "n24: 24" in fold.parts[-1].html


def test_a_result_without_a_call_and_a_thought_fold_too() -> None:
    (alone,) = of_turn(0, exchanges([back("\n\nline one\nline two")]), "P", Room())
    mind = thought({"role": "assistant", "content": "", "reasoning": "One two."}, "A-0-thought", Room())

    assert (alone.kind, alone.name, alone.gist) == ("result", "Result", "line one")
    assert mind is not None
    assert (mind.kind, mind.gist, mind.size) == ("thought", "One two.", "2 words")
    assert thought({"role": "assistant", "content": "x"}, "k", Room()) is None


def test_words_of_strangers_are_escaped_and_what_is_invisible_shows() -> None:
    fold = folded('{"<b>x</b>": "<script>alert(1)</script>\\u202e"}', back("</pre><img src=x onerror=alert(1)>\u200b"))

    html = "".join(part.html for part in fold.parts)
    assert "<script" not in html
    assert "<img" not in html
    assert "badge-char" in fold.parts[0].html
    assert "badge-char" in fold.parts[1].html
    assert "\u202e" not in fold.gist


def test_long_parts_are_cut_and_say_how_much_there_is() -> None:
    fold = folded(json.dumps({"text": "y" * 50_000}), back("x" * 1_000_000))

    assert [len(part.html) < SHOWN + 200 for part in fold.parts] == [True, True]
    assert fold.cut == "1,050,000 characters"


def test_a_full_page_keeps_the_lines_and_drops_what_is_inside() -> None:
    room = Room(left=10)
    first = folded('{"a": "12345678901234"}', back("second"), room=room)
    empty = folded("{}", back(""), room=room)

    assert labels(first) == ["a"]
    assert "1234567\n⋯\n234" in first.parts[0].html
    assert first.cut == "20 characters"
    assert (labels(empty), empty.cut) == (["Result"], "")
    assert room.left == 0


@given(st.lists(st.tuples(st.text(max_size=40), st.integers(0, 5_000)), max_size=60))
def test_a_page_holds_a_bounded_part_whatever_there_is(many: list[tuple[str, int]]) -> None:
    room = Room()
    for words, times in many:
        folded(json.dumps({"a": words * times}), back(words * times), room=room)

    assert 0 <= room.left <= ON_A_PAGE


def test_where_there_is_no_end_everything_is_there() -> None:
    fold = folded("x" * 100_000, back("y" * 300_000), room=Room(is_endless=True))

    assert fold.cut == ""
    assert sum(len(part.html) for part in fold.parts) > 400_000


@given(st.text())
def test_a_line_is_one_short_line_that_shows_no_hidden_character(text: str) -> None:
    found = gist(text)

    assert len(found) <= GIST + 1
    assert found.isprintable() or found == ""
