"""What a run of a model left behind, written down as the run would."""

from typing import Any

from annotation.models import Annotation, Item
from annotation.queries.forms import current_form
from annotation.services import prelabels
from modelhooks.models import Checkpoint, Contract
from projects.access import Place
from projects.models import Project

SECRET = "A rationale that nobody who labels may read."


def checkpoint(name: str = "Judge Nine-B") -> Checkpoint:
    """A checkpoint of this name."""
    return Checkpoint.objects.get_or_create(name=name, contract=Contract.PREFERENCE, backend="fake")[0]


def suggest(
    olga: Place,
    item: Item,
    answers: dict[str, Any],
    *,
    name: str = "Judge Nine-B",
    question: str = "better",
    supersedes: Annotation | None = None,
) -> Annotation:
    """A run of Olga's, whose checkpoint said this about the item in its own order; nothing at all is an abstention."""
    run = prelabels.start(olga, checkpoint=checkpoint(name), question=question)
    form = current_form(olga.project.pk)
    assert form
    return Annotation.objects.create(
        project=olga.project,
        item=item,
        form=form,
        run=run,
        answers=answers,
        shown=list(range(len(item.responses))),
        source={"rationale": SECRET, "votes": {"a": 3}},
        supersedes=supersedes,
    )


def show(project: Project, mode: str, by: str = "") -> None:
    """The project shows suggestions from now on."""
    Project.objects.filter(pk=project.pk).update(suggestions=mode, suggestions_by=by)
    project.suggestions, project.suggestions_by = mode, by
