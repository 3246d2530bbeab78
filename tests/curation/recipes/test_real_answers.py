"""Recipes on real answers of several annotators, against figures computed another way; skipped without the data."""

import csv
import json
import os
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from curation.recipes import RECIPES, Drop, QuestionRecord
from tests.curation.recipes.made import item, rows, said, turn

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))

pytestmark = pytest.mark.skipif(
    not (REAL / "spans_wmt_mqm_sxs").exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA"
)


def records(*path):
    return [json.loads(line) for line in REAL.joinpath(*path).read_text().split("\n") if line]


def table(*path):
    with REAL.joinpath(*path).open(newline="") as file:
        return list(csv.DictReader(file))


def made(recipe, asked, subject, annotations, **given):
    return RECIPES[recipe].builder(RECIPES[recipe].settle(given, asked))(subject, annotations)


@pytest.mark.parametrize("name", ["steps_mrben", "steps_bigbench_mistake"])
def test_real_first_errors_come_out_as_they_went_in(name):
    asked = [QuestionRecord("steps", "steps", target="response", settings={"final_answer": False})]
    solutions = [one for one in records(name, "solutions.jsonl") if all(step.strip() for step in one["steps"])]
    assert len(solutions) > 800

    for one in solutions:
        subject, labels = _solution(one)
        answer = said(1, steps=[{"splitter": "import", "labels": labels}])
        (row,) = made("first_error", asked, subject, [answer])
        (stepped,) = made("stepwise", asked, subject, [answer], inside="keep")

        wrong = one["first_error_step"]
        assert row["label"] == (-1 if wrong is None else wrong)
        assert row["steps"] == [step.strip() for step in one["steps"]]
        assert stepped["completions"] == row["steps"][: len(row["steps"]) if wrong is None else wrong + 1]
        assert stepped["labels"] == [True] * len(row["steps"]) if wrong is None else [True] * wrong + [False]


def _solution(one):
    text, cuts = "", []
    for step in one["steps"]:
        cuts.append({"start": len(text), "end": len(text) + len(step) + 2})
        text += f"{step}\n\n"
    wrong = one["first_error_step"]
    labels = [1] * len(cuts) if wrong is None else [1] * wrong + [-1] + [None] * (len(cuts) - wrong - 1)
    return item(text, steps=cuts, messages=[turn(one["question"])]), labels


def test_real_ratings_of_three_raters_are_their_mean_and_what_is_apart_is_left_out():
    asked = [
        QuestionRecord(key, "rating", target="item", settings={"low": 1, "high": 5})
        for key in ("coherence", "relevance")
    ]
    by_item = defaultdict(list)
    for line in table("ratings_halie_summaries", "ratings.csv"):
        by_item[line["item_id"]].append(line)
    counted = left_out = 0

    for lines in by_item.values():
        votes = [
            said(n, helpful=1)._replace(
                answers={"coherence": int(line["coherence"]), "relevance": int(line["relevance"])},
                kinds={"coherence": "rating", "relevance": "rating"},
            )
            for n, line in enumerate(lines, 1)
        ]
        found = made("ratings", asked, item("a summary"), votes, max_spread=2)
        levels = {key: [int(line[key]) for line in lines] for key in ("coherence", "relevance")}
        if any(max(one) - min(one) > 2 for one in levels.values()):
            left_out += 1
            assert found is Drop.SPREAD
            continue
        counted += 1
        (row,) = rows(found)
        for key, one in levels.items():
            mean = Decimal(sum(one)) / Decimal(len(one))
            assert row[key] == int(mean.quantize(Decimal(1), ROUND_HALF_UP))
            assert row["ratings_raw"][key] == one

    assert counted + left_out == len(by_item) > 400
    assert left_out > 50


def test_real_marks_of_three_raters_stand_where_most_of_them_marked():
    asked = [QuestionRecord("marks", "spans", target="response", settings={"types": []})]
    texts = {
        (one["segment"], one["condition"]): one["target"] for one in records("spans_wmt_mqm_sxs", "translations.jsonl")
    }
    raters = defaultdict(lambda: defaultdict(list))
    for line in table("spans_wmt_mqm_sxs", "spans.csv"):
        place = raters[line["segment"], line["condition"]][line["rater"]]
        if line["side"] == "target" and line["start"]:
            place.append((int(line["start"]), int(line["end"])))
    judged = 0

    for key, by_rater in raters.items():
        text = texts.get(key, "")
        own = [[one for one in places if 0 <= one[0] < one[1] <= len(text)] for places in by_rater.values()]
        if len(own) < 2 or not text:
            continue
        judged += 1
        (row,) = made("spans", asked, item(text), [_marked(n, one) for n, one in enumerate(own, 1)])
        stands = _characters((error["start"], error["end"]) for error in row["errors"])
        most = {at for at in range(len(text)) if 2 * sum(at in _characters(one) for one in own) > len(own)}
        # small gaps close and crumbs fall away, and nothing else may differ
        assert all(_near(at, most) for at in stands - most)
        assert all(_is_crumb(at, most) for at in most - stands)
        assert all(text[error["start"] : error["end"]] == error["text"] for error in row["errors"])

    assert judged > 300


def _marked(number, places):
    spans = [{"response": 0, "start": start, "end": end, "type": "error"} for start, end in places]
    return said(number, marks={"hashes": [], "spans": spans})


def _characters(places):
    return {at for start, end in places for at in range(start, end)}


def _near(at, most):
    """Whether it lies in a gap of up to two characters."""
    return any(at - left in most and at + right in most for left, right in ((1, 1), (1, 2), (2, 1)))


def _is_crumb(at, most):
    """Whether fewer than three characters stand together here."""
    start = end = at
    while start - 1 in most:
        start -= 1
    while end + 1 in most:
        end += 1
    return end - start + 1 < 3
