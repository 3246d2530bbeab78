"""What a head learns from and what it is measured on, with the line between them that no head crosses."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from jobs.runner import Progress
from jobs.services import JobFailed
from modelhooks.head.reserve import FEWEST_FROZEN, FEWEST_TRAINED, MOST_FROZEN, is_reserved, order
from modelhooks.labels import Voted, labels
from modelhooks.models import Evaluation, FrozenPair, Head
from projects.models import Project

MOST_PAIRS = 50_000  # that a head is trained on; memory and time grow with them


@dataclass(frozen=True, slots=True)
class Material:
    """Labels on both sides of the line that no head crosses."""

    training: Sequence[Voted]
    frozen: Sequence[Voted]
    evaluation: Evaluation


def of(head: Head, progress: Progress) -> Material:
    """Everything that was answered when the head was asked for. Raises JobFailed where there is too little."""
    voted = list(
        labels().voted(
            head.project,
            head.question,
            last=head.last_annotation,
            with_imported=head.parameters["with_imported"],
        )
    )
    training = _bounded(head, [one for one in voted if not _is_reserved(head, one.group)], MOST_PAIRS)
    evaluation = _evaluation(
        head, progress, [one for one in voted if _is_reserved(head, one.group)], _prompts(training)
    )
    frozen = [
        Voted(one.subject, one.group, one.p, (), tuple(one.annotations))
        for one in FrozenPair.objects.filter(evaluation=evaluation).order_by("subject")
    ]
    return Material(training, frozen, evaluation)


def _is_reserved(head: Head, group: str) -> bool:
    return is_reserved(head.project.salt, head.question, group)


def _bounded(head: Head, voted: Sequence[Voted], most: int) -> list[Voted]:
    """All of them, or where they are too many whole prompts, as good as drawn by lot; by subject."""
    if len(voted) <= most:
        return list(voted)
    drawn = sorted(voted, key=lambda one: (order(head.project.salt, head.question, one.group), one.group, one.subject))
    last = drawn[most].group  # torn apart by the limit, so left out whole
    return sorted((one for one in drawn[:most] if one.group != last), key=lambda one: one.subject)


def _prompts(voted: Sequence[Voted]) -> int:
    return len({one.group for one in voted if one.p != 0.5})


def _evaluation(head: Head, progress: Progress, reserved: Sequence[Voted], for_training: int) -> Evaluation:
    """The newest frozen set of the question; the first head that can be measured freezes it, and who wishes it a wider
    one. A set that this version froze before its worker died is its own."""
    if head.evaluation:
        return head.evaluation
    sets = Evaluation.objects.filter(project=head.project, question=head.question)
    found = sets.order_by("-number").first()
    if found and head.parameters.get("widen") and _prompts(reserved) > _prompts_of(found):
        found = None
    if for_training < FEWEST_TRAINED or (found is None and _prompts(reserved) < FEWEST_FROZEN):
        raise JobFailed(
            f"A head needs answers that prefer one response on {FEWEST_TRAINED} prompts to learn from, and on "
            f"{FEWEST_FROZEN} others that it is measured on; there are {for_training:,} and {_prompts(reserved):,}. "
            "One prompt in five is kept for measuring."
        )
    return found or _freeze(head, progress, reserved)


@transaction.atomic
def _freeze(head: Head, progress: Progress, reserved: Sequence[Voted]) -> Evaluation:
    progress.confirm()
    Project.objects.select_for_update(no_key=True).get(pk=head.project_id)
    sets = Evaluation.objects.filter(project=head.project, question=head.question)
    number = (sets.aggregate(newest=Max("number"))["newest"] or 0) + 1
    made = Evaluation.objects.create(
        project=head.project,
        question=head.question,
        number=number,
        with_imported=head.parameters["with_imported"],
        last_annotation=head.last_annotation,
    )
    FrozenPair.objects.bulk_create(
        (
            FrozenPair(evaluation=made, subject=one.subject, group=one.group, p=one.p, annotations=one.annotations)
            for one in _bounded(head, reserved, MOST_FROZEN)
        ),
        batch_size=1_000,
    )
    head.evaluation = made
    head.save(update_fields=["evaluation"])
    return made


def _prompts_of(evaluation: Evaluation) -> int:
    decided = FrozenPair.objects.filter(evaluation=evaluation).exclude(p=0.5)
    return decided.values("group").distinct().count()
