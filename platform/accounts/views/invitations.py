"""Coming in through a link, with or without an account."""

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import NewAccountForm
from accounts.models import Invitation, User
from accounts.services import invitations
from ui.requests import client_address
from ui.rules import public

BACKEND = "django.contrib.auth.backends.ModelBackend"


@public
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """One click for someone who is signed in, a form for a newcomer. Looking changes nothing."""
    try:
        invitation = invitations.find(token)
        if request.user.is_authenticated:
            return _join(request, request.user, invitation, token)
        return _make_account(request, invitation, token)
    except invitations.InvitationGone:
        return render(request, "accounts/invitation.html", {"invitation": None}, status=404)


def _join(request: HttpRequest, user: User, invitation: Invitation, token: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/invitation.html", {"invitation": invitation})
    invitations.accept(token, user, address=client_address(request))
    return _welcome(request, invitation)


def _make_account(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    answers = request.POST if request.method == "POST" else None
    form = NewAccountForm(answers, invited_email=invitation.email)
    if form.is_valid():
        try:
            user = invitations.accept_as_newcomer(
                token,
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                address=client_address(request),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            login(request, user, backend=BACKEND)
            return _welcome(request, invitation)
    context = {"invitation": invitation, "form": form}
    return render(request, "accounts/invitation.html", context, status=422 if form.is_bound else 200)


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    messages.success(request, f"You belong to {invitation.project.name} now.")
    return redirect("annotation:overview", invitation.project.slug)
