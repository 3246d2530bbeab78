"""Starting the runs that write single lines of rubrics: out of justifications, instructions, and what was done."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from annotation.models import Question
from annotation.queries.forms import current_form, questions_of
from annotation.queries.items import Filters
from annotation.services.prelabels import plain
from curation.preferences import Reviewed
from curation.rubrics import CHECKLIST, CONSTRAINTS, PRINCIPLES
from curation.services import run_once
from curation.services.rubric_runs import require
from curation.services.run_wishes import MOST, STAY_UNSEEN, WRITTEN, Bounds, checked
from modelhooks.models import Checkpoint, Contract, Run
from modelhooks.services.runs import RunRefused
from projects.access import Place
from projects.models import Project


class LineWishes(Bounds):
    """What may be chosen about the bounds of such a run. Drafts are of single items, so all prompts are read."""

    limit: int = Field(default=1_000, ge=1, le=MOST, title="Items or justifications at most")


class PrincipleWishes(LineWishes):
    """What may be chosen about justifications, which become a rubric of the project."""

    percent: int = Field(default=WRITTEN, ge=1, le=100, title="Share of prompts, in percent", description=STAY_UNSEEN)
    with_imported: bool = Field(default=True, title="Justifications that came with an import count")


def questions(project: Project) -> Sequence[Question]:
    """Those of the form in force that people answer in words."""
    form = current_form(project.pk)
    return [one for one in (questions_of(form.pk) if form else ()) if one.kind == "text"]


def start(
    place: Place,
    *,
    source: str,
    checkpoint: Checkpoint,
    question: str = "",
    filters: Filters | None = None,
    wishes: Mapping[str, Any] | None = None,
) -> Run:
    """Queue the run that reads this source, one of `curation.rubrics.LINES`. Raises RunRefused."""
    if source == PRINCIPLES:
        return principles(place, checkpoint=checkpoint, question=question, filters=filters, wishes=wishes)
    if question:
        raise RunRefused("Only justifications answer a question of the form. Leave it out.")
    begin = constraints if source == CONSTRAINTS else checklists
    return begin(place, checkpoint=checkpoint, filters=filters, wishes=wishes)


def principles(
    place: Place,
    *,
    checkpoint: Checkpoint,
    question: str,
    filters: Filters | None = None,
    wishes: Mapping[str, Any] | None = None,
) -> Run:
    """Queue a run that finds what people's words up to now, to this question, judge by. Raises RunRefused."""
    if question not in {one.key for one in questions(place.project)}:
        raise RunRefused(f"The form asks for no words in “{question[:40]}”, so there is no justification to read.")
    chosen = checked(PrincipleWishes, wishes)
    words = {"last": Reviewed().last(place.project), "with_imported": chosen.with_imported}
    return _start(place, PRINCIPLES, checkpoint, filters, chosen, {"words": words}, question)


def constraints(
    place: Place, *, checkpoint: Checkpoint, filters: Filters | None = None, wishes: Mapping[str, Any] | None = None
) -> Run:
    """Queue a run that finds what the prompts of items demand. Raises RunRefused."""
    return _start(place, CONSTRAINTS, checkpoint, filters, checked(LineWishes, wishes), {})


def checklists(
    place: Place, *, checkpoint: Checkpoint, filters: Filters | None = None, wishes: Mapping[str, Any] | None = None
) -> Run:
    """Queue a run that writes checklists for items of several turns or with calls of tools. Raises RunRefused."""
    return _start(place, CHECKLIST, checkpoint, filters, checked(LineWishes, wishes), {})


def _start(  # noqa: PLR0917
    place: Place,
    hook: str,
    checkpoint: Checkpoint,
    filters: Filters | None,
    wishes: LineWishes,
    more: Mapping[str, Any],
    question: str = "",
) -> Run:
    require(checkpoint, Contract.WRITING)
    parameters = {"filters": plain(filters or Filters()), **wishes.model_dump(exclude={"with_imported"}), **more}
    return run_once.start(place, hook=hook, checkpoint=checkpoint, question=question, parameters=parameters)
