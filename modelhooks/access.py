"""Objects of this floor. Checkpoints belong to the installation, runs to their project (docs/decisions/0018)."""

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from modelhooks.models import Checkpoint, Head, Run
from projects.access import RIGHTS, Place, Right
from projects.models import Membership


def checkpoint(user: User, checkpoint_id: int, *, bound_to: int | None = None) -> Checkpoint:
    """A checkpoint with its check. Views ask first who may see checkpoints at all."""
    found = checkpoints_seen_by(user, bound_to=bound_to).select_related("check_job", "created_by")
    return get_object_or_404(found, pk=checkpoint_id)


def checkpoints_seen_by(user: User, *, bound_to: int | None = None) -> QuerySet[Checkpoint]:
    """The installation's, and those of live projects that this person may view.

    `bound_to` is the project that a token is bound to, the only one whose own checkpoints it then sees.
    """
    mine = _viewed_by(user)
    if bound_to is not None:
        mine = mine.filter(project=bound_to)
    return Checkpoint.objects.filter(Q(project__isnull=True) | Q(project__in=mine.values("project")))


def run(place: Place, run_id: int) -> Run:
    """A run of this project with its job, for those who may view: what models say would lead annotators."""
    if not place.may(Right.VIEW):
        raise Http404
    found = Run.objects.select_related("checkpoint", "job", "created_by", "project")
    return get_object_or_404(found, pk=run_id, project=place.project)


def runs_seen_by(user: User) -> QuerySet[Run]:
    """Runs of live projects that this person may view."""
    return Run.objects.filter(project__in=_viewed_by(user).values("project"))


def head(place: Place, number: int) -> Head:
    """A version of this project's reward head, for those who curate."""
    if not place.may(Right.CURATE):
        raise Http404
    return get_object_or_404(Head.objects.told(), project=place.project, number=number)


def _viewed_by(user: User) -> QuerySet[Membership]:
    roles = [role for role, rights in RIGHTS.items() if Right.VIEW in rights]
    return Membership.objects.filter(user=user, role__in=roles, project__archived_at__isnull=True)
