"""A trained head as a version: its row, the checkpoints that runs can ask, and who is in office."""

import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from audit.services import record
from jobs.runner import Progress
from modelhooks.head import files, promotion
from modelhooks.head.pairs import Floats, Pairs
from modelhooks.head.promotion import Measured
from modelhooks.head.reward_head import Trained
from modelhooks.models import Checkpoint, Contract, Head
from modelhooks.services import reports
from modelhooks.services.material import Material

LIBRARIES = ("numpy", "scipy", "scikit-learn")
SCORES = "<f8"
LONGEST_SLUG = 36  # of a project in a checkpoint's name


@dataclass(frozen=True, slots=True)
class Made:
    """A version with all that is written down of it."""

    head: Head
    embedder: str
    """Its fingerprint."""
    material: Material
    trained: Trained
    measured: Measured
    frozen: Pairs
    in_office: Head | None


@transaction.atomic
def write(made: Made, progress: Progress) -> str:
    """Fill the version in, make its checkpoints, and put it in office or say why not; the sentence."""
    progress.confirm()
    head, verdict = made.head, promotion.verdict(made.measured)
    weights, rest = files.write(made.trained.head)
    fingerprint = files.fingerprint(weights, rest, made.embedder)
    training = made.material.training
    filled: dict[str, Any] = {
        "evaluation": made.material.evaluation,
        "predecessor": made.in_office,
        "is_promoted": verdict.is_promoted,
        "verdict": verdict.sentence[:500],
        "pairs": len(training),
        "prompts": len({one.group for one in training}),
        "votes": sum(len(one.annotations) for one in training),
        "annotators": len({voter for one in training for voter in one.voters}),
        "report": reports.of(made.trained, made.measured, training),
        "code": {"goldpan": settings.VERSION, "python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
        "embedder": made.embedder,
        "weights": weights,
        "rest": rest,
        "fingerprint": fingerprint,
        "frozen_scores": promotion.scores(made.trained.head, made.frozen).astype(SCORES).tobytes(),
        "checkpoint": _checkpoint(made, fingerprint, Contract.PREFERENCE, is_promoted=verdict.is_promoted),
        "scorer": _checkpoint(made, fingerprint, Contract.REWARD, is_promoted=verdict.is_promoted),
    }
    for name, value in filled.items():
        setattr(head, name, value)
    head.finished_at = Now()
    head.save()
    if verdict.is_promoted and made.in_office:
        _retire(made.in_office)
    record(
        "head.trained",
        subject=f"head:{head.pk}",
        actor_id=head.created_by_id,
        project_id=head.project_id,
        detail={"number": head.number, "is_promoted": verdict.is_promoted, "fingerprint": fingerprint},
    )
    return verdict.sentence


def read_scores(stored: bytes | memoryview) -> Floats:
    """(n,) log-odds of the evaluation's pairs, by subject."""
    return np.frombuffer(bytes(stored), SCORES).astype(float)


def _checkpoint(made: Made, fingerprint: str, contract: Contract, *, is_promoted: bool) -> Checkpoint:
    """What runs ask. Of a version that is not promoted it is retired from the start: to be looked at, not asked."""
    head, found = made.head, made.measured.head
    return Checkpoint.objects.create(
        name=name_of(head, contract),
        contract=contract,
        backend="head",
        options={"head": head.pk, "embedder": head.parameters["embedder"]},
        project=head.project,
        created_by=head.created_by,
        checked_at=Now(),
        is_healthy=True,
        health=f"Right about {found.share:.0%} of {found.pairs:,} frozen pairs ({found.low:.0%} to {found.high:.0%}).",
        fingerprint=fingerprint,
        retired_at=None if is_promoted else Now(),
    )


def name_of(head: Head, contract: Contract) -> str:
    """Unlike any other of the installation, since slugs are: a long one is cut and told apart by the project's id."""
    slug = head.project.slug
    if len(slug) > LONGEST_SLUG:
        slug = f"{slug[: LONGEST_SLUG - 12]}~{head.project_id}"
    return f"{slug} {head.question} head {head.number}{' scores' if contract == Contract.REWARD else ''}"


def _retire(head: Head) -> None:
    """No run is started with the one before any more. What it said stays."""
    own = Q(pk=head.checkpoint_id) | Q(pk=head.scorer_id)
    Checkpoint.objects.filter(own, retired_at__isnull=True).update(retired_at=Now())
