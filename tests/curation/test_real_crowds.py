"""Labels of real people and judges through the product: imported, looked at, and what it then says of them.

Skipped where the data is not there. Figures for the mathematics alone: tests/curation/aggregation/test_real_labels.py.
"""

import csv
import io
import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotation.kinds import KINDS
from annotation.models import Form, Import, Item, Question
from annotation.services import gold, imports
from curation.models import Analysis, Consensus, Measure
from curation.models.analyses import SURE
from curation.queries import analyses as queries
from curation.services import analyses
from jobs import runner
from projects.access import Place

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))

pytestmark = pytest.mark.skipif(
    not (REAL / "judges_llmbar").exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA"
)


def table(*path: str) -> list[dict[str, str]]:
    with REAL.joinpath(*path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(*path: str) -> list[dict[str, Any]]:
    with REAL.joinpath(*path).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ask(olga: Place, *questions: tuple[str, str, str, dict[str, Any]]) -> None:
    """The next form: key, kind, target and settings of each question."""
    form = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    for position, (key, kind, target, asked) in enumerate(questions):
        Question.objects.create(
            form=form,
            position=position,
            key=key,
            kind=kind,
            title=key,
            target=target,
            settings=KINDS[kind].check_settings(asked, target),
        )


def bring_in(olga: Place, items: list[dict[str, Any]]) -> Import:
    upload = io.BytesIO("\n".join(json.dumps(item) for item in items).encode())
    started = imports.start(olga, upload=upload, file_name="items.jsonl", adapter="goldpan")
    runner.execute(str(started.job_id))
    found = Import.objects.select_related("job").get(pk=started.pk)
    assert (found.ok, found.refused) == (len(items), 0), found.job.message
    return found


def looked_at(olga: Place) -> Analysis:
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    done = Analysis.objects.select_related("job").get(pk=asked.pk)
    assert done.finished_at, done.job.message
    return done


def settled(truth: dict[str, str]) -> tuple[float, float, float]:
    """How often the consensus is true, how sure it is on average, and how much of it surely."""
    held = Consensus.objects.filter(until=None).select_related("item")
    rows = [row for row in held if row.item.key in truth]
    sure = np.array([row.confidence for row in rows])
    return float(np.mean([row.value == truth[row.item.key] for row in rows])), float(sure.mean()), (sure > SURE).mean()


def judged_pairs(orders: tuple[str, ...]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Pairs with the verdicts of 65 judges, a name for each judge and order, and which response is better."""
    said = defaultdict(list)
    for row in table("judges_llmbar", "votes.csv"):
        if row["choice"] in {"a", "b", "tie"} and row["shown_swapped"] in orders:
            answer = {"winner": row["choice"], "strength": None if row["choice"] == "tie" else 1}
            name = f"{row['judge']} {row['shown_swapped']}"
            said[row["pair_id"]].append({"annotator": name, "kind": "preference", "answer": answer})
    pairs = lines("judges_llmbar", "pairs.jsonl")
    items = [
        {
            "key": pair["id"],
            "prompt": pair["prompt"],
            "responses": [{"text": pair[side] or "-"} for side in ("response_a", "response_b")],
            "labels": said[pair["id"]],
        }
        for pair in pairs
    ]
    return items, {pair["id"]: pair["gold"] for pair in pairs}


def mark_some(olga: Place, truth: dict[str, str], count: int) -> None:
    """Say the truth about so many pairs."""
    drawn = np.random.default_rng(0).permutation(sorted(truth))[:count].tolist()
    for item in Item.objects.filter(project=olga.project, key__in=drawn).order_by("pk"):
        accepted = [{"winner": truth[item.key], "strength": 1}]
        gold.mark(olga, item_id=item.pk, answers={"better": {"accepted": accepted}})


@pytest.mark.nightly
def test_judges_in_one_order_make_nobody_sure_and_twenty_known_pairs_turn_them(
    olga: Place, settings: Any, transactional_db: None
) -> None:
    settings.MAX_IMPORT_BYTES = 2**24
    items, truth = judged_pairs(("0",))
    bring_in(olga, items)

    looked_at(olga)

    right, sure, share = settled(truth)
    assert right < 0.7
    assert sure < right + 0.1
    assert share < 0.3
    told = Measure.objects.get(topic=Measure.Topic.TOGETHER).figures
    assert told["correlation"] > 0.15
    assert told["independent"] < 0.15 * told["labels"]
    assert (told["known"], told["trust"], told["is_anchored"]) == (0, None, False)

    mark_some(olga, truth, 20)
    done = looked_at(olga)

    turned, sure, _ = settled(truth)
    assert turned >= max(0.78, right + 0.1)
    assert sure == pytest.approx(turned, abs=0.1)
    (facet,) = queries.report(done)["questions"]
    assert (facet["together"]["known"], facet["together"]["is_anchored"]) == (20, True)
