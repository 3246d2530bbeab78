"""The job that trains a version of a reward head. May be killed at any line.

What is embedded is kept chunk by chunk; the evaluation set is frozen in a transaction of its own; the fit is one go
from the same numbers to the same numbers, and ends in the one transaction that writes the version, its checkpoints and
whether it takes over.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from jobs import faults
from jobs.models import Job
from jobs.runner import Progress
from jobs.services import JobFailed
from modelhooks import embedders
from modelhooks.backends import trained_head
from modelhooks.embedders import Embedder
from modelhooks.errors import LoadRefused
from modelhooks.head import pairs, promotion, reward_head
from modelhooks.head.pairs import Floats, Pairs, Vectors
from modelhooks.head.reward_head import TooFewPairs, Trained
from modelhooks.labels import Voted, labels
from modelhooks.models import Head
from modelhooks.services import material as materials
from modelhooks.services import versions
from modelhooks.services.embeddings import vectors
from modelhooks.services.heads import current
from modelhooks.services.material import Material

PAIRS_AT_ONCE = 64
TURN = 0.8  # of the time that a job may take; then others have theirs


@dataclass(frozen=True, slots=True)
class Task:
    """A version that is being made, with what it is made by."""

    head: Head
    embedder: Embedder
    progress: Progress
    until: float


def run(job: Job, progress: Progress) -> str:
    """Train the version of this job, measure it, and write down what came of it."""
    head = Head.objects.select_related("project", "evaluation").get(pk=job.args["head_id"])
    if head.finished_at:
        return head.verdict
    until = time.monotonic() + TURN * settings.CELERY_TASK_SOFT_TIME_LIMIT
    task = Task(head, _embedder(head), progress, until)
    material = materials.of(head, progress)
    training, frozen = _sides(task, material)
    faults.crash_here("head_embedded")
    progress.report(progress.done, progress.done, "Fitting.", is_part=True)
    trained = _fitted(head, training)
    in_office = current(head.project, head.question)
    before = _scores_before(task, in_office, material, frozen)
    measured = promotion.measure(trained.head, training, frozen, in_office=before, seed=head.parameters["seed"])
    faults.crash_here("head_fitted")
    made = versions.Made(head, task.embedder.fingerprint, material, trained, measured, frozen, in_office)
    sentence = versions.write(made, progress)
    faults.crash_here("head_stored")
    return sentence


def _embedder(head: Head) -> Embedder:
    try:
        return embedders.load(head.parameters["embedder"])
    except LoadRefused as error:
        raise JobFailed(str(error)) from None


@dataclass(frozen=True, slots=True)
class Embedded:
    """Both responses of each pair as points, and how many characters they have."""

    first: Vectors
    second: Vectors
    lengths: tuple[Floats, Floats]


def _embedded(task: Task, voted: Sequence[Voted]) -> Embedded:
    """Chunk by chunk; each chunk is kept before the next begins."""
    n, done = len(voted), 0
    first, second = (np.zeros((n, task.embedder.dimensions), np.float32) for _ in range(2))
    lengths = (np.zeros(n), np.zeros(n))
    for start in range(0, n, PAIRS_AT_ONCE):
        task.progress.report(done, n, "Embedding responses.", is_part=True)
        if time.monotonic() > task.until and task.progress.has_advanced:
            raise SoftTimeLimitExceeded  # by ourselves, between two chunks: nothing is in flight
        some = voted[start : start + PAIRS_AT_ONCE]
        texts = labels().texts(task.head.project, [one.subject for one in some])
        both = [text for one in some for text in texts[one.subject]]
        found = vectors(task.embedder, both)
        done = start + len(some)
        first[start:done], second[start:done] = found[0::2], found[1::2]
        lengths[0][start:done], lengths[1][start:done] = ([len(text) for text in both[place::2]] for place in (0, 1))
    task.progress.report(done, n, "Embedding responses.", is_part=True)
    return Embedded(first, second, lengths)


def _sides(task: Task, material: Material) -> tuple[Pairs, Pairs]:
    """The training pairs and the frozen ones as the mathematics takes them, with one numbering of prompts."""
    voted = [*material.training, *material.frozen]
    embedded, groups = _embedded(task, voted), _numbered(voted)
    count = len(material.training)
    first, second = slice(None, count), slice(count, None)
    return _pairs(voted, embedded, groups, first), _pairs(voted, embedded, groups, second)


def _numbered(voted: Sequence[Voted]) -> list[int]:
    numbers: dict[str, int] = {}
    return [numbers.setdefault(one.group, len(numbers)) for one in voted]


def _pairs(voted: Sequence[Voted], embedded: Embedded, groups: Sequence[int], part: slice) -> Pairs:
    """One of the sides. A pair weighs as much as it has votes, as if each were a label of its own."""
    return pairs.make(
        embedded.first[part],
        embedded.second[part],
        np.array([one.p for one in voted[part]]),
        np.array(groups[part]),
        lengths=(embedded.lengths[0][part], embedded.lengths[1][part]),
        weights=np.array([len(one.annotations) for one in voted[part]], float),
    )


def _fitted(head: Head, training: Pairs) -> Trained:
    chosen = head.parameters
    try:
        return reward_head.train(training, target=chosen["target"], seed=chosen["seed"])
    except TooFewPairs as error:
        raise JobFailed(str(error)) from None


def _scores_before(task: Task, in_office: Head | None, material: Material, frozen: Pairs) -> Floats | None:
    """What the head in office says of the frozen pairs: as it was written down, or anew where the set is wider."""
    if in_office is None:
        return None
    if in_office.evaluation_id == material.evaluation.pk and in_office.frozen_scores:
        return versions.read_scores(in_office.frozen_scores)
    try:
        rival = trained_head.of(in_office, embedders.load(in_office.parameters["embedder"]))
    except LoadRefused as error:
        raise JobFailed(f"The current head cannot be compared with: {error}") from None
    embedded = _embedded(replace(task, embedder=rival.embedder), material.frozen)
    return promotion.scores(rival.head, pairs.make(embedded.first, embedded.second, frozen.p, frozen.groups))
