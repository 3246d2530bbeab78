"""Checkpoints: which there are, whether they work, and for those who run the installation a new one."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from modelhooks import access
from modelhooks.catalog import ADDED
from modelhooks.forms import CheckpointForm
from modelhooks.queries import checkpoints as queries
from modelhooks.services import checkpoints
from modelhooks.services.checkpoints import CheckpointRefused
from projects.access import Right, runs_the_installation, somewhere, staff
from ui.requests import HtmxRequest


@somewhere(Right.VIEW)
@require_safe
def list_checkpoints(request: HtmxRequest) -> HttpResponse:
    lines = queries.lines(queries.listed()[: queries.MOST])
    shown = {
        "lines": lines,
        "headline": queries.headline(lines),
        "retired": queries.lines(queries.listed(retired=True)[: queries.MOST]),
        "may_keep": runs_the_installation(request.user),
    }
    return render(request, "modelhooks/checkpoints.html", shown)


@somewhere(Right.VIEW)
@require_safe
def show(request: HtmxRequest, checkpoint_id: int) -> HttpResponse:
    checkpoint = access.checkpoint(cast("User", request.user), checkpoint_id)
    shown = {
        "checkpoint": checkpoint,
        "backend": queries.title_of(checkpoint),
        "standing": queries.standing(checkpoint),
        "options": queries.options_in_words(checkpoint),
        "may_keep": runs_the_installation(request.user),
    }
    if request.htmx:
        return render(request, "modelhooks/checkpoint.html#health", shown)
    shown["runs"] = queries.runs_of(checkpoint, cast("User", request.user))
    return render(request, "modelhooks/checkpoint.html", shown)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxRequest) -> HttpResponse:
    """A new checkpoint of the backend that `?backend=` names, by default the first."""
    name = request.GET.get("backend") or next(iter(ADDED))
    if name not in ADDED:
        raise Http404
    form = CheckpointForm(request.POST or None, backend=ADDED[name])
    if form.is_valid():
        try:
            made = checkpoints.add(cast("User", request.user), backend=name, **form.wish())
        except CheckpointRefused as refusal:
            form.add_error(next(iter(refusal.errors), None), str(refusal))
        else:
            messages.success(request, "The checkpoint is there, and is being checked.")
            return redirect("modelhooks:checkpoint", made.pk)
    shown = {"form": form, "backend": name, "backends": [(key, one.title) for key, one in ADDED.items()]}
    return render(request, "modelhooks/checkpoint_new.html", shown, status=422 if form.is_bound else 200)


@staff
@require_POST
def check(request: HtmxRequest, checkpoint_id: int) -> HttpResponse:
    checkpoint = access.checkpoint(cast("User", request.user), checkpoint_id)
    checkpoints.check(cast("User", request.user), checkpoint)
    return redirect("modelhooks:checkpoint", checkpoint.pk)


@staff
@require_POST
def retire(request: HtmxRequest, checkpoint_id: int) -> HttpResponse:
    checkpoint = access.checkpoint(cast("User", request.user), checkpoint_id)
    checkpoints.retire(cast("User", request.user), checkpoint)
    messages.success(request, "It is retired. What it said stays where it is.")
    return redirect("modelhooks:checkpoint", checkpoint.pk)
