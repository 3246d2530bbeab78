"""Who belongs to the project, and who is asked in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Invitation
from projects import queries
from projects.access import Place, Right, in_project
from projects.forms import InviteForm, RoleForm
from projects.models import Membership, Role
from projects.services import invitations, members
from ui.requests import HtmxRequest


@in_project(Right.OWN)
@require_safe
def show(request: HtmxRequest, place: Place) -> HttpResponse:
    return _page(request, place, InviteForm())


@in_project(Right.OWN)
@require_POST
def change_role(request: HtmxRequest, place: Place, member_id: int) -> HttpResponse:
    member = _member(place, member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, place, InviteForm(), refused="Choose one of the four roles.")
    try:
        members.change_role(place, member, role=form.cleaned_data["role"])
    except members.LastOwner as refusal:
        return _page(request, place, InviteForm(), refused=str(refusal))
    messages.success(request, f"{member.user} is now {_with_article(form.cleaned_data['role'])}.")
    return _back(place, member)


@in_project(Right.OWN)
@require_POST
def remove(request: HtmxRequest, place: Place, member_id: int) -> HttpResponse:
    member = _member(place, member_id)
    try:
        members.remove(place, member)
    except members.LastOwner as refusal:
        return _page(request, place, InviteForm(), refused=str(refusal))
    messages.success(request, f"{member.user} does not belong to the project any more. Their answers stay.")
    return _back(place, member)


@in_project(Right.OWN)
@require_POST
def invite(request: HtmxRequest, place: Place) -> HttpResponse:
    """Answers with the page itself: the link is shown this once and kept nowhere, not even for a redirect."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, place, form)
    invited = invitations.create(place, **form.cleaned_data)
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[invited.token]))
    return _page(request, place, InviteForm(), invited=invited.invitation, link=link)


@in_project(Right.OWN)
@require_POST
def revoke(request: HtmxRequest, place: Place, invitation_id: int) -> HttpResponse:
    invitations.revoke(place, get_object_or_404(Invitation, pk=invitation_id, project=place.project))
    messages.success(request, "The invitation is withdrawn. Its link does not work any more.")
    return redirect("projects:members", place.project.slug)


def _page(request: HtmxRequest, place: Place, form: InviteForm, *, refused: str = "", **more: Any) -> HttpResponse:
    now = timezone.now()
    shown = {
        "place": place,
        "tab": "settings",
        "part": "members",
        "members": queries.members(place.project),
        "invitations": list(queries.open_invitations(place.project, now)),
        "roles": Role.choices,
        "form": form,
        "refused": refused,
        **more,
    }
    status = 409 if refused else 422 if form.is_bound else 200
    return render(request, "projects/members.html", shown, status=status)


def _member(place: Place, member_id: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user"), pk=member_id, project=place.project)


def _back(place: Place, member: Membership) -> HttpResponse:
    """To the members; or to one's projects, after one's own change took the page away."""
    if member.user_id == place.user.pk and not _still_owns(place):
        return redirect("projects:list")
    return redirect("projects:members", place.project.slug)


def _still_owns(place: Place) -> bool:
    return Membership.objects.filter(project=place.project, user=place.user, role=Role.OWNER).exists()


def _with_article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"
