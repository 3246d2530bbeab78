"""Taking a person's labels, or rows, out of releases for good: a new release without them takes the old one's place."""

from collections.abc import Sequence
from http import HTTPStatus

from django.db import transaction

import audit.services as audit
from annotation.models import Item
from curation.annotator_names import Named, named
from curation.models import Release, Removal
from curation.services import releases
from curation.services.releases import Frozen
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


@transaction.atomic
def remove(
    place: Place, release: Release, *, items: Sequence[str] = (), annotators: Sequence[str] = (), reason: str
) -> Frozen:
    """Take items, by their keys, and all that annotators said, by e-mail address or as an import names them, out of
    every release made from now on; and make this release's wish once more, without them.

    When the new one is frozen, the old one is withdrawn: its files go, and its addresses say which stands in its place.
    Raises NotRemoved, and what `releases.freeze` raises; then nothing is removed.
    """
    _check(release, items, annotators, reason)
    found = [*_items(place.project, items), *(_annotator(place.project, name) for name in annotators)]
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
    audit.record(
        "release.remove",
        subject=f"release:{release.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"items": list(items), "annotators": len(annotators), "reason": reason},
    )
    note = f"Release {release.number} without what was removed from it."
    return releases.freeze(
        place,
        **releases.wish_of(release),
        note=note,
        overrule=(release.overruled or {}).get("reason", ""),
        instead_of=release,
    )


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


def _annotator(project: Project, name: str) -> Thing:
    who = named(project, name)
    if who is None:
        raise NotRemoved(f"Nobody of the name {name[:200]} has labeled anything here.")
    return None, who
