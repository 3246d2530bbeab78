"""Asking a checkpoint our own probes. What it says is kept by `modelhooks.probing`."""

from django.db import transaction

from accounts import limits
from jobs.services import OPEN
from modelhooks.judging.probe_set import digest
from modelhooks.models import Checkpoint, Run
from modelhooks.probing import HOOK, WAYS
from modelhooks.services import runs
from modelhooks.services.runs import RunRefused
from projects.access import Place


@transaction.atomic
def start(place: Place, checkpoint: Checkpoint) -> Run:
    """Queue a run over all probes, in both orders where it compares; the one that is open where there is one already.

    Raises RunRefused for a checkpoint that compares nothing, or that `runs.start` refuses.
    """
    if checkpoint.contract not in WAYS:
        raise RunRefused(f"{checkpoint.name} puts no response before another, so there is nothing to probe.")
    Checkpoint.objects.select_for_update().get(pk=checkpoint.pk)  # two who press at once start one
    asked = Run.objects.filter(project=place.project, hook=HOOK, checkpoint=checkpoint, parameters__set=digest())
    if earlier := asked.filter(job__state__in=OPEN).first():
        return earlier
    limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    return runs.start(place, hook=HOOK, checkpoint=checkpoint, parameters={"set": digest(), "n": 1, "orders": "both"})
