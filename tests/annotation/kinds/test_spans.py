"""Marks in the responses: known answers, what is refused, fields with and without a script, and what people read."""

import json
import os
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.kinds import KINDS, AnswerRefused, Judged, SettingsRefused, Subject
from annotation.kinds.quotes import find_exactly, number_of, text_hash
from annotation.kinds.spans_distance import between
from annotation.kinds.spans_drawn import error_types
from tests.annotation.kind_cases import Question

KIND = KINDS["spans"]
TEXT = "One 🙂 apple.\r\nOne apple."
OTHER = "A stone."
PAIR = Subject((Judged(TEXT), Judged(OTHER)))
SINGLE = Subject((Judged(TEXT),))
HASHES = [text_hash(TEXT), text_hash(OTHER)]
GRADES = [{"key": "minor", "title": "Minor"}, {"key": "major", "title": "Major"}]
ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
needs_real_data = pytest.mark.skipif(
    not (REAL / "spans_pairs_fgrlhf").exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA"
)


def question(*, is_required: bool = True, **settings: Any) -> Question:
    checked = KIND.check_settings(settings, "response")
    return Question("spans", target="response", is_required=is_required, settings=checked)


def mark(start: int, end: int, kind: str = "irrelevant", response: int = 0, **more: Any) -> dict[str, Any]:
    return {"response": response, "start": start, "end": end, "type": kind, **more}


def value(*spans: Any, hashes: Any = HASHES) -> dict[str, Any]:
    return {"hashes": hashes, "spans": list(spans)}


def posted(*spans: Any, **more: str) -> dict[str, str]:
    return {"q.marks": json.dumps(value(*spans)), **more}


def test_offsets_count_code_points_of_the_text_as_it_was_written() -> None:
    end = TEXT.index("\r\n")

    stored = KIND.validate(value(mark(4, end), mark(end + 2, len(TEXT), "redundant")), question(), PAIR)

    assert [TEXT[one["start"] : one["end"]] for one in stored["spans"]] == ["🙂 apple.", "One apple."]


def test_marks_are_stored_by_response_and_place_whatever_order_they_came_in() -> None:
    spans = [mark(0, 7, response=1), mark(4, 6), mark(0, 3, "redundant"), mark(0, 3)]

    stored = KIND.validate(value(*spans), question(), PAIR)

    assert stored == value(mark(0, 3), mark(0, 3, "redundant"), mark(4, 6), mark(0, 7, response=1))


def test_nothing_marked_is_an_answer_once_it_is_said_of_every_response() -> None:
    both = {"q.0.none": "on", "q.1.none": "on"}

    assert KIND.parse(both, question(), PAIR) == value()
    assert KIND.validate(value(), question(), PAIR) == value()
    assert KIND.parse({}, question(), PAIR) is None
    with pytest.raises(AnswerRefused, match=r"mark words of response B, or say that there is nothing to mark\.$"):
        KIND.parse({"q.0.none": "on"}, question(), PAIR)
    assert KIND.parse({"q.0.none": "on"}, question(is_required=False), PAIR) == value()


def test_marks_and_nothing_to_mark_exclude_each_other() -> None:
    with pytest.raises(AnswerRefused, match=r"has marks of response A, and says that there is nothing to mark\.$"):
        KIND.parse(posted(mark(0, 3), **{"q.0.none": "on", "q.1.none": "on"}), question(), PAIR)


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {"spans": []},
        value(hashes=HASHES[:1]),
        value(hashes=[text_hash("other"), HASHES[1]]),
        {**value(), "more": 1},
        value("x"),
        value({**mark(0, 3), "extra": 1}),
        value(mark(0, 3, response=2)),
        value(mark(0, 3, response=-1)),
        value({**mark(0, 3), "response": True}),
        value(mark(3, 3)),
        value(mark(-1, 3)),
        value({**mark(0, 3), "start": 0.0}),
        value({**mark(0, 3), "start": False}),
        value(mark(0, len(TEXT) + 1)),
        value(mark(0, len(OTHER) + 1, response=1)),
        value(mark(0, 3, "no_such")),
        value({**mark(0, 3), "type": ["irrelevant"]}),
        value({"response": 0, "start": 0, "end": 3}),
        value(mark(0, 3, severity="minor")),
        value(mark(0, 3, note=" ")),
        value(mark(0, 3, note="a\x00b")),
        value(mark(0, 3, note="x" * 2_001)),
        value(mark(0, 3), mark(0, 3, note="again")),
        value(*[mark(0, 3)] * 1_001),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(given: Any) -> None:
    with pytest.raises(AnswerRefused, match=r"^“The question” .+\.$"):
        KIND.validate(given, question(), PAIR)


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, "7", "null ", '{"spans": 1}', '{"hashes": 1, "spans": [1]}', "1" * 5_000, '{"a": NaN}']
)
def test_a_field_that_is_no_answer_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(AnswerRefused, match=r"\.$"):
        KIND.parse({"q.marks": text}, question(), PAIR)
    assert KIND.draw(question(), PAIR, "AB", {"q.marks": text}, ()).marks == ""


@pytest.mark.parametrize(
    ("spans", "is_taken"),
    [
        ([mark(0, 3), mark(2, 5)], False),
        ([mark(0, 9), mark(2, 5)], False),
        ([mark(0, 3), mark(0, 3, "redundant")], False),
        ([mark(0, 3), mark(3, 5)], True),
        ([mark(0, 3), mark(0, 3, response=1)], True),
    ],
)
def test_marks_overlap_only_where_the_form_allows_it(spans: list[Any], is_taken: bool) -> None:
    assert KIND.validate(value(*spans), question(), PAIR)
    if is_taken:
        assert KIND.validate(value(*spans), question(overlap=False), PAIR)
    else:
        with pytest.raises(AnswerRefused, match=r"takes no marks that overlap of response A\.$"):
            KIND.validate(value(*spans), question(overlap=False), PAIR)


def test_how_bad_it_is_must_be_said_where_it_is_asked_and_required() -> None:
    asks = question(severities=GRADES)

    with pytest.raises(AnswerRefused, match=r"how bad the error at character 4 of response A is\.$"):
        KIND.validate(value(mark(0, 3, severity="major"), mark(4, 5)), asks, PAIR)
    with pytest.raises(AnswerRefused, match=r"takes one of minor, major as a severity of response A\.$"):
        KIND.validate(value(mark(0, 3, severity="worst")), asks, PAIR)
    assert KIND.validate(value(mark(0, 3)), question(severities=GRADES, is_required=False), PAIR)


def test_a_label_from_elsewhere_gets_hashes_and_loses_what_is_not_asked() -> None:
    label = {"spans": [mark(0, 3, severity="major", note="Says who?")]}

    assert KIND.admit(label, question(), PAIR) == value(mark(0, 3, note="Says who?"))
    assert KIND.admit(label, question(severities=GRADES), PAIR) == value(*label["spans"])
    assert KIND.admit({"spans": [mark(0, 3)]}, question(severities=GRADES), PAIR) == value(mark(0, 3))
    assert KIND.as_label(value(mark(0, 3))) == {"spans": [mark(0, 3)]}


@pytest.mark.parametrize(
    "label", [{}, {"spans": None}, {"spans": [7]}, {"spans": [mark(0, 99)]}, {"spans": [], "hashes": ["0", "1"]}]
)
def test_a_label_from_elsewhere_that_fits_no_text_is_refused(label: dict[str, Any]) -> None:
    with pytest.raises(AnswerRefused, match=r"\.$"):
        KIND.admit(label, question(), PAIR)


def test_marks_follow_their_responses_when_sides_are_swapped() -> None:
    shown = value(mark(0, 3), mark(2, 7, "redundant", response=1))

    turned = KIND.to_item_order(shown, [1, 0])

    assert turned == value(mark(2, 7, "redundant"), mark(0, 3, response=1), hashes=HASHES[::-1])
    assert KIND.to_shown_order(turned, [1, 0]) == shown
    assert KIND.to_shown_order(None, [1, 0]) is None


def row(number: int, **parts: str) -> dict[str, str]:
    named = {"in" if part == "place" else part: text for part, text in parts.items()}
    return {f"q.row.{number}.{part}": text for part, text in named.items()}


def test_rows_without_a_script_say_words_and_which_time_they_stand_there() -> None:
    post = {
        **row(0, place="0", words="One", nth="2", type="redundant"),
        **row(1, place="1", words="stone", type="irrelevant", note="Not\r\nan apple."),
        **row(2, words="", type=""),
    }

    second = TEXT.rindex("One")
    assert KIND.parse(post, question(), PAIR) == value(
        mark(second, second + 3, "redundant"), mark(2, 7, response=1, note="Not\nan apple.")
    )


@pytest.mark.parametrize(
    ("words", "slice_"),
    [
        ("apple.\nOne", "apple.\r\nOne"),
        ("apple.\r\nOne", "apple.\r\nOne"),
        (" 🙂 ", " 🙂 "),
        ("  apple.  ", "apple."),
        ("One  apple", "One apple"),
    ],
)
def test_words_are_found_whatever_a_browser_made_of_their_line_ends_and_blanks(words: str, slice_: str) -> None:
    parsed = KIND.parse(row(0, words=words, nth="1", type="irrelevant"), question(), SINGLE)

    (span,) = parsed["spans"]
    assert TEXT[span["start"] : span["end"]] == slice_


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"words": "pear", "type": "irrelevant"}, "marks “pear”, which does not stand in the text."),
        ({"words": "One", "nth": "3", "type": "irrelevant"}, "marks “One”, which does not stand 3 times in the text."),
        ({"words": "One", "nth": "0", "type": "irrelevant"}, "takes a number from 1 to 9999"),
        ({"words": "One", "type": ""}, "still wants to know what is wrong with “One”."),
        ({"words": " ", "type": "irrelevant"}, "has an error without the words that are wrong."),
        ({"words": "One", "type": "irrelevant", "place": "7"}, "marks a response that there is not."),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_in_a_sentence(parts: dict[str, str], sentence: str) -> None:
    with pytest.raises(AnswerRefused) as refused:
        KIND.parse(row(0, **parts), question(), SINGLE)

    assert sentence in str(refused.value)


def test_rows_show_the_marks_as_they_stand_and_a_row_that_was_emptied_takes_its_mark_away() -> None:
    second = TEXT.rindex("One")
    fields = posted(mark(second, second + 3), mark(4, 5, "redundant"))

    drawn = KIND.draw(question(), PAIR, "AB", fields, ())

    first, other = (one.written for one in drawn.rows[:2])
    assert (first.words, first.number, first.at) == ("One", "2", f"{second}-{second + 3}")
    sent = {**row(0, words="", at=first.at, type=first.type), **row(1, words=other.words, nth="1", type=other.type)}
    assert KIND.parse(sent, question(is_required=False), PAIR)["spans"] == [mark(4, 5, "redundant")]


def test_rows_count_where_they_were_sent_and_the_field_is_passed_over() -> None:
    sent = {**posted(mark(0, 3)), **row(0, words="stone", nth="1", place="1", type="irrelevant")}

    assert KIND.parse(sent, question(is_required=False), PAIR)["spans"] == [mark(2, 7, response=1)]


def test_what_was_said_about_another_text_is_not_drawn_on_this_one() -> None:
    stale = {"q.marks": json.dumps(value(mark(0, 3), hashes=["0" * 16, HASHES[1]]))}

    drawn = KIND.draw(question(), PAIR, "AB", stale, ())

    assert drawn.marks == ""
    assert not any(one.written.words for one in drawn.rows)


@given(st.text("ab\r\n", max_size=20), st.data())
def test_a_slice_is_found_again_by_its_words_and_number(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    cuts_a_line_end = any(text[at - 1 : at + 1] == "\r\n" for at in (start, end) if at)
    if start == end or cuts_a_line_end:
        return

    assert find_exactly(text, text[start:end], number_of(text, start, end)) == (start, end)


def test_answers_agree_on_marks_and_not_on_notes() -> None:
    assert KIND.same(value(mark(0, 3)), value(mark(0, 3, note="Why?")))
    assert not KIND.same(value(mark(0, 3)), value(mark(0, 4)))
    assert not KIND.same(value(mark(0, 3)), value(mark(0, 3, "redundant")))


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ([], [], 0),
        ([mark(0, 4)], [], 1),
        ([mark(0, 4)], [mark(0, 4)], 0),
        ([mark(0, 4)], [mark(0, 4, "redundant")], 1 / 2),
        ([mark(0, 4)], [mark(4, 8)], 1),
        ([mark(0, 4)], [mark(0, 8)], 1 - 2 * 4 / 12),
        ([mark(0, 4)], [mark(0, 4, response=1)], 1),
        ([mark(0, 4), mark(10, 20)], [mark(0, 4)], 1 - 2 * 4 / 18),
        ([mark(0, 4), mark(10, 20)], [mark(1, 4), mark(11, 20, "redundant")], 1 - 2 * (3 + 9 / 2) / 26),
        ([mark(0, 10)], [mark(0, 6), mark(4, 10)], 0),  # the same characters, cut in two
        ([mark(0, 4), mark(0, 4, "redundant")], [mark(0, 4)], 1 - 3 / 4),
        ([mark(0, 4, severity="minor")], [mark(0, 4, severity="major")], 1 - 2 / 3),
        ([mark(0, 4, severity="minor")], [mark(0, 4)], 1 - 3 / 4),
        ([mark(0, 4), mark(5, 9, response=1)], [mark(0, 4), mark(5, 9)], 1 - 8 / 16),
    ],
)
def test_answers_lie_apart_by_the_characters_that_both_mark_and_what_they_call_them(
    first: list[Any], second: list[Any], apart: float
) -> None:
    assert between(first, second) == pytest.approx(apart)
    assert KIND.compare(value(*first), value(*second), question(), PAIR) == between(second, first)


MARKS = st.lists(
    st.builds(
        lambda start, length, kind, response: mark(start, start + length, kind, response),
        st.integers(0, 12),
        st.integers(1, 6),
        st.sampled_from(["irrelevant", "redundant", "wrong"]),
        st.integers(0, 1),
    ),
    max_size=5,
)


@given(MARKS, MARKS)
def test_the_distance_is_what_counting_character_by_character_gives(first: list[Any], second: list[Any]) -> None:
    def called(marks: list[Any], response: int, at: int) -> set[str]:
        return {one["type"] for one in marks if one["response"] == response and one["start"] <= at < one["end"]}

    credit, marked = 0.0, 0
    for response, at in product((0, 1), range(20)):
        one, other = called(first, response, at), called(second, response, at)
        marked += bool(one) + bool(other)
        credit += (0.5 + 0.5 * len(one & other) / len(one | other)) if one and other else 0

    assert between(first, second) == pytest.approx(1 - 2 * credit / marked if marked else 0)


def test_an_answer_is_told_by_its_words() -> None:
    asks = question(severities=GRADES)
    marks = value(mark(0, 3, severity="major"), mark(4, 5, severity="minor", note="Smile"), mark(2, 7, response=1))

    assert KIND.words(marks, asks, PAIR) == "A 2 irrelevant · B 1 irrelevant"
    assert KIND.words(value(mark(0, 3)), asks, PAIR) == "A 1 irrelevant · B nothing marked"
    assert KIND.words(value(hashes=HASHES[:1]), asks, SINGLE) == "nothing marked"
    assert KIND.details(marks, asks, PAIR) == [
        "A “One”: irrelevant, major",
        "A “🙂”: irrelevant, minor, “Smile”",
        "B “stone”: irrelevant",
    ]


def test_a_mark_is_told_in_one_line_that_no_control_character_turns_around() -> None:
    hostile = Subject((Judged("a\u202e\r\nb"),))
    marks = value(mark(0, 5), hashes=[text_hash("a\u202e\r\nb")])

    assert KIND.details(marks, question(), hostile) == ["“a[U+202E] b”: irrelevant"]


def test_every_kind_of_error_has_a_letter_that_means_nothing_else() -> None:
    titles = ["Logic", "Markdown", "Made up", "Misleading", "Redundant", "Jargon"]
    asks = question(types=[{"key": f"k{n}", "title": title} for n, title in enumerate(titles)])

    letters = [one.letter for one in error_types(asks)]

    assert all(letters)
    assert len(set(letters)) == len(letters)
    assert not set("DGJKLPRSZM") & set(letters)


@pytest.mark.parametrize(
    ("settings", "target"),
    [
        ({}, "item"),
        ({"types": []}, "response"),
        ({"types": [{"key": "a", "title": "A"}] * 2}, "response"),
        ({"severities": [{"key": "a", "title": "A"}] * 2}, "response"),
        ({"severities": [{"key": f"s{n}", "title": "S"} for n in range(10)]}, "response"),
        ({"types": [{"key": "No key", "title": "A"}]}, "response"),
        ({"colour": 1}, "response"),
    ],
)
def test_settings_that_do_not_hold_together_are_refused(settings: dict[str, Any], target: str) -> None:
    with pytest.raises(SettingsRefused, match=r"\.$"):
        KIND.check_settings(settings, target)


@needs_real_data
def test_marks_of_real_answers_are_taken_as_they_are() -> None:
    with (REAL / "spans_pairs_fgrlhf" / "examples.jsonl").open() as file:
        examples = [json.loads(line) for line in file]

    count = 0
    for example in examples:
        subject = Subject(tuple(Judged(text) for text in example["responses"]))
        spans = [
            mark(one["start"], one["end"], one["type"].lower().replace("-", "_"))
            for one in {(one["start"], one["end"], one["type"]): one for one in example["spans"]}.values()
        ]
        stored = KIND.admit({"spans": spans}, question(), subject)
        quoted = {example["responses"][0][one["start"] : one["end"]] for one in stored["spans"]}
        assert quoted == {one["text"] for one in example["spans"]}
        count += len(stored["spans"])
    assert count > 500
