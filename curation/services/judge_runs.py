"""Starting the runs in which versions of a judge are tried on labeled pairs, and those that reword what it is told."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field

from accounts import limits
from annotation.queries.items import Filters
from annotation.services.prelabels import plain
from curation.judging import REWORDING, TRIAL
from curation.models import JudgeReport
from curation.preferences import Reviewed
from curation.rubrics.labelled import EVEN
from curation.services import run_once
from curation.services.rubric_runs import require
from curation.services.run_wishes import WRITTEN, checked
from modelhooks.models import Checkpoint, Contract, JudgeVersion, Run
from modelhooks.services import instructions
from modelhooks.services.runs import RunRefused
from projects.access import Place

MOST = 10_000  # pairs of one trial
UNTRIED = "Try this version first: it is not known what it gets wrong."


class TrialWishes(BaseModel):
    """What may be chosen about the labels and the bounds of a trial."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=1_000, ge=1, le=MOST, title="Pairs at most")
    with_imported: bool = Field(default=True, title="Labels that came with an import count")
    most_tokens: int = Field(default=0, ge=0, le=10**12, title="Stop after so many tokens")
    most_cost: float = Field(default=0.0, ge=0, le=1e9, title="Never cost more than")


@transaction.atomic
def try_out(
    place: Place, version: JudgeVersion, *, question: str, wishes: Mapping[str, Any] | None = None
) -> list[Run]:
    """Queue a trial of a version, and one of the version in use on the same labels: what it said before is not asked
    again, so the two are always of the same day. Raises RunRefused."""
    labels = Reviewed()
    if question not in {one.key for one in labels.questions(place.project)}:
        raise RunRefused(f"The form asks no preference “{question[:40]}”, so no label says which response is better.")
    chosen = checked(TrialWishes, wishes).model_dump()
    family = instructions.held(instructions.begun(version))
    counted = {
        "last": labels.last(place.project),
        "with_imported": chosen.pop("with_imported"),
        "min_share": EVEN,
        "percent": 100,
    }
    # No filters: whoever picks the pairs picks the winner. As a run over items asks them, so that answers are shared.
    parameters = {"labels": counted, "filters": plain(Filters()), "n": 1, "orders": "both", **chosen}
    wanted = [one for one in family if one.is_in_use or one.number == version.number]
    return [_tried(place, one, question, parameters) for one in wanted]


def _tried(place: Place, version: JudgeVersion, question: str, parameters: Mapping[str, Any]) -> Run:
    return run_once.start(
        place,
        hook=TRIAL,
        checkpoint=version.checkpoint,
        question=question,
        parameters={**parameters, "version": version.pk, "judge": version.judge_id},
        is_trial=True,
    )


def reword(place: Place, *, report: JudgeReport | None, checkpoint: Checkpoint, percent: int = WRITTEN) -> Run:
    """Queue a run in which a writer rewords the instructions of the report's version by pairs that it got wrong. Loads
    numpy.

    They are of the share of prompts that rubrics are written from, so that the others stay unseen. Raises RunRefused.
    """
    from curation.judging.errors import misjudged

    if report is None:
        raise RunRefused(UNTRIED)
    require(checkpoint, Contract.WRITING)
    if not 1 <= percent <= 100:
        raise RunRefused("The share of prompts is 1 to 100 percent.")
    limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    items = misjudged(report, percent)
    if not items:
        raise RunRefused("Of the pairs that it was tried on and that may be shown, it gets none wrong.")
    version = report.version
    parameters = {
        "report": report.pk,
        "fingerprint": report.fingerprint,
        "version": version.pk,
        "judge": version.judge_id,
        "percent": percent,
        "items": items,
    }
    return run_once.start(place, hook=REWORDING, checkpoint=checkpoint, parameters=parameters, is_spent=True)
