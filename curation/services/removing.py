"""Taking a person's labels, or rows, out of releases for good: a new release without them takes the old one's place."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Now

import audit.services as audit
from annotation.models import Item
from curation import removals, store
from curation.annotator_names import Named, named
from curation.models import Release, Removal
from curation.recipes.common import follows
from curation.services import analyses, releases
from jobs.models import STOPPED, State
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

MOST = 1_000
NOBODY = Named()
Thing = tuple[int | None, Named]
"""An item by its id, or an annotator."""
ENDED = (State.DONE, *STOPPED)


class NotRemoved(Refusal):
    """What cannot be removed; the text says why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "This cannot be removed"


class Removed(NamedTuple):
    """What came of it."""

    made: Release | None
    """The release that takes the old one's place once it is frozen; None where an analysis has to look first."""
    also_in: list[int]
    """Numbers of other releases that stand, were made before, and may hold it, too."""


def told_of(done: Removed) -> str:
    """What came of it, in sentences."""
    also = f" It may still be in release {', '.join(map(str, done.also_in[:20]))}." if done.also_in else ""
    if done.made is None:
        return f"It is withdrawn, and all labels are looked at anew: then make it again.{also}"
    return f"It is written once more without that; then its own files are gone.{also}"


@transaction.atomic
def remove(
    place: Place, release: Release, *, items: Sequence[str] = (), annotators: Sequence[str] = (), reason: str
) -> Removed:
    """Take items, by their keys, and all that annotators said, by e-mail address or as an import names them, out of
    every release made from now on; and make this release's wish once more, without them.

    When the new one is frozen, the old one is withdrawn: its files go, and its addresses say which stands in its place.
    One that follows a consensus is withdrawn at once and an analysis begins, for what it followed counted what went.
    Raises NotRemoved, and what `releases.freeze` raises; then nothing is removed.
    """
    Project.objects.select_for_update(no_key=True).get(pk=place.project.pk)  # as who starts an analysis does, first
    removals.lock(place.project)
    release = Release.objects.select_for_update(of=("self",)).select_related("job", "project").get(pk=release.pk)
    _check(release, items, annotators, reason)
    found = [*_items(place.project, items), *(one for name in annotators for one in _annotators(place.project, name))]
    _write_down(place, found, reason)
    audit.record(
        "release.remove",
        subject=f"release:{release.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"items": list(items), "annotators": len(annotators), "reason": reason},
    )
    standing = Release.objects.filter(project=place.project, frozen_at__isnull=False, withdrawn_at=None)
    others = list(standing.exclude(pk=release.pk).order_by("number").values_list("number", flat=True)[:MOST])
    if any(follows(one["parameters"]) for one in release.recipes):
        _withdraw(place, release)
        return Removed(None, others)
    made, _ = releases.freeze(
        place,
        **releases.wish_of(release),
        note=f"Release {release.number} without what was removed from it.",
        overrule=(release.overruled or {}).get("reason", ""),
        instead_of=release,
    )
    return Removed(made, others)


def _write_down(place: Place, found: Sequence[Thing], reason: str) -> None:
    Removal.objects.bulk_create(
        (
            Removal(
                project=place.project,
                item_id=item,
                person_id=who.person,
                imported_name=who.imported,
                reason=reason,
                by=place.user,
            )
            for item, who in dict.fromkeys(found)
        ),
        ignore_conflicts=True,  # what is out is out
    )


def _withdraw(place: Place, release: Release) -> None:
    """Take its files away, and look at all labels anew, so that the same can be wished again."""
    Release.objects.filter(pk=release.pk).update(withdrawn_at=Now())
    audit.record(
        "release.withdrawn", subject=f"release:{release.pk}", actor_id=place.user.pk, project_id=place.project.pk
    )
    transaction.on_commit(partial(store.remove, release.pk))
    analyses.start(place)


def _check(release: Release, items: Sequence[str], annotators: Sequence[str], reason: str) -> None:
    if not reason.strip() or len(reason) > 500:
        raise NotRemoved("Say why, in up to 500 characters.")
    if not 0 < len(items) + len(annotators) <= MOST:
        raise NotRemoved(f"Name 1 to {MOST:,} items and annotators.")
    if not release.is_frozen or release.withdrawn_at:
        raise NotRemoved("Only a release that is frozen and stands can be replaced.")
    if Release.objects.filter(project=release.project).exclude(job__state__in=ENDED).exists():
        raise NotRemoved("A release of this project is being written. Wait for it, or cancel it, then try again.")


def _items(project: Project, keys: Sequence[str]) -> list[Thing]:
    found = dict(Item.objects.filter(project=project, key__in=keys).values_list("key", "pk"))
    missing = [key for key in keys if key not in found]
    if missing:
        raise NotRemoved(f"There is no item {missing[0][:200]} in this project.")
    return [(found[key], NOBODY) for key in keys]


def _annotators(project: Project, name: str) -> list[Thing]:
    found = named(project, name)
    if not found:
        raise NotRemoved(f"Nobody of the name {name[:200]} has labeled anything here.")
    return [(None, who) for who in found]
