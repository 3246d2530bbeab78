"""Giving away one file of a release by its address alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

import audit.services as audit
from accounts import limits
from curation import signed
from curation.models import Release, ReleaseFile
from curation.serving import require_files
from projects.access import Place


@dataclass(frozen=True, slots=True)
class Signed:
    """An address below the root, and when it ends."""

    address: str
    expires_at: datetime


@transaction.atomic
def sign(place: Place, release: Release, file: ReleaseFile, *, hours: int, now: datetime) -> Signed:
    """An address of this file that needs no token for so many hours. Only time takes it back, and a withdrawal.

    Raises ValueError outside of an hour to seven days, Withdrawn and TooMany.
    """
    require_files(release)
    limits.spend("signed-address", user_id=place.user.pk, project_id=place.project.pk)
    expires_at = signed.expiry(now, hours)
    signature = signed.sign(release.pk, file.path, expires_at=expires_at)
    audit.record(
        "release.address_signed",
        subject=f"release:{release.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"path": file.path, "expires_at": expires_at.isoformat()},
    )
    where = {"signature": signature, "release_id": release.pk, "path": file.path}
    return Signed(reverse("curation:signed-file", kwargs=where), expires_at)
