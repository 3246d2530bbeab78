"""Tool calls, results and thoughts as files write them, what of it is refused, and what makes two of them one item."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Refused, content_digest, validate

Convert = Callable[..., CanonicalItem]
Refusal = Callable[..., str]
USER = {"role": "user", "content": "What is in a.py?"}
CALL = {"id": "c1", "name": "read", "arguments": '{"path": "a.py"}'}
STORED = [
    {"role": "assistant", "content": "I look.", "reasoning": "It must be short.", "tool_calls": [CALL]},
    {"role": "tool", "content": "x = 1", "tool_call_id": "c1"},
    {"role": "assistant", "content": "It says x = 1."},
]
OPENAI = [
    {
        "role": "assistant",
        "content": "I look.",
        "reasoning_content": "It must be short.",
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "read", "arguments": '{"path": "a.py"}'}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "x = 1"}]},
    {"role": "assistant", "content": "It says x = 1.", "refusal": None},
]
BLOCKS = [
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "It must be short.", "signature": "EqQB"},
            {"type": "redacted_thinking", "data": "zzz"},
            {"type": "text", "text": "I look."},
            {"type": "tool_use", "id": "c1", "name": "read", "input": {"path": "a.py"}},
        ],
    },
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "x = 1"}]},
    {"role": "assistant", "content": [{"type": "text", "text": "It says x = 1."}]},
]


def row(*responses: Any, prompt: Any = None) -> dict[str, Any]:
    return {"prompt": prompt or [USER], "responses": [{"messages": turns} for turns in responses]}


@pytest.mark.parametrize("turns", [OPENAI, BLOCKS, STORED], ids=["fields", "blocks", "own"])
def test_each_layout_becomes_the_same_turns(convert: Convert, turns: Any) -> None:
    item = convert("goldpan", row(turns))

    assert item.responses[0].messages == STORED


def test_a_prompt_may_hold_tools_too_and_so_may_pairs_for_trainers(convert: Convert) -> None:
    pair = {"prompt": [USER, *OPENAI[:2]], "chosen": OPENAI[2:], "rejected": [{"role": "assistant", "content": "No."}]}

    item = convert("trl_explicit", pair)

    assert item.messages == [USER, *STORED[:2]]


def test_results_in_a_message_come_before_its_words_and_say_that_they_failed(convert: Convert) -> None:
    blocks = [
        {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "no"}], "is_error": True},
        {"type": "tool_result", "tool_use_id": "c2"},
        {"type": "text", "text": "Go on."},
    ]

    item = convert("goldpan", row(OPENAI, prompt=[USER, OPENAI[0], {"role": "user", "content": blocks}]))

    assert item.messages[2:] == [
        {"role": "tool", "content": "no", "tool_call_id": "c1", "is_error": True},
        {"role": "tool", "content": "", "tool_call_id": "c2"},
        {"role": "user", "content": "Go on."},
    ]


def test_words_after_a_call_are_a_turn_of_their_own(convert: Convert) -> None:
    blocks = [
        {"type": "tool_use", "id": "1", "name": "a", "input": {}},
        {"type": "tool_use", "id": "2", "name": "b", "input": None},
        {"type": "text", "text": "Then."},
    ]

    item = convert("goldpan", row([{"role": "assistant", "content": blocks}]))

    assert item.responses[0].messages == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "1", "name": "a", "arguments": "{}"}, {"id": "2", "name": "b", "arguments": ""}],
        },
        {"role": "assistant", "content": "Then."},
    ]


def test_old_calls_and_called_objects_are_read(convert: Convert) -> None:
    turns = [
        {"role": "assistant", "content": None, "function_call": {"name": "add", "arguments": "{not json"}},
        {"role": "function", "name": "add", "content": "3", "status": "error"},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": {"ü": [1]}}}]},
    ]

    item = convert("goldpan", row(turns))

    assert item.responses[0].messages == [
        {"role": "assistant", "content": "", "tool_calls": [{"name": "add", "arguments": "{not json"}]},
        {"role": "tool", "content": "3", "name": "add", "is_error": True},
        {"role": "assistant", "content": "", "tool_calls": [{"name": "f", "arguments": '{"ü": [1]}'}]},
    ]


def test_what_a_raw_release_writes_beside_the_words_is_read_back(convert: Convert) -> None:
    def written(turn: dict[str, Any]) -> dict[str, Any]:
        more = {name: part for name, part in turn.items() if name not in {"role", "content"}}
        return {"role": turn["role"], "content": turn["content"], "more": json.dumps(more) if more else ""}

    item = convert("goldpan", row([written(turn) for turn in STORED], prompt=[written(USER)]))

    assert (item.messages, item.responses[0].messages) == ([USER], STORED)


def with_call(**call: Any) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": "", "tool_calls": [call]}]


@pytest.mark.parametrize(
    ("turns", "sentence"),
    [
        (with_call(arguments="{}"), "Message 1 of response a holds a call whose name is null, not text."),
        ([{"role": "assistant", "content": "x", "tool_calls": ["read"]}], "has text among its calls"),
        ([{"role": "assistant", "content": "x", "tool_calls": {"a": 1}}], "has tool_calls that are an object"),
        ([{"role": "assistant", "content": "x", "reasoning": {"a": 1}}], "holds reasoning that is an object, not text"),
        ([{"role": "assistant", "content": [{"type": "image"}]}], "has a part of the type 'image'"),
        ([{"role": "assistant", "content": None}], "is null, not text"),
        ([{"role": "tool", "content": "only a result"}], "Response a is empty."),
        ([{"role": "user", "content": "only a user"}], "Response a is empty."),
        ([{"role": "assistant", "content": "", "reasoning": "only a thought"}], "Response a is empty."),
        ([{"role": "assistant", "content": "x", "more": "[1]"}], "The field more of a message is text"),
        (
            [{"role": "assistant", "content": "x", "more": '{"tool_calls": [{"name": 3}]}'}],
            "a call whose name is a number",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(refusal: Refusal, turns: Any, sentence: str) -> None:
    said = refusal("goldpan", row(turns))

    assert sentence in said
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        ({"tool_calls": []}, "holds tool_calls that are not a list of calls"),
        ({"tool_calls": [CALL] * 65}, "calls 65 tools; 64 is the limit"),
        (
            {"tool_calls": [{**CALL, "type": "function"}]},
            "holds a call that is not an object of id, name and arguments",
        ),
        ({"tool_calls": [{**CALL, "name": ""}]}, "holds a call whose name is empty"),
        ({"tool_calls": [{**CALL, "id": 7}]}, "holds a call whose id is a number, not text"),
        ({"tool_calls": [{**CALL, "arguments": {}}]}, "holds a call whose argument text is an object, not text"),
        ({"tool_calls": [{**CALL, "arguments": "a\0"}]}, "whose argument text holds a NUL character"),
        ({"tool_calls": [{**CALL, "arguments": "x" * 400_001}]}, "400,000 is the limit"),
        ({"reasoning": "\ud800"}, "holds reasoning that holds half of a surrogate pair"),
        ({"name": "read"}, "holds name, which only a turn of the role tool has"),
        ({"model": "secret"}, "holds 'model', which no turn has"),
        ({"role": "tool", "is_error": False}, "holds is_error, which is true or left out, not false"),
        ({"role": "tool", "reasoning": "hm"}, "holds reasoning, which only a turn of the role assistant has"),
        ({"role": "tool", "tool_call_id": ""}, "holds a tool_call_id that is empty"),
    ],
)
def test_the_parts_of_a_turn_are_checked_and_bounded(turn: dict[str, Any], words: str) -> None:
    turns: Any = [{"role": "assistant", "content": "x"}, {"role": "assistant", "content": "x", **turn}]

    with pytest.raises(Refused) as refused:
        validate(CanonicalItem(messages=[USER], responses=[CanonicalResponse(messages=turns)]))  # type: ignore[list-item]

    assert refused.value.reason.startswith("Message 2 of response a ")
    assert words in refused.value.reason


def test_items_that_differ_in_a_call_or_a_thought_are_two() -> None:
    def digest(**more: Any) -> bytes:
        turns: Any = [{"role": "assistant", "content": "x", **more}]
        return content_digest(CanonicalItem(messages=[USER], responses=[CanonicalResponse(messages=turns)]))  # type: ignore[list-item]

    variants = [
        {},
        {"reasoning": "hm"},
        {"tool_calls": [CALL]},
        {"tool_calls": [{**CALL, "id": "c2"}]},
        {"tool_calls": [CALL, CALL]},
    ]

    assert len({digest(**each) for each in variants}) == len(variants)


def test_two_responses_that_call_other_tools_are_not_identical(convert: Convert) -> None:
    item = convert("goldpan", row(with_call(name="read", arguments="1"), with_call(name="read", arguments="2")))
    twins = convert("goldpan", row(with_call(name="read", arguments="1"), with_call(name="read", arguments="1")))

    assert "identical-responses" not in item.tags
    assert "identical-responses" in twins.tags
