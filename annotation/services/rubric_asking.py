"""Asking again what was answered under earlier versions of a rubric."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from annotation.models import RubricUse, RubricVersion
from annotation.queries.forms import current_form
from annotation.queries.rubrics import to_ask_again, uses_of
from annotation.services import slots
from audit.services import record
from projects.access import Place
from ui.problems import Refusal

MOST = 1_000  # at once; the rest once these are answered
LOOKED_AT = 2_000  # labels whose items are counted, so that the page takes no longer with a million


@dataclass(frozen=True, slots=True)
class Again:
    """How many items could be asked again; more than that where not all labels were looked at."""

    items: int
    is_more: bool


class NotAsked(Refusal):
    """The form in force does not ask with this version, so new answers would say nothing of it. Publish it first."""

    status = 409
    title = "Nobody is asked with this version"


@transaction.atomic
def ask_again(place: Place, version: RubricVersion) -> int:
    """Want one more answer about each item that people answered under earlier versions and nobody under this one.

    How many there are, `MOST` at most. Earlier labels stay. Raises NotAsked.
    """
    before, now = _uses(place, version, uses_of(version.rubric))
    if not now:
        raise NotAsked
    items = to_ask_again(place.project, before, now).order_by("item").values_list("item", flat=True).distinct()
    count = slots.ask_about_many(place, list(items[:MOST]))
    rubric = version.rubric
    record(
        "rubric.asked_again",
        subject=f"rubric:{rubric.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"number": rubric.number, "version": version.number, "items": count},
    )
    return count


def countable(place: Place, version: RubricVersion, uses: Iterable[RubricUse]) -> Again:
    """What could be asked again, as the first labels tell; nothing where nobody is asked with the version.

    `uses` are all of its rubric.
    """
    before, now = _uses(place, version, uses)
    if not now:
        return Again(0, is_more=False)
    labels = to_ask_again(place.project, before, now).order_by("pk")[:LOOKED_AT]
    found = labels.aggregate(items=Count("item", distinct=True), labels=Count("pk"))
    return Again(found["items"], is_more=found["labels"] == LOOKED_AT)


def _uses(place: Place, version: RubricVersion, uses: Iterable[RubricUse]) -> tuple[list[RubricUse], list[RubricUse]]:
    """Those of earlier versions, and those of this one, which are none unless the form in force asks with it."""
    form, held = current_form(place.project.pk), list(uses)
    now = [use for use in held if use.version_id == version.pk]
    is_asked = form is not None and any(use.form_id == form.pk for use in now)
    return [use for use in held if use.version.number < version.number], now if is_asked else []
