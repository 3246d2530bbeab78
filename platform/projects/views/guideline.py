"""Reading, writing and comparing the guideline."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects import queries
from projects.access import Place, Right, in_project
from projects.forms import GuidelineForm
from projects.services import guidelines
from ui.requests import HtmxRequest


@in_project(Right.BELONG)
@require_safe
def show(request: HtmxRequest, place: Place, version: int | None = None) -> HttpResponse:
    guideline = queries.guideline(place.project, version)
    if guideline is None and version is not None:
        raise Http404
    versions = list(queries.guideline_versions(place.project))
    shown = {"place": place, "guideline": guideline, "versions": versions, "asked": version}
    return render(request, "projects/guideline.html", shown | _tab(place))


@in_project(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HtmxRequest, place: Place) -> HttpResponse:
    newest = queries.guideline(place.project)
    form = GuidelineForm(request.POST or None, initial={"text": newest.text if newest else ""})
    if request.method == "POST" and form.is_valid():
        saved = guidelines.save(place, text=form.cleaned_data["text"])
        unchanged = newest is not None and saved.pk == newest.pk
        said = "Nothing changed, so there is no new version." if unchanged else f"Version {saved.version} is in force."
        messages.success(request, said)
        return redirect("projects:guideline", place.project.slug)
    shown = {"place": place, "form": form, "newest": newest}
    status = 422 if form.is_bound else 200
    return render(request, "projects/guideline_edit.html", shown | _tab(place), status=status)


@in_project(Right.OWN)
@require_POST
def preview(request: HtmxRequest, place: Place) -> HttpResponse:
    """The text as annotators will read it. Nothing is saved."""
    form = GuidelineForm(request.POST)
    form.is_valid()
    shown = {"place": place, "form": form, "text": request.POST.get("text", "")}
    if request.htmx:
        return render(request, "projects/guideline_edit.html#preview", shown)
    newest = queries.guideline(place.project)
    return render(request, "projects/guideline_edit.html", shown | {"newest": newest} | _tab(place))


@in_project(Right.BELONG)
@require_safe
def changes(request: HtmxRequest, place: Place, version: int) -> HttpResponse:
    change = queries.guideline_change(place.project, version)
    if change is None:
        raise Http404
    return render(request, "projects/guideline_changes.html", {"place": place, "change": change} | _tab(place))


def _tab(place: Place) -> dict[str, str]:
    """Owners find the guideline among the settings; for everybody else it is a page of its own."""
    return {"tab": "settings" if place.may_own else "guideline", "part": "guideline"}
