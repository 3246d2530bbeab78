"""What of a conversation is a response's text, and which result belongs to which call."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from annotation import turns
from annotation.imports.canonical.shapes import CanonicalResponse
from annotation.kinds import Judged

CALL = {"id": "toolu_1", "name": "read", "arguments": '{"path": "a.py"}'}


def call(name: str = "read", arguments: str = "{}", **more: str) -> dict[str, str]:
    return {"name": name, "arguments": arguments, **more}


def says(content: str, *calls: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, **({"tool_calls": list(calls)} if calls else {}), **more}


def gives(content: str, **more: Any) -> dict[str, Any]:
    return {"role": "tool", "content": content, **more}


TEXT = st.text(max_size=12)
CALLS = st.lists(st.builds(call, TEXT, TEXT), max_size=2)
TURNS = st.lists(
    st.builds(lambda content, calls: says(content, *calls, reasoning="hm"), TEXT, CALLS)
    | st.builds(gives, TEXT)
    | st.builds(lambda content: {"role": "user", "content": content}, TEXT),
    max_size=6,
)


def test_a_response_without_tools_is_its_turns_with_blank_lines_between() -> None:
    assert turns.text_of([says("One."), says(""), says("Two.")]) == "One.\n\n\n\nTwo."


def test_calls_are_judged_and_results_thoughts_and_users_are_not() -> None:
    response = [
        says("I look.", CALL, call("list", ""), reasoning="A secret thought."),
        gives("the file", tool_call_id="toolu_1"),
        {"role": "user", "content": "Go on."},
        says("", call("run", '{"a": 1}')),
        says("Done."),
    ]

    text = turns.text_of(response)

    assert text == 'I look.\n\nread({"path": "a.py"})\n\nlist()\n\nrun({"a": 1})\n\nDone.'
    assert Judged.from_turns(response).text == text


@given(TURNS)
def test_each_turn_stands_in_the_text_where_its_place_says(conversation: list[dict[str, Any]]) -> None:
    text, places = turns.text_of(conversation), turns.places(conversation)

    found = [text[slice(*place)] for place in places]

    assert found == [turns.said(turn) if turn["role"] == "assistant" else "" for turn in conversation]
    assert places == sorted(places)
    assert not places or places[-1][1] == len(text)


def test_a_result_goes_to_the_call_that_it_names_and_else_to_the_first_open_one() -> None:
    conversation = [
        says("", call(id="1"), call(id="2"), call(id="3")),
        gives("two", tool_call_id="2"),
        gives("one"),
        gives("nobody's", tool_call_id="9"),
        gives("again two", tool_call_id="2"),
    ]

    found = turns.exchanges(conversation)

    results = {number: [each.result and each.result["content"] for each in made] for number, made in found.items()}
    assert results == {0: ["one", "two", None], 3: ["nobody's"], 4: ["again two"]}
    assert [each.call_number for each in found[0]] == [0, 1, 2]
    assert found[3][0].call is None


@given(TURNS)
def test_no_call_and_no_result_is_lost_or_told_twice(conversation: list[dict[str, Any]]) -> None:
    made = [each for found in turns.exchanges(conversation).values() for each in found]

    calls = [(n, place) for n, turn in enumerate(conversation) for place, _ in enumerate(turn.get("tool_calls", ()))]
    results = [n for n, turn in enumerate(conversation) if turn["role"] == "tool"]
    assert sorted((each.call_turn, each.call_number) for each in made if each.call) == calls
    assert sorted(each.result_turn for each in made if each.result) == results


def test_a_result_comes_after_its_call() -> None:
    conversation = [gives("early", tool_call_id="1"), says("", call(id="1"))]

    found = turns.exchanges(conversation)

    assert found[1][0].result is None
    assert found[0][0].call is None


def test_ids_of_calls_become_numbers_that_still_fit_together() -> None:
    prompt = [says("", CALL), gives("x", tool_call_id="toolu_1")]
    response = [gives("y", tool_call_id="toolu_1"), gives("z", tool_call_id="call_abc"), gives("w")]

    blind = list(turns.without_ids([prompt, response]))

    assert "toolu" not in str(blind)
    assert "abc" not in str(blind)
    assert blind[0][0]["tool_calls"][0]["id"] == blind[0][1]["tool_call_id"] == blind[1][0]["tool_call_id"] == "call-1"
    assert blind[1][1]["tool_call_id"] == "call-2"
    assert "tool_call_id" not in blind[1][2]
    assert prompt[0]["tool_calls"] == [CALL]


def test_an_imported_response_is_judged_by_the_same_text() -> None:
    response: Any = CanonicalResponse(messages=[says("I look.", CALL), gives("x")])

    assert Judged.from_turns(response.messages).text == 'I look.\n\nread({"path": "a.py"})'
