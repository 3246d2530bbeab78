"""Which adapter a file asks for, and why."""

import json
from pathlib import Path

import pytest

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from annotation.imports.adapters.mapping import suggest
from annotation.imports.canonical import validate

TURN = [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_adapter_recognizes_and_converts_its_own_example(name):
    row = json.loads(ADAPTERS[name].example)
    options = suggest([row]) if name == "mapping" else {}

    found, reason = sniff(columns_of([row]))
    item = ADAPTERS[name].convert(row, options)
    validate(item)

    assert found == name
    assert reason.endswith(".")
    assert len(item.responses) == 2


@pytest.mark.parametrize("name", ADAPTERS)
def test_adapters_are_listed_under_their_names(name):
    assert ADAPTERS[name].name == name


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"prompt": "x", "chosen": TURN, "rejected": TURN}, "ultrafeedback_binarized"),
        ({"prompt": TURN[:1], "chosen": TURN[1:], "rejected": TURN[1:]}, "trl_explicit"),
        ({"chosen": "Q: x A: y", "rejected": "Q: x A: z"}, "trl_implicit"),
        ({"chosen": "\n\nHuman: x\n\nAssistant: y", "rejected": "\n\nHuman: x\n\nAssistant: z"}, "hh_rlhf"),
        ({"prompt": "x", "responses": ["y"], "annotations": [], "item_id": 3}, "goldpan"),
        ({"prompt": "x", "response_1": "y", "response_2": "z"}, "mapping"),
    ],
)
def test_near_relatives_are_told_apart(row, name):
    assert sniff(columns_of([row]))[0] == name


def test_a_column_is_judged_by_its_first_value():
    rows = [{"prompt": None, "chosen": None, "rejected": "y"}, {"prompt": "x", "chosen": "z", "rejected": None}]

    assert sniff(columns_of(rows))[0] == "trl_explicit"


@pytest.mark.parametrize("columns", [{}, {"text": "x", "label": 1}, {"chosen": 3, "rejected": None}])
def test_a_table_of_something_else_fits_no_adapter(columns):
    name, reason = sniff(columns)

    assert name is None
    assert reason.startswith("No known layout fits")


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_layout_is_documented_with_its_name(name):
    documentation = Path(__file__).resolve().parents[3] / "docs" / "imports.md"

    assert f"\n### `{name}`" in documentation.read_text()
