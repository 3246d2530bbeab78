"""Real pairs, and the dirt that real files hold."""

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from annotation.imports.adapters import ADAPTERS, columns_of, sniff, suggest
from annotation.imports.canonical import Refused, group_key, validate
from annotation.imports.reading import Unreadable, open_rows

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
PAIRS = REAL / "pairs_pandalm" / "pairs.jsonl"

needs_pairs = pytest.mark.skipif(not PAIRS.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")

MAPPING = {
    "prompt": "instruction",
    "context": "input",
    "responses": ["response_a", "response_b"],
    "key": "id",
    "group": "prompt_id",
    "votes": {"column": "votes", "values": {"a": "a", "b": "b", "tie": "tie", "unparsed": None}},
    "source": ["systems", "app"],
}


@needs_pairs
def test_real_pairs_come_in_with_their_votes_and_groups():
    convert = ADAPTERS["mapping"].converter(MAPPING)
    accepted, refused = [], []

    with PAIRS.open("rb") as file:
        for record in open_rows(file):
            try:
                item = convert(record.value)
                validate(item)
                accepted.append(item)
            except Refused as error:
                refused.append(error.reason)

    assert len(accepted) + len(refused) == 470
    assert set(refused) == {"Response a is empty.", "Response b is empty."}
    assert len(refused) == 31
    assert {len(item.labels) for item in accepted} == {4, 5}
    assert all(group_key(item).startswith("pandalm-p") for item in accepted)
    assert all(item.messages[0]["content"] for item in accepted)


@needs_pairs
def test_real_pairs_come_in_whole_where_empty_answers_count():
    convert = ADAPTERS["mapping"].converter(MAPPING | {"allow_empty": True})

    with PAIRS.open("rb") as file:
        items = [convert(record.value) for record in open_rows(file)]
    for item in items:
        validate(item)

    assert len(items) == 470
    assert sum("empty-response" in item.tags for item in items) == 31


@needs_pairs
def test_the_mapping_of_real_pairs_is_suggested_as_a_person_would_write_it():
    with PAIRS.open("rb") as file:
        rows = [record.value for record in open_rows(file)]

    name, _ = sniff(columns_of(rows[:50]))
    suggested = suggest(rows)

    assert name == "mapping"
    assert suggested is not None
    votes = {**MAPPING["votes"], "annotator": "annotator", "choice": "choice"}
    assert suggested == {key: value for key, value in MAPPING.items() if key != "source"} | {"votes": votes}


@pytest.mark.skipif(not REAL.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_every_real_table_is_recognized_and_read_to_its_end():
    for path in sorted([*REAL.rglob("*.jsonl"), *REAL.rglob("*.csv")]):
        with path.open("rb") as file:
            rows = open_rows(file)
            broken = [record for record in rows if isinstance(record.value, Unreadable)]
        assert rows.layout == {"jsonl": "ndjson", "csv": "csv"}[path.suffix[1:]], path
        assert broken == [], path


def test_dirt_is_survived_and_accounted_for():
    votes = [{"annotator": "w1", "choice": "a"}, {"annotator": "w2", "choice": None}]
    good = {"id": "1", "instruction": "Hi", "input": "", "response_a": "x\u2028y", "response_b": "z", "votes": votes}
    dirt = [
        good,
        good | {"id": "2", "response_b": True},
        good | {"id": "3", "votes": [{"annotator": "judge", "choice": "garbage"}]},
        good | {"id": "4", "response_a": ""},
        good | {"id": "5", "votes": None},
        good | {"id": "1"},
        good | {"id": "6", "response_a": None},
    ]
    lines = [json.dumps(row, ensure_ascii=False).encode() for row in dirt]
    lines += [lines[0][:50], lines[0].replace(b"Hi", b"\xff"), b""]
    convert = ADAPTERS["mapping"].converter(MAPPING)

    def fate(value: Any) -> str:
        if isinstance(value, Unreadable):
            return value.reason
        try:
            validate(convert(value))
        except Refused as refused:
            return refused.reason
        return "accepted"

    told = [(record.number, fate(record.value)) for record in open_rows(io.BytesIO(b"\n".join(lines)))]

    assert told == [
        (1, "accepted"),
        (2, "Response b is true, not text."),
        (3, "The vote of 'judge' is 'garbage'; map it to a winner, or to null for no label."),
        (4, "Response a is empty."),
        (5, "accepted"),
        (6, "accepted"),
        (7, "Response a is null, not text."),
        (8, "The JSON is cut short."),
        (9, "Byte 29 is not UTF-8."),
    ]
