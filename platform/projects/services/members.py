"""Who belongs to a project, and as what. A project has at least one owner, always."""

from django.db import transaction

from audit import services as audit
from projects.access import Place
from projects.models import Membership, Project, Role
from ui.problems import Refusal


class LastOwner(Refusal):
    """The change would leave the project without an owner."""

    status = 409
    title = "The project would have no owner"

    def __init__(self) -> None:
        super().__init__("A project keeps at least one owner. Make somebody else an owner first.")


@transaction.atomic
def change_role(place: Place, membership: Membership, *, role: str) -> None:
    """Give a member another role. Raises LastOwner."""
    member = _locked(place, membership)
    if member is None or member.role == role:
        return
    before = member.role
    if before == Role.OWNER:
        _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    _record(place, "member.role", member, {"from": before, "to": role})


@transaction.atomic
def remove(place: Place, membership: Membership) -> None:
    """End someone's membership; what they labeled stays theirs and stays counted. Raises LastOwner."""
    member = _locked(place, membership)
    if member is None:
        return
    if member.role == Role.OWNER:
        _keep_an_owner(member)
    _record(place, "member.remove", member, {"role": member.role})
    member.delete()


def _locked(place: Place, membership: Membership) -> Membership | None:
    """The membership as it is now; the project's row is held, so that two owners cannot demote each other at once."""
    Project.objects.select_for_update().get(pk=place.project.pk)
    return Membership.objects.filter(pk=membership.pk, project=place.project).first()


def _keep_an_owner(leaving: Membership) -> None:
    owners = Membership.objects.filter(project_id=leaving.project_id, role=Role.OWNER, user__is_active=True)
    if not owners.exclude(pk=leaving.pk).exists():
        raise LastOwner


def _record(place: Place, verb: str, member: Membership, detail: dict[str, str]) -> None:
    audit.record(
        verb,
        subject=f"user:{member.user_id}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail=detail,
    )
