"""Asking a checkpoint about the rows of an evaluation set. What it says is kept by `curation.hooks`."""

from django.db import transaction

from accounts import limits
from curation.layouts import LAYOUTS
from curation.models import EvaluationSet
from curation.scoring import EVALUATION
from curation.scoring.ways import way
from jobs.services import OPEN
from modelhooks.models import Checkpoint, Run
from modelhooks.services import runs
from modelhooks.services.runs import RunRefused
from projects.access import Place

THRESHOLD = 0.5
"""Below it a step is called wrong."""


@transaction.atomic
def start(place: Place, evaluation_set: EvaluationSet, checkpoint: Checkpoint, threshold: float = THRESHOLD) -> Run:
    """Queue a run over all rows, in both orders where it compares; the one that is open where there is one already.

    Raises RunRefused for a checkpoint that cannot be asked about such rows, or that `runs.start` refuses.
    """
    if way(evaluation_set.layout, checkpoint.contract) is None:
        kind, title = checkpoint.get_contract_display(), LAYOUTS[evaluation_set.layout].title
        raise RunRefused(f"{checkpoint.name} cannot be asked about rows of {title}: it {kind[:1].lower()}{kind[1:]}.")
    Checkpoint.objects.select_for_update(no_key=True).get(pk=checkpoint.pk)  # two who press at once start one
    asked = Run.objects.filter(hook=EVALUATION, checkpoint=checkpoint, parameters__set=evaluation_set.pk)
    if earlier := asked.filter(job__state__in=OPEN).first():
        return earlier
    limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    parameters = {"set": evaluation_set.pk, "name": evaluation_set.name, "threshold": threshold}
    return runs.start(
        place, hook=EVALUATION, checkpoint=checkpoint, parameters={**parameters, "n": 1, "orders": "both"}
    )
