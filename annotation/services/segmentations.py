"""Cutting an item's responses into steps by hand, as long as nobody has said anything about them."""

from django.db import transaction
from django.http import Http404

from annotation import subjects
from annotation.models import Annotation, Item, Segmentation
from annotation.queries.forms import questions_of
from audit.services import record
from projects.access import Place
from ui.problems import Refusal


class AlreadyAnnotated(Refusal):
    """The item has been annotated, and its answers speak of the steps as they are. They stay as they were cut."""

    title = "The steps stay as they are"


class CutMeanwhile(Refusal):
    """Somebody cut this response meanwhile. Look at its steps again before you change them."""

    title = "These steps were changed meanwhile"


class NoStepThere(Refusal):
    """A step cannot begin or end there: every step holds something to read."""

    status = 422
    title = "Nothing was cut"


def cut(place: Place, *, item_id: int, response: int, cut_by: str, at: int) -> Segmentation:
    """Cut a step in two before the character `at`, counted in Unicode code points. Raises the refusals above.

    `cut_by` names the steps that the person was looking at, as `Judged.cut_by` does.
    """
    return _change(place, item_id, response, cut_by, at=at, adds=True)


def join(place: Place, *, item_id: int, response: int, cut_by: str, at: int) -> Segmentation:
    """Join the two steps that meet at `at`. Raises the refusals above."""
    return _change(place, item_id, response, cut_by, at=at, adds=False)


@transaction.atomic
def _change(place: Place, item_id: int, response: int, cut_by: str, *, at: int, adds: bool) -> Segmentation:
    # Whoever submits an answer about steps holds the item's key, so this waits for them and they for this.
    item = Item.objects.select_for_update().filter(pk=item_id, project=place.project).first()
    if item is None:
        raise Http404
    if Annotation.objects.filter(item=item).exists():
        raise AlreadyAnnotated
    if response not in range(len(item.responses)):
        raise NoStepThere
    judged = subjects.in_steps(item)[response]
    if judged.cut_by != cut_by:
        raise CutMeanwhile
    ends = {end for _, end in judged.steps}
    if at not in range(1, len(judged.text)) or (at in ends) == adds:
        raise NoStepThere
    segmentation = Segmentation(item=item, response=response, author=place.user, ends=sorted(ends ^ {at}))
    if not all(judged.text[start:end].strip() for start, end in segmentation.steps):
        raise NoStepThere
    segmentation.save()
    record(
        "item.steps_cut",
        subject=f"item:{item.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"response": response, "segmentation": segmentation.pk, "steps": len(segmentation.ends)},
    )
    return segmentation


def asks(form_id: int | None) -> bool:
    """Whether a version of a form asks about steps."""
    return form_id is not None and subjects.asks_steps(questions_of(form_id))
