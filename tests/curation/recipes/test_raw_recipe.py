"""raw: nothing is left out, and nothing is null."""

import json

import pyarrow as pa
from pydantic_core import to_json

from curation.files.columnar import table_of
from curation.recipes import RECIPES, AnnotationRecord, ItemRecord

ITEM = ItemRecord(
    3,
    "k3",
    "g3",
    [{"role": "user", "content": "Why?"}],
    [
        {"messages": [{"role": "assistant", "content": "no"}], "model": "m1", "params": {"temperature": 0.7}},
        {"messages": [{"role": "assistant", "content": "yes"}], "steps": [{"text": "y"}], "key": "r2"},
    ],
    source={"dataset": "d", "row": 4},
    tags=["t"],
    language="en",
    principle="Be kind.",
)
KINDS = {"preference": "preference", "helpfulness": "rating", "overall": "rating", "why": "text"}
FIRST = AnnotationRecord(
    10, "person-1", "people", {"preference": {"winner": "a", "strength": 2}}, is_current=False, kinds=KINDS
)
SECOND = AnnotationRecord(
    12,
    "person-1",
    "people",
    {"preference": {"winner": "tie", "strength": 0}, "helpfulness": [4, 2], "overall": 3, "why": "Hm."},
    supersedes=10,
    shown=[1, 0],
    seconds=12.5,
    form_version=2,
    guideline_version=1,
    at="2026-01-02 03:04:05.000006 UTC",
    reason="A slip.",
    kinds=KINDS,
)


def rows() -> list[dict]:
    return RECIPES["raw"].builder({})(ITEM, [FIRST, SECOND])


def test_every_annotation_is_there_with_its_history():
    (row,) = rows()

    first, second = row["annotations"]
    assert (first["annotation_id"], first["is_current"], first["supersedes"], first["seconds"]) == (10, False, 0, -1.0)
    assert (second["supersedes"], second["reason"], second["shown"]) == (10, "A slip.", "[1,0]")
    assert json.loads(second["answers"]) == SECOND.answers
    assert (second["form_version"], second["guideline_version"], second["at"]) == (2, 1, SECOND.at)


def test_labels_are_the_current_answers_in_the_words_of_the_import_layout():
    (row,) = rows()

    said = {label["dimension"]: (label["kind"], label["answer"]) for label in json.loads(row["labels"])}
    assert said == {
        "preference": ("preference", {"winner": "tie", "strength": None}),
        "helpfulness": ("rating", {"values": [4, 2]}),
        "overall": ("rating", {"value": 3}),
        "why": ("text", {"text": "Hm."}),
    }


def test_the_item_is_whole():
    (row,) = rows()

    assert (row["key"], row["item_id"], row["group"], row["prompt"]) == (
        "k3",
        3,
        "g3",
        [{**turn, "more": ""} for turn in ITEM.messages],
    )
    assert (row["tags"], row["language"], row["principle"]) == ('["t"]', "en", "Be kind.")
    assert json.loads(row["source"]) == ITEM.source
    assert json.loads(row["responses"][0]["params"]) == {"temperature": 0.7}
    assert json.loads(row["responses"][1]["steps"]) == [{"text": "y"}]
    assert [response["model"] for response in row["responses"]] == ["m1", ""]


def test_rows_fit_the_schema_without_a_null_or_an_empty_list():
    table = pa.Table.from_pylist(rows(), schema=RECIPES["raw"].schema({}))

    assert table.to_pylist() == rows()
    assert not [path for path, value in _leaves(rows()) if value is None or value == []]


def _leaves(value, path=""):
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield from _leaves(one, f"{path}/{name}")
    if not inside:
        yield path, value


def test_other_keys_of_a_turn_do_not_break_the_schema():
    named = [{"role": "assistant", "content": "no", "name": "x"}]
    item = ITEM._replace(responses=[{"messages": named}, *ITEM.responses[1:]])

    (row,) = RECIPES["raw"].builder({})(item, [SECOND])

    assert table_of(to_json(row), RECIPES["raw"].schema({})).to_pylist() == [row]
    assert row["responses"][0]["messages"] == [{"role": "assistant", "content": "no", "more": ""}]


def test_calls_results_and_thoughts_stand_beside_the_words():
    call = {"id": "c1", "name": "read", "arguments": '{"path": "a"}'}
    turns = [
        {"role": "assistant", "content": "", "tool_calls": [call], "reasoning": "Hm."},
        {"role": "tool", "content": "no", "tool_call_id": "c1", "is_error": True},
        {"role": "assistant", "content": "It is not there."},
    ]
    item = ITEM._replace(responses=[{"messages": turns}, *ITEM.responses[1:]])

    (row,) = RECIPES["raw"].builder({})(item, [SECOND])

    more = [turn["more"] and json.loads(turn["more"]) for turn in row["responses"][0]["messages"]]
    assert more == [{"tool_calls": [call], "reasoning": "Hm."}, {"tool_call_id": "c1", "is_error": True}, ""]
    assert table_of(to_json(row), RECIPES["raw"].schema({})).to_pylist() == [row]
