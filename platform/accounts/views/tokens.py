"""One's own API tokens."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.forms import TokenForm
from accounts.models import User
from accounts.services import tokens
from ui.requests import client_address
from ui.rules import signed_in


@signed_in
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    return _page(request, user, TokenForm(user=user))


@signed_in
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Answers with the page itself: the token is shown this once and kept nowhere, not even for a redirect."""
    user = cast(User, request.user)
    form = TokenForm(request.POST, user=user)
    if not form.is_valid():
        return _page(request, user, form)
    limits.spend("token", user_id=user.pk)
    issued = tokens.create(
        user,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        days=form.cleaned_data["days"],
        project_id=form.cleaned_data["project"],
        address=client_address(request),
    )
    return _page(request, user, TokenForm(user=user), secret=issued.secret)


@signed_in
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    if not tokens.revoke(cast(User, request.user), token_id, address=client_address(request)):
        raise Http404
    messages.success(request, "The token is revoked. Programs that carry it are refused from now on.")
    return redirect("accounts:tokens")


def _page(request: HttpRequest, user: User, form: TokenForm, *, secret: str = "") -> HttpResponse:
    context = {
        "tokens": list(user.api_tokens.select_related("project").order_by("-id")[:200]),
        "form": form,
        "new_token": secret,
        "now": timezone.now(),
    }
    return render(request, "accounts/tokens.html", context, status=422 if form.is_bound else 200)
