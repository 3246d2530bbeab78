"""Real ratings by several people each, as labels of Goldpan's own layout; skipped where the data is not there."""

import csv
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from annotation.imports.adapters import ADAPTERS
from annotation.imports.canonical import validate
from annotation.imports.fitting import fit
from annotation.services import forms

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data")) / "ratings_halie_summaries"
FORM = [
    {"key": "coherence", "kind": "rating", "title": "Coherent", "target": "response"},
    {"key": "relevance", "kind": "rating", "title": "Relevant", "target": "response"},
    {"key": "consistent", "kind": "choice", "title": "Consistent?", "target": "response"},
]


def labels_of(rating):
    """The three answers of one worker."""
    said = [("rating", name, {"values": [int(rating[name])]}) for name in ("coherence", "relevance")]
    said.append(("choice", "consistent", {"values": [[rating["consistent"]]]}))
    return [
        {
            "annotator": rating["worker"],
            "kind": kind,
            "dimension": name,
            "answer": answer,
            "seconds": int(rating["seconds"]),
            "source": {"batch": rating["batch"]},
        }
        for kind, name, answer in said
    ]


def rows(ratings):
    by_item = defaultdict(list)
    for rating in ratings:
        by_item[rating["item_id"]].append(rating)
    for line in (REAL / "items.jsonl").read_text().split("\n"):
        if line:
            item = json.loads(line)
            labels = [label for rating in by_item[item["id"]] for label in labels_of(rating)]
            response = {"text": item["summary"], "model": item["model"]}
            yield {"key": item["id"], "prompt": item["source"], "responses": [response], "labels": labels}


@pytest.mark.skipif(not REAL.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_every_workers_ratings_become_one_annotation_of_three_answers():
    with (REAL / "ratings.csv").open() as file:
        ratings = list(csv.DictReader(file))
    convert, questions = ADAPTERS["goldpan"].converter({"allow_empty": True}), forms.check(FORM)
    found = {}

    for row in rows(ratings):
        item = convert(row)
        validate(item)
        fitted, left_out = fit(item, questions)
        assert left_out == 0
        found |= {(item.key, one.annotator): one for one in fitted}

    assert len(ratings) > 1_000
    assert {key: one.answers for key, one in found.items()} == {
        (rating["item_id"], rating["worker"]): {
            "coherence": [int(rating["coherence"])],
            "relevance": [int(rating["relevance"])],
            "consistent": [[rating["consistent"]]],
        }
        for rating in ratings
    }
    assert {one.seconds for one in found.values()} == {float(rating["seconds"]) for rating in ratings}
