"""One's own name, password and theme."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import ChangePasswordForm, NameForm
from accounts.models import User
from accounts.services import users
from ui.requests import client_address
from ui.rules import signed_in

THEMES = ("", "light", "dark")
A_YEAR = 365 * 24 * 3600


@signed_in
@sensitive_post_parameters("current", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The page, and its three forms: each posts its `part`."""
    user = cast(User, request.user)
    change = CHANGES.get(request.POST.get("part", "")) if request.method == "POST" else None
    return change(request, user) if change else _page(request, user)


def _rename(request: HttpRequest, user: User) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, user, name_form=form)
    users.rename(user, form.cleaned_data["name"])
    messages.success(request, "Your name is saved.")
    return redirect("accounts:profile")


def _change_password(request: HttpRequest, user: User) -> HttpResponse:
    form = ChangePasswordForm(request.POST, user=user)
    if not form.is_valid():
        return _page(request, user, password_form=form)
    ended = users.change_password(user, form.cleaned_data["password"], address=client_address(request))
    update_session_auth_hash(request, user)
    tokens = f" {ended} API token{'s' * (ended != 1)} ended with the old one." if ended else ""
    messages.success(request, f"Your password is changed. You are signed out everywhere else.{tokens}")
    return redirect("accounts:profile")


def _choose_theme(request: HttpRequest, user: User) -> HttpResponse:
    theme = request.POST.get("theme", "")
    response = redirect("accounts:profile")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


def _page(
    request: HttpRequest,
    user: User,
    *,
    name_form: NameForm | None = None,
    password_form: ChangePasswordForm | None = None,
) -> HttpResponse:
    context = {
        "name_form": name_form or NameForm(initial={"name": user.name}),
        "password_form": password_form or ChangePasswordForm(user=user),
        "theme": request.COOKIES.get("theme", ""),
    }
    return render(request, "accounts/profile.html", context, status=422 if name_form or password_form else 200)


CHANGES: dict[str, Callable[[HttpRequest, User], HttpResponse]] = {
    "name": _rename,
    "password": _change_password,
    "theme": _choose_theme,
}
