"""Taking pictures, sound and films into a project."""

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts import limits
from annotation.imports.uploads import StorageFull
from annotation.media.drafts import Drafted, draft
from annotation.media.workshop import Unusable, Workshop
from annotation.models import Media
from audit.services import record
from projects.access import Place
from ui.problems import Refusal

# Whoever gives files their names shares this lock until commit; whoever takes files away holds it alone.
TOGETHER = "SELECT pg_advisory_xact_lock_shared(hashtext('annotation_media'))"
ALONE = "SELECT pg_advisory_xact_lock(hashtext('annotation_media'))"


class MediaRefused(Refusal):
    """The file is nothing that can be shown; the text says why."""

    status = 422
    title = "This file cannot be taken"


def upload(place: Place, *, source: BinaryIO) -> Media:
    """Take one file, cleaned, or find that the project has it. Raises MediaRefused, StorageFull, `limits.TooMany`."""
    limits.spend("upload", user_id=place.user.pk, project_id=place.project.pk)
    try:
        with Workshop() as workshop:
            drafted = draft(workshop, source, most=settings.MAX_MEDIA_BYTES)
    except Unusable as fault:
        raise MediaRefused(f"The file {fault}.") from None
    except OSError as error:
        raise StorageFull from error
    try:
        return _record(place, drafted)
    finally:
        drafted.discard()


@transaction.atomic
def _record(place: Place, drafted: Drafted) -> Media:
    kept = keep(place.project.pk, [drafted])[drafted.sha256]
    detail = {"sha256": kept.sha256, "type": kept.type, "bytes": kept.size}
    record(
        "media.uploaded",
        subject=f"media:{kept.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail=detail,
    )
    return kept


def keep(project_id: int, drafts: Iterable[Drafted]) -> Mapping[str, Media]:
    """Give drafts their names and rows, by SHA-256, inside the caller's transaction.

    A file is in place before its row is committed, so no row ever names a missing file; a file whose row never came
    is swept up later.
    """
    _lock(TOGETHER)
    by_digest = {one.sha256: one for one in drafts}
    rows = []
    for sha256 in sorted(by_digest):  # in one order, so that two imports never wait for each other in a circle
        by_digest[sha256].place(project_id)
        rows.append(_row(project_id, by_digest[sha256]))
    Media.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["project", "sha256"], update_fields=["seen_at"]
    )
    return known(project_id, by_digest)


def known(project_id: int, digests: Iterable[str]) -> dict[str, Media]:
    """Those of these files that the project has, by SHA-256."""
    return {one.sha256: one for one in Media.objects.filter(project_id=project_id, sha256__in=list(digests))}


def hold_alone() -> None:
    """Until this transaction ends, nobody gives a file its name."""
    _lock(ALONE)


def _row(project_id: int, drafted: Drafted) -> Media:
    cleaned = drafted.cleaned
    return Media(
        project_id=project_id,
        sha256=drafted.sha256,
        kind=cleaned.type.kind,
        type=cleaned.type.name,
        size=drafted.size,
        width=cleaned.width,
        height=cleaned.height,
        seconds=cleaned.seconds,
        seen_at=Now(),
    )


def _lock(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
