"""Signing in and out."""

from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.forms import SignInForm
from ui.requests import client_address
from ui.rules import public


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who it is. `next` is followed only within this site."""
    target = safe_next(request)
    if request.user.is_authenticated:
        return redirect(target)
    if request.method == "POST":
        limits.spend("sign-in", address=client_address(request))
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        login(request, form.get_user())
        return redirect(target)
    context = {"form": form, "next": target}
    return render(request, "accounts/sign_in.html", context, status=422 if form.is_bound else 200)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session; harmless without one."""
    logout(request)
    return redirect("accounts:sign-in")


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """What axes answers while an account is closed to an address."""
    wait = get_cool_off(request)
    seconds = int(wait.total_seconds()) if wait else 0
    page = render(request, "accounts/locked.html", {"minutes": -(-seconds // 60)}, status=429)
    page.headers["Retry-After"] = str(seconds)
    return page


def caller(username: str, ip_address: str, user_agent: str, path: str, request: HttpRequest) -> str:
    """How axes names someone in the logs: neither by their account nor by the path, which may be an invitation."""
    return f"address {ip_address}"


def safe_next(request: HttpRequest) -> str:
    """Where to go after signing in: a path of this site, or the list of projects."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return resolve_url("projects:list")
