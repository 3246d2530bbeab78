"""One's projects, a new one, and the settings that reach down to its items."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from annotation.forms import SettingsForm, StartForm
from annotation.queries import projects as queries
from annotation.queries.overview import totals
from annotation.services import projects
from annotation.services.presets import PRESETS
from projects.access import Place, Right, in_project, signed_in
from projects.services.projects import SlugTaken, archive
from ui.requests import HtmxRequest


@signed_in
@require_safe
def listing(request: HtmxRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    found = queries.waiting(request.user)
    wanting = [project for project in found if project.waiting]
    return render(request, "projects/list.html", {"projects": found, "wanting": wanting})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HtmxRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = StartForm(request.POST or None)
    if form.is_valid():
        try:
            place = projects.start(owner=request.user, **form.cleaned_data)
        except SlugTaken as taken:
            form.add_error("slug", str(taken))
        else:
            messages.success(request, "The project is there. Next: import items.")
            return redirect("annotation:overview", place.project.slug)
    shown = {"form": form, "presets": PRESETS}
    return render(request, "projects/create.html", shown, status=422 if form.is_bound else 200)


@in_project(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HtmxRequest, place: Place) -> HttpResponse:
    project = place.project
    fields: tuple[str, ...] = (
        "name",
        "description",
        "overlap",
        "lease_minutes",
        "suggestions",
        "suggestions_by",
        "analyze_every",
    )
    fields += ("gold_percent", "has_gold_feedback", "screening_items", "screening_percent")
    form = SettingsForm(
        request.POST or None,
        initial={field: getattr(project, field) for field in fields},
        checkpoints=queries.suggesters(project),
    )
    if form.is_valid():
        changed = projects.change(place, **form.cleaned_data)
        messages.success(request, "Saved." if changed else "Nothing changed.")
        return redirect("projects:settings", project.slug)
    shown = {"place": place, "tab": "settings", "part": "general", "form": form, "totals": totals(project)}
    return render(request, "projects/settings.html", shown, status=422 if form.is_bound else 200)


@in_project(Right.OWN)
@require_POST
def close(request: HtmxRequest, place: Place) -> HttpResponse:
    """Archive the project, if its name was typed: nobody does this by accident."""
    if request.POST.get("name", "").strip() != place.project.name.strip():
        messages.error(request, "The name does not match, so the project was not archived.")
        return redirect("projects:settings", place.project.slug)
    archive(place)
    messages.success(request, f"“{place.project.name}” is archived. Nothing was deleted.")
    return redirect("projects:list")
