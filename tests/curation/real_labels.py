"""Real labels through the product: sets of `GOLDPAN_REAL_DATA`, imported as any file is and looked at as workers do."""

import csv
import io
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from django.test import Client

from annotation.kinds import KINDS
from annotation.models import Form, Import, Item, Question, RefusedRow
from annotation.services import gold, imports
from curation.models import Analysis, Consensus, Finding
from curation.models.analyses import SURE
from curation.services import analyses
from jobs import runner
from projects.access import Place

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))

only_with_real_labels = pytest.mark.skipif(
    not (REAL / "judges_llmbar").exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA"
)

Asked = tuple[str, str, str, dict[str, Any]]
"""Key, kind, target and settings of a question."""


class Settled(NamedTuple):
    """What a consensus is worth where the truth is known."""

    right: float
    confidence: float
    """Its mean."""
    sure: float
    """The share that it is sure of."""


def table(*path: str) -> list[dict[str, str]]:
    with REAL.joinpath(*path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(*path: str) -> list[dict[str, Any]]:
    with REAL.joinpath(*path).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ask(olga: Place, *questions: Asked) -> None:
    """The next form."""
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


def bring_in(olga: Place, items: list[dict[str, Any]], *, refused: int = 0) -> Import:
    """All become items but so many."""
    upload = io.BytesIO("\n".join(json.dumps(item) for item in items).encode())
    started = imports.start(olga, upload=upload, file_name="items.jsonl", adapter="goldpan")
    runner.execute(str(started.job_id))
    found = Import.objects.select_related("job").get(pk=started.pk)
    reasons = list(RefusedRow.objects.filter(run=found).values_list("reason", flat=True)[:3])
    assert (found.ok, found.refused) == (len(items) - refused, refused), (found.job.message, reasons)
    return found


def looked_at(olga: Place) -> Analysis:
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    done = Analysis.objects.select_related("job").get(pk=asked.pk)
    assert done.finished_at, done.job.message
    return done


def settled(truth: dict[str, str]) -> Settled:
    """Of the items with these keys."""
    held = Consensus.objects.filter(until=None).select_related("item")
    rows = [row for row in held if row.item.key in truth]
    confidence = np.array([row.confidence for row in rows])
    right = np.mean([row.value == truth[row.item.key] for row in rows])
    return Settled(float(right), float(confidence.mean()), float((confidence > SURE).mean()))


def mark_some(olga: Place, truth: dict[str, str], count: int) -> list[str]:
    """Say the truth about so many pairs; their keys."""
    drawn: list[str] = np.random.default_rng(0).permutation(sorted(truth))[:count].tolist()
    for item in Item.objects.filter(project=olga.project, key__in=drawn).order_by("pk"):
        accepted = [{"winner": truth[item.key], "strength": 1}]
        gold.mark(olga, item_id=item.pk, answers={"better": {"accepted": accepted}})
    return drawn


def findings(done: Analysis, detectors: Iterable[str]) -> list[Finding]:
    """What these detectors found in a look."""
    found = Finding.objects.filter(last=done, gone__isnull=True, detector__in=list(detectors))
    return list(found.order_by("detector", "about"))


def page(client: Client, olga: Place, address: str = "") -> str:
    """What the page of quality says, or one below it."""
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/projects/{olga.project.slug}/quality/{address}")
    assert answer.status_code == 200
    return answer.content.decode()
