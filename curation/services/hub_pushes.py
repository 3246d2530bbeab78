"""Asking that a release goes to a dataset repository of the Hub. `pushing` is the job that brings it there."""

from http import HTTPStatus
from typing import NamedTuple

from django.db import transaction
from django.db.models import Sum

import audit.services as audit
from accounts import limits
from curation.hub.names import is_repository
from curation.models import HubPush, Release
from curation.queries import hub_pushes as queries
from curation.serving import require_files
from jobs.models import State
from jobs.services import enqueue
from projects.access import Place
from ui.problems import Refusal

MOST_FILES = 10_000
LARGEST = 5 * 10**9  # bytes of one file: what the store of large files takes in one piece
MOST_BYTES = 100 * 10**9
ATTEMPTS = 5
OPEN = (State.QUEUED, State.LEASED)


class NotPushed(Refusal):
    """What cannot be pushed; the text says why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "This cannot be pushed"


class HubIsClosed(Refusal):
    """This deployment pushes nothing to a Hub. Whoever runs it may set GOLDPAN_HUB_TOKEN."""

    status = HTTPStatus.CONFLICT
    title = "No Hub is open here"


class Asked(NamedTuple):
    """A push, and whether it was on its way before it was asked for."""

    push: HubPush
    is_repeat: bool


@transaction.atomic
def push(place: Place, release: Release, *, repository: str, may_be_public: bool = False) -> Asked:
    """Bring a frozen release to `owner/name`. While it is on its way there, the same push is given again.

    Raises HubIsClosed, NotPushed, Withdrawn and TooMany.
    """
    if not queries.is_open():
        raise HubIsClosed
    if not is_repository(repository):
        raise NotPushed("A repository is named as owner/name: letters, digits, and . _ - between them.")
    # Two who ask at once are one after the other.
    locked = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    require_files(locked)
    _require_bounds(locked)
    earlier = (
        HubPush.objects.filter(release=locked, repository=repository, may_be_public=may_be_public, job__state__in=OPEN)
        .select_related("job", "release")
        .first()
    )
    if earlier:
        return Asked(earlier, is_repeat=True)
    limits.spend("hub-push", user_id=place.user.pk, project_id=place.project.pk)
    made = HubPush(release=locked, repository=repository, may_be_public=may_be_public, created_by=place.user)
    made.job = enqueue(kind="hub_push", args={"push_id": str(made.pk)}, actor_id=place.user.pk, max_attempts=ATTEMPTS)
    made.save(force_insert=True)
    audit.record(
        "release.push_asked",
        subject=f"release:{release.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"repository": repository, "may_be_public": may_be_public},
    )
    return Asked(made, is_repeat=False)


def _require_bounds(release: Release) -> None:
    if not release.is_frozen:
        raise NotPushed("Only a release that is frozen can be pushed.")
    if release.files.count() > MOST_FILES:
        raise NotPushed(f"A release of more than {MOST_FILES:,} files is not pushed.")
    if release.files.filter(size__gt=LARGEST).exists():
        raise NotPushed(f"A file of more than {LARGEST / 10**9:g} GB is not pushed.")
    if (release.files.aggregate(total=Sum("size"))["total"] or 0) > MOST_BYTES:
        raise NotPushed(f"A release of more than {MOST_BYTES / 10**9:g} GB is not pushed.")
