"""What the pages of a project's people and guideline show."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Invitation
from projects.differences import Piece, pieces
from projects.models import Guideline, Membership, Project, Role


def members(project: Project) -> list[Membership]:
    """Everybody who belongs, owners first, then by name."""
    rank = {role: place for place, role in enumerate(Role.values)}
    found = Membership.objects.filter(project=project).select_related("user")
    return sorted(found, key=lambda member: (rank[member.role], str(member.user).casefold(), member.pk))


def open_invitations(project: Project, now: datetime) -> QuerySet[Invitation]:
    """Links that can still be used, the newest first."""
    return (
        Invitation.objects.filter(
            project=project, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
        )
        .select_related("created_by")
        .order_by("-created_at", "-pk")
    )


def guideline(project: Project, version: int | None = None) -> Guideline | None:
    """The guideline in force, or the one of a version."""
    found = Guideline.objects.filter(project=project).select_related("created_by")
    return found.filter(version=version).first() if version is not None else found.first()


def guideline_versions(project: Project) -> QuerySet[Guideline]:
    """The fifty newest versions, without their texts."""
    return Guideline.objects.filter(project=project).select_related("created_by").defer("text")[:50]


@dataclass(frozen=True, slots=True)
class Change:
    """A version of the guideline and how it differs from the one before it."""

    guideline: Guideline
    pieces: list[Piece]


def guideline_change(project: Project, version: int) -> Change | None:
    """What this version changed; None when there is no such version."""
    found = guideline(project, version)
    if found is None:
        return None
    before = guideline(project, version - 1)
    return Change(found, pieces(before.text if before else "", found.text))
