"""Whatever stands in any place of a row, a layout makes a valid item of it or refuses it with a sentence."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from annotation.imports import copying
from annotation.imports.adapters import ADAPTERS, Convert, sniff, suggest
from annotation.imports.canonical import Refused, content_digest, group_key, validate
from annotation.imports.fitting import fit
from annotation.kinds import KINDS
from annotation.kinds.quotes import text_hash
from annotation.services import forms
from annotation.services.layout_forms import FORMS, form_for

OTHERS = (
    None,
    True,
    7,
    -1,
    2.5,
    10**30,
    "",
    " ",
    "x",
    "[",
    '["x", null]',
    '{"x": 1}',
    "\x00",
    "\ud800",
    [],
    [None],
    ["x"],
    [[]],
    [{}],
    {},
    {"x": []},
)
CHAT = {
    "prompt": [{"role": "user", "content": [{"type": "text", "text": "x"}]}],
    "responses": [
        {
            "messages": [
                {
                    "role": "assistant",
                    "content": [{"type": "thinking", "thinking": "x"}, {"type": "text", "text": "y"}],
                    "reasoning_content": "x",
                    "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
                },
                {"role": "tool", "content": [{"type": "text", "text": "x"}], "name": "f", "tool_call_id": "c"},
                {"role": "assistant", "content": [{"type": "tool_use", "id": "d", "name": "g", "input": {"x": 1}}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "d", "content": "x"}]},
                {"role": "assistant", "content": "z", "function_call": {"name": "f", "arguments": {"x": 1}}},
            ],
            "params": {"x": 1},
        }
    ],
    "rubric": [{"title": "Clear", "kind": "principle", "scale": 3, "anchors": ["a", "b", "c"], "weight": 2}],
    "tags": ["x"],
}
"""A row of Goldpan's own layout with all that a message and a response may hold."""

PAIR = {
    "prompt": "x",
    "responses": [{"text": "One. Two.", "steps": [{"start": 0, "end": 5}, {"start": 5, "end": 9}]}, "y"],
}
ANSWERS: dict[str, dict[str, Any]] = {
    "preference": {"winner": "a", "strength": 1, "dimensions": {"clear": {"winner": "b", "strength": 2}}},
    "rating": {"values": [4, None]},
    "text": {"text": "x"},
    "choice": {"values": [["yes"], None]},
    "ranking": {"groups": [[0], [1]]},
    "rubric": {
        "verdicts": {"clear": [{"value": "yes", "quote": {"start": 0, "end": 1, "hash": text_hash("One. Two.")}}, None]}
    },
    "steps": {
        "responses": [
            {"labels": [1, -1], "errors": {"1": ["logic"]}, "corrections": {"1": "x"}, "final": "right"},
            None,
        ]
    },
    "spans": {"spans": [{"response": 0, "start": 0, "end": 1, "type": "unverifiable", "note": "x"}]},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "preference": {"points": 7, "dimensions": [{"key": "clear", "title": "Clear"}]},
    "rubric": {"criteria": ["clear: Clear"]},
    "steps": {"final_answer": True, "alternatives": True},
}

Path = tuple[Any, ...]


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """The way to everything inside a row."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inside:
        yield (*here, name)
        yield from paths(part, (*here, name))


def changed(row: dict[str, Any], path: Path, *other: Any) -> dict[str, Any]:
    """The row with something else in that place, or without it."""
    found = copy.deepcopy(row)
    holder: Any = found
    for name in path[:-1]:
        holder = holder[name]
    if other:
        holder[path[-1]] = other[0]
    else:
        del holder[path[-1]]
    return found


def fate(convert: Convert, row: dict[str, Any], questions: Any) -> str:
    """How a row ends; any other error than a refusal is a fault of ours."""
    try:
        item = convert(row)
        validate(item)
        fitted, _ = fit(item, questions)
    except Refused as refused:
        return refused.reason
    content_digest(item)
    group_key(item)
    stored = [item.messages, item.source, [one.params for one in item.responses], item.rubric, item.tags]
    written = copying.json([*stored, [[one.answers, one.source] for one in fitted]])
    assert b"u0000" not in written  # PostgreSQL stores no NUL
    return "accepted"


@pytest.mark.parametrize("name", ADAPTERS)
def test_a_row_is_accepted_or_refused_with_a_sentence_and_nothing_else(name: str) -> None:
    row = json.loads(ADAPTERS[name].example)
    convert = ADAPTERS[name].converter(suggest([row]) or {} if name == "mapping" else {})
    questions = forms.check(FORMS[form_for(name)].questions)
    rows = [changed(row, path) for path in paths(row)]
    rows += [changed(row, path, copy.deepcopy(other)) for path in paths(row) for other in OTHERS]

    fates = [fate(convert, copy.deepcopy(one), questions) for one in rows]

    assert len(set(fates)) > 1
    for one, told in zip(rows, fates, strict=True):
        assert told == "accepted" or (told[:1].isupper() or not told[:1].isalpha()), (one, told)
        assert told == "accepted" or told.endswith("."), (one, told)


def test_whatever_stands_in_a_chat_with_tools_is_no_error() -> None:
    convert = ADAPTERS["goldpan"].converter({})

    fates = [fate(convert, changed(CHAT, path, copy.deepcopy(other)), ()) for path in paths(CHAT) for other in OTHERS]

    assert fate(convert, CHAT, ()) == "accepted"
    assert all(told == "accepted" or told.endswith(".") for told in fates)


def test_labels_of_every_kind_are_broken_here():
    assert ANSWERS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", ANSWERS)
def test_whatever_stands_in_a_label_is_no_error(kind: str) -> None:
    label = {
        "annotator": "ana",
        "kind": kind,
        "answer": ANSWERS[kind],
        "seconds": 1,
        "rationale": "x",
        "source": {"x": 1},
    }
    row, convert = {**PAIR, "labels": [label]}, ADAPTERS["goldpan"].converter({})
    target = "item" if kind in ("preference", "ranking", "text") else "response"
    asked = {"key": "asked", "kind": kind, "title": "Asked", "target": target, "settings": SETTINGS.get(kind, {})}
    questions = forms.check([asked])

    told = [
        fate(convert, changed(row, path, copy.deepcopy(other)), questions) for path in paths(row) for other in OTHERS
    ]

    assert fate(convert, row, questions) == "accepted"
    assert len(set(told)) > 5
    assert all(one == "accepted" or one.endswith(".") for one in told)


@pytest.mark.parametrize("name", ADAPTERS)
def test_looking_at_any_columns_is_no_error(name: str) -> None:
    row = json.loads(ADAPTERS[name].example)

    for path in [path for path in paths(row) if len(path) < 4]:
        for other in OTHERS:
            columns = changed(row, path, other)
            ADAPTERS[name].sniff(columns)
            sniff(columns)
