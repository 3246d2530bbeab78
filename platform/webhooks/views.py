"""The page of a project's webhooks, among its settings."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest
from webhooks import access, addresses, queries
from webhooks.forms import HookForm
from webhooks.services import hooks
from webhooks.services.hooks import HookRefused, Made


@in_project(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HtmxRequest, place: Place) -> HttpResponse:
    """All of them; a new one answers with the page itself, because its secret is shown this once and kept nowhere."""
    form = HookForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, place, form)
    try:
        made = hooks.add(place, **form.cleaned_data)
    except HookRefused as refusal:
        return _page(request, place, form, refused=str(refusal))
    return _page(request, place, HookForm(), made=made)


@in_project(Right.OWN)
@require_POST
def renew_secret(request: HtmxRequest, place: Place, hook_id: int) -> HttpResponse:
    return _page(request, place, HookForm(), made=hooks.renew_secret(place, access.hook(place, hook_id)))


@in_project(Right.OWN)
@require_POST
def pause(request: HtmxRequest, place: Place, hook_id: int) -> HttpResponse:
    hooks.pause(place, access.hook(place, hook_id))
    return _back(request, place, "The webhook is paused: it is told nothing until you resume it.")


@in_project(Right.OWN)
@require_POST
def resume(request: HtmxRequest, place: Place, hook_id: int) -> HttpResponse:
    hooks.resume(place, access.hook(place, hook_id))
    return _back(request, place, "The webhook is told again what happens from now on.")


@in_project(Right.OWN)
@require_POST
def test(request: HtmxRequest, place: Place, hook_id: int) -> HttpResponse:
    hook = access.hook(place, hook_id)
    try:
        hooks.test(place, hook)
    except HookRefused as refusal:
        return _page(request, place, HookForm(), refused=str(refusal))
    return _back(request, place, "A test is on its way. Look again in a moment what came of it.")


@in_project(Right.OWN)
@require_POST
def remove(request: HtmxRequest, place: Place, hook_id: int) -> HttpResponse:
    hooks.remove(place, access.hook(place, hook_id))
    return _back(request, place, "The webhook is removed, and its history with it.")


@in_project(Right.OWN)
@require_POST
def send_again(request: HtmxRequest, place: Place, hook_id: int, delivery_id: UUID) -> HttpResponse:
    delivery = access.delivery(place, hook_id, delivery_id)
    try:
        hooks.send_again(place, delivery)
    except HookRefused as refusal:
        return _page(request, place, HookForm(), refused=str(refusal))
    return _back(request, place, "It is sent again, with the same id.")


def _page(
    request: HtmxRequest, place: Place, form: HookForm, *, refused: str = "", made: Made | None = None
) -> HttpResponse:
    shown: dict[str, Any] = {
        "place": place,
        "tab": "settings",
        "part": "webhooks",
        "hooks": queries.hooks_of(place.project),
        "are_on": addresses.are_on(),
        "form": form,
        "made": made,
        "refused": refused,
    }
    return render(request, "webhooks/hooks.html", shown, status=422 if refused or form.errors else 200)


def _back(request: HtmxRequest, place: Place, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("webhooks:list", place.project.slug)
