"""Asking people into a project. Accepting is `accounts.services.invitations`, a floor below."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from accounts import limits
from accounts.models import Invitation
from accounts.services.keys import digest_of, new_secret
from audit import services as audit
from projects.access import Place

DAYS = 14
LONGEST = 60


@dataclass(frozen=True)
class Invited:
    """A new invitation, and the token of its link: shown once, stored nowhere."""

    invitation: Invitation
    token: str


@transaction.atomic
def create(place: Place, *, role: str, email: str = "", days: int = DAYS) -> Invited:
    """Make a single-use link into this project in this role, for `email` alone if given, for 1 to 60 days.

    Raises `limits.TooMany`.
    """
    limits.spend("invitation", user_id=place.user.pk, project_id=place.project.pk)
    token = new_secret()
    invitation = Invitation.objects.create(
        project=place.project,
        role=role,
        email=email.strip().lower(),
        digest=digest_of(token),
        created_by=place.user,
        expires_at=Now() + timedelta(days=min(max(days, 1), LONGEST)),
    )
    invitation.refresh_from_db()  # the database's clock set the times
    _record(place, "invitation.create", invitation)
    return Invited(invitation, token)


@transaction.atomic
def revoke(place: Place, invitation: Invitation) -> None:
    """Withdraw an invitation that nobody has accepted yet; does nothing to one that is over."""
    still_open = Invitation.objects.filter(
        pk=invitation.pk, project=place.project, accepted_at__isnull=True, revoked_at__isnull=True
    )
    if still_open.update(revoked_at=Now()):
        _record(place, "invitation.revoke", invitation)


def _record(place: Place, verb: str, invitation: Invitation) -> None:
    audit.record(
        verb,
        subject=f"invitation:{invitation.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"role": invitation.role},
    )
