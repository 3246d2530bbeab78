"""Starting the runs that write rubrics from labelled pairs, and those that hold a version against such pairs."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from accounts import limits
from annotation.models import RubricVersion
from annotation.queries.items import Filters
from annotation.queries.rubrics import read_slice
from annotation.services.prelabels import plain
from curation.models import RubricReport
from curation.preferences import Reviewed
from curation.rubrics import CONTRAST, GRADING, MERGING, REVISION
from curation.rubrics.labelled import EVEN
from curation.services import run_once
from curation.services.run_wishes import STAY_UNSEEN, WRITTEN, Bounds, checked, length_fault
from modelhooks.judging.rubrics import MOST_CRITERIA
from modelhooks.models import Checkpoint, Contract, Run
from modelhooks.services.runs import RunRefused
from projects.access import Place

UNKNOWN = "Let a judge answer this version first: nothing is known yet of what it gets wrong."
OF_LABELS = {"with_imported", "min_share", "percent"}


class Wishes(Bounds):
    """What may be chosen about the labels and the bounds of such a run."""

    with_imported: bool = Field(default=True, title="Labels that came with an import count")
    min_share: float = Field(default=EVEN, ge=EVEN, le=1, title="Share of votes that the better response has at least")


class ContrastWishes(Wishes):
    """What may be chosen about writing."""

    percent: int = Field(
        default=WRITTEN,
        ge=1,
        le=100,
        title="Share of prompts, in percent",
        description=STAY_UNSEEN,
    )
    attempts: int = Field(default=4, ge=1, le=8, title="Rubrics written for each pair")
    votes: int = Field(default=1, ge=1, le=16, title="Judgments in each order")


def contrast(
    place: Place,
    *,
    checkpoint: Checkpoint,
    question: str,
    filters: Filters | None = None,
    wishes: Mapping[str, Any] | None = None,
) -> Run:
    """Queue a run that writes rubrics from the pairs that people labelled up to now. Raises RunRefused."""
    require(checkpoint, Contract.WRITING)
    return _start(place, CONTRAST, checkpoint, question, filters, checked(ContrastWishes, wishes), {})


def grade(
    place: Place,
    *,
    version: RubricVersion,
    checkpoint: Checkpoint,
    question: str,
    filters: Filters | None = None,
    wishes: Mapping[str, Any] | None = None,
) -> Run:
    """Queue a run in which a judge answers this version about labelled pairs. Raises RunRefused."""
    require(checkpoint, Contract.RUBRIC)
    if len(version.criteria) > MOST_CRITERIA:
        raise RunRefused(
            f"A judge is asked at most {MOST_CRITERIA} criteria; this version has {len(version.criteria)}."
        )
    return _start(place, GRADING, checkpoint, question, filters, checked(Wishes, wishes), {"version": version.pk})


def merge(
    place: Place,
    *,
    written: Run,
    checkpoint: Checkpoint,
    name: str,
    most: int,
    sliced_by: Mapping[str, str] | None = None,
) -> Run:
    """Queue a run in which a writer makes one rubric of those that another run wrote, or wrote of a slice's items.

    Raises RunRefused and `FiltersRefused`.
    """
    require(checkpoint, Contract.WRITING)
    if fault := length_fault(most):
        raise RunRefused(fault)
    parameters: dict[str, Any] = {"written": written.pk, "name": name, "most": most}
    if slice_ := read_slice(sliced_by or {}):
        parameters["slice"] = slice_
    return run_once.start(place, hook=MERGING, checkpoint=checkpoint, parameters=parameters)


def revise(place: Place, *, report: RubricReport | None, checkpoint: Checkpoint, percent: int = WRITTEN) -> Run:
    """Queue a run in which a writer revises the report's version by pairs that it got wrong. Loads numpy.

    They are of the share of prompts that rubrics are written from, so that the others stay unseen. Raises RunRefused.
    """
    from curation.rubrics.errors import misjudged

    if report is None:
        raise RunRefused(UNKNOWN)
    require(checkpoint, Contract.WRITING)
    if len(report.version.criteria) > MOST_CRITERIA:
        raise RunRefused(f"A writer revises at most {MOST_CRITERIA} criteria; cut this version down first.")
    if not 1 <= percent <= 100:
        raise RunRefused("The share of prompts is 1 to 100 percent.")
    limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    items = misjudged(report, percent)
    if not items:
        raise RunRefused("Of the pairs that it was held against and that may be shown, it gets none wrong.")
    parameters = {"report": report.pk, "version": report.version_id, "percent": percent, "items": items}
    return run_once.start(place, hook=REVISION, checkpoint=checkpoint, parameters=parameters, is_spent=True)


def require(checkpoint: Checkpoint, contract: Contract) -> None:
    """Raises RunRefused for a checkpoint that answers something else."""
    if checkpoint.contract != contract:
        said = checkpoint.get_contract_display()
        raise RunRefused(f"{checkpoint.name} cannot do this: it {said[:1].lower()}{said[1:]}.")


def _start(  # noqa: PLR0917
    place: Place,
    hook: str,
    checkpoint: Checkpoint,
    question: str,
    filters: Filters | None,
    wishes: Wishes,
    more: Mapping[str, Any],
) -> Run:
    labels = Reviewed()
    if question not in {one.key for one in labels.questions(place.project)}:
        raise RunRefused(f"The form asks no preference “{question[:40]}”, so no label says which response is better.")
    chosen = wishes.model_dump(exclude=OF_LABELS)
    counted = {"last": labels.last(place.project), **wishes.model_dump(include=OF_LABELS)}
    parameters = {"labels": counted, "filters": plain(filters or Filters()), **chosen, **more}
    return run_once.start(place, hook=hook, checkpoint=checkpoint, question=question, parameters=parameters)
