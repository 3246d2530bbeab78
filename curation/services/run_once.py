"""Queuing what asks a model about rubrics and judges: while the same is open, asking again gives that run."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import limits
from jobs.services import OPEN
from modelhooks.models import Checkpoint, Run
from modelhooks.services import runs
from projects.access import Place


@transaction.atomic
def start(
    place: Place,
    *,
    hook: str,
    checkpoint: Checkpoint,
    parameters: Mapping[str, Any],
    question: str = "",
    is_spent: bool = False,
    is_trial: bool = False,
) -> Run:
    """Queue a run, and count it against the quota unless that `is_spent`. Raises RunRefused and `limits.TooMany`."""
    Checkpoint.objects.select_for_update(no_key=True).get(pk=checkpoint.pk)  # two who press at once start one
    same = Run.objects.filter(
        project=place.project, hook=hook, checkpoint=checkpoint, question=question, parameters=dict(parameters)
    )
    if earlier := same.filter(job__state__in=OPEN).order_by("pk").first():
        return earlier
    if not is_spent:
        limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    return runs.start(
        place, hook=hook, checkpoint=checkpoint, question=question, parameters=parameters, is_trial=is_trial
    )
