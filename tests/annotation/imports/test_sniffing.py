"""Which adapter a file asks for, and why."""

import json
from pathlib import Path

import pytest

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from annotation.imports.adapters.mapping import suggest
from annotation.imports.canonical import validate

RESPONSES = {
    "feedback_collection": 1,
    "fine_grained_rlhf": 1,
    "helpsteer2": 1,
    "math_shepherd": 1,
    "prm800k": 1,
    "prmbench": 1,
    "processbench": 1,
    "rm_bench": 6,
    "spans": 1,
    "trl_stepwise": 1,
    "trl_unpaired": 1,
    "wildbench": 1,
}
"""How many responses an example has; the others have two."""

ATTRIBUTES = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
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
    assert len(item.responses) == RESPONSES.get(name, 2)


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
        ({"problem": "x", "steps": ["y"], "label": -1}, "processbench"),
        ({"problem": "x", "steps": '["y"]', "label": "-1", "generator": "m"}, "processbench"),
        ({"input": "x Step 1: y ки", "label": "x Step 1: y +", "instruction": "z"}, "math_shepherd"),
        ({"prompt": "x", "completions": ["y"], "labels": [True], "images": []}, "trl_stepwise"),
        ({"prompt": "x", "completions": TURN[1:], "labels": [True]}, "mapping"),
        ({"prompt": TURN[:1], "completion": TURN[1:], "label": 0}, "trl_unpaired"),
        ({"prompt": "x", "completion": "y", "label": "False"}, "trl_unpaired"),
        ({"instruction": "x", "completions": [{"response": "y"}], "prompt": "x"}, "ultrafeedback"),
        ({"prompt": "x", "response": "y", **{name: [1, 2] for name in ATTRIBUTES}}, "helpsteer2"),
        ({"question": "x", "prediction 1": "y", "prediction 2": "z", "preference": [1]}, "fine_grained_rlhf"),
        ({"prompt": "x", "chosen": "y", "rejected": "z", "subset": "s"}, "trl_explicit"),
        ({"prompt": "x", "chosen": ["y"] * 3, "rejected": ["z"] * 3, "num_correct": 3}, "rewardbench2"),
        ({"prompt": "x", "chosen": ["y"] * 3, "rejected": ["z"] * 3}, "rm_bench"),
        ({"prompt": "x", "response_a": "y", "response_b": "z", "model_a": "m", "model_b": "n"}, "mapping"),
        ({"question": "x", "response_A": "y", "response_B": "z", "label": "1"}, "mapping"),
        (
            {"instruction": "x", "response_a": "y", "response_b": "z", "winner": "A", "rubric": "1. Be brief."},
            "mapping",
        ),
        ({"prompt": "x", "responses": ["y"], "signals": [{"signal": "copy"}]}, "feedback"),
        ({"prompt": "x", "response": "y", "signal": "radio", "value": "1"}, None),
    ],
)
def test_near_relatives_are_told_apart(row, name):
    assert sniff(columns_of([row]))[0] == name


def test_a_column_is_judged_by_its_first_value():
    rows = [{"prompt": None, "chosen": None, "rejected": "y"}, {"prompt": "x", "chosen": "z", "rejected": None}]

    assert sniff(columns_of(rows))[0] == "trl_explicit"


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"text": "x", "label": 1},
        {"chosen": 3, "rejected": None},
        {"input": "x", "label": "y"},
        {"prompt": "x", "completion": "y", "label": "neutral"},
        {"question": "x", "label": {"steps": []}},
    ],
)
def test_a_table_of_something_else_fits_no_adapter(columns):
    name, reason = sniff(columns)

    assert name is None
    assert reason.startswith("No known layout fits")


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_layout_is_documented_with_its_name(name):
    documentation = Path(__file__).resolve().parents[3] / "docs" / "imports.md"

    assert f"\n### `{name}`" in documentation.read_text()
