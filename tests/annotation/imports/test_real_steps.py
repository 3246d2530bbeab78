"""Real solutions in steps, brought into the layouts that hold such labels; skipped where the data is not there."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from annotation.imports.canonical import Refused, validate
from annotation.imports.fitting import fit
from annotation.services import forms

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
SETS = ("steps_mrben", "steps_bigbench_mistake")
SUMS = REAL / "pairs_steps_gsm8k" / "questions.jsonl"

needs_steps = pytest.mark.skipif(
    not all((REAL / name).exists() for name in SETS), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA"
)


def solutions(name):
    lines = (REAL / name / "solutions.jsonl").read_text().split("\n")
    return [json.loads(line) for line in lines if line]


def first_error(row):
    """As ProcessBench writes it: from 0, and -1 where there is none."""
    return {
        "id": row["id"],
        "generator": row.get("model", "m1"),
        "problem": row["question"],
        "steps": row["steps"],
        "final_answer_correct": row.get("answer_correct", row.get("solution_correct")),
        "label": -1 if row["first_error_step"] is None else row["first_error_step"],
    }


def marked(row):
    """As Math-Shepherd writes it: a mark after each step, and a sign in its place."""
    wrong = row["first_error_step"]
    steps = [f"Step {number}: {text}" for number, text in enumerate(row["steps"], 1)]
    signs = ["+" if wrong is None or number < wrong else "-" for number in range(len(steps))]
    opening = row["question"] + " "
    return {
        "input": opening + "\n".join(f"{step} ки" for step in steps),
        "label": opening + "\n".join(f"{step} {sign}" for step, sign in zip(steps, signs, strict=True)),
    }


def fates(adapter, rows):
    """The items, and how often each reason refused a row."""
    convert, items, refused = ADAPTERS[adapter].converter({}), [], Counter()
    for row in rows:
        try:
            item = convert(row)
            validate(item)
            items.append(item)
        except Refused as refusal:
            refused[refusal.reason] += 1
    return items, refused


@needs_steps
@pytest.mark.parametrize("name", SETS)
def test_real_first_errors_come_in_at_their_steps(name):
    rows = [first_error(row) for row in solutions(name)]

    items, refused = fates("processbench", rows)

    assert sniff(columns_of(rows[:20]))[0] == "processbench"
    by_id = {row["id"]: row for row in rows if all(step.strip() for step in row["steps"])}
    assert len(by_id) > 800
    assert [item.key for item in items] == list(by_id)
    assert all(reason.endswith("in steps is blank.") for reason in refused)
    questions = forms.check(ADAPTERS["processbench"].form)
    for item in items:
        (one,), left_out = fit(item, questions)
        assert (left_out, one.answers["steps"][0]["labels"]) == (0, item.labels[0].answer["responses"][0]["labels"])
        row, text = by_id[item.key], item.responses[0].messages[0]["content"]
        labels = item.labels[0].answer["responses"][0]["labels"]
        assert [text[cut["start"] : cut["end"]].removesuffix("\n\n") for cut in item.responses[0].steps] == row["steps"]
        assert (labels.index(-1) if -1 in labels else -1) == row["label"]


@needs_steps
def test_real_solutions_are_parted_at_their_marks():
    whole = solutions("steps_bigbench_mistake")
    rows = [marked(row) for row in whole]

    items, refused = fates("math_shepherd", rows)

    assert (len(items), dict(refused)) == (len(rows), {})
    for item, row in zip(items, whole, strict=True):
        assert item.messages[0]["content"] == row["question"].strip()
        assert len(item.responses[0].steps) == len(row["steps"])


def checked_sums():
    """As TRL writes steps: whether each calculates right, null where it calculates nothing."""
    for line in SUMS.read_text().split("\n"):
        question = json.loads(line) if line else {"solutions": ()}
        for solution in question["solutions"]:
            right: dict[int, bool] = {}
            for one in solution["calc"]:
                right[one["step"]] = right.get(one["step"], True) and one["ok"]
            labels = [right.get(number) for number in range(len(solution["steps"]))]
            yield {"prompt": question["question"], "completions": solution["steps"], "labels": labels}


@pytest.mark.skipif(not SUMS.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_real_steps_that_nothing_is_said_of_stay_unsaid():
    rows = list(checked_sums())

    items, refused = fates("trl_stepwise", rows)

    whole = [row for row in rows if all(step.strip() for step in row["completions"])]
    assert sniff(columns_of(rows[:20]))[0] == "trl_stepwise"
    assert (len(items), sum(refused.values())) == (len(whole), len(rows) - len(whole))
    assert len(items) > 2_000
    said = [item.labels[0].answer["responses"][0]["labels"] for item in items]
    assert said == [[None if one is None else 1 if one else -1 for one in row["labels"]] for row in whole]
    assert {label for labels in said for label in labels} == {None, 1, -1}
