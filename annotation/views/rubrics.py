"""The library of rubrics: looking through it, a version whole, two versions side by side, and files of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotation import access
from annotation.models import Rubric, RubricVersion
from annotation.queries import proposals, rubric_page
from annotation.queries import rubrics as queries
from annotation.queries.forms import current_form
from annotation.rubrics.layouts import LAYOUTS
from annotation.services import rubric_asking, rubric_files
from annotation.views import posted
from projects.access import Place, Right, in_project
from ui.differences import marked
from ui.downloads import written
from ui.pagination import keyset_page
from ui.requests import HtmxRequest

LONGEST_WORDS = 200


@in_project(Right.VIEW)
@require_safe
def library(request: HtmxRequest, place: Place) -> HttpResponse:
    """The rubrics of a project, the newest first."""
    return library_page(request, place)


def library_page(request: HtmxRequest, place: Place, *, refused: str = "", status: int = 422) -> HttpResponse:
    """The library, with why something was refused where it was."""
    wanted = _wanted(request)
    uses = queries.uses_in_force(place.project)
    page = keyset_page(queries.listed(place.project, wanted), request, ("-number",))
    shown = {
        "place": place,
        "tab": "rubrics",
        "wanted": wanted,
        "is_filtered": wanted != queries.Wanted(),
        "lines": queries.lines(uses, page.items),
        "waiting": proposals.waiting(place.project, uses) if place.may_curate else None,
        "next_url": page.next_url,
        "count": queries.counted(place.project, wanted),
        "many": queries.MOST_COUNTED,
        "scopes": Rubric.Scope.choices,
        "statuses": RubricVersion.Status.choices,
        "layouts": LAYOUTS.values(),
        "refused": refused,
    }
    return render(request, "annotation/rubrics.html", shown, status=status if refused else 200)


@in_project(Right.VIEW)
@require_safe
def rubric(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """Its newest version."""
    newest = queries.versions_of(access.rubric(place, number))[0]
    return redirect("annotation:rubric-version", place.project.slug, number, newest.number)


@in_project(Right.VIEW)
@require_safe
def version(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """Its criteria in full, where it is asked, and what can be done with it."""
    return version_page(request, place, access.rubric_version(place, number, version))


def version_page(
    request: HtmxRequest, place: Place, found: RubricVersion, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """The page of a version, with what was refused where something was."""
    uses, in_force = queries.uses_of(found.rubric), current_form(place.project.pk)
    own = [use for use in uses if use.version_id == found.pk]
    earlier = [use for use in uses if use.version.number < found.number]
    asked = rubric_page.asked_with(own, in_force)
    before = queries.answered_under(earlier)
    shown: dict[str, Any] = {
        "place": place,
        "tab": "rubrics",
        "rubric": found.rubric,
        "version": found,
        "of_what": rubric_page.of_what(found.rubric),
        "criteria": rubric_page.criteria_of(found),
        "versions": queries.versions_of(found.rubric),
        "asked": asked,
        "is_asked": any(one.is_in_force for one in asked),
        "answered": queries.answered_under(own),
        "before": before,
        "again": rubric_asking.countable(place, found, uses) if before.by_people and place.may_curate else None,
        "most_again": rubric_asking.MOST,
        "many": queries.COUNTED,
        "targets": rubric_page.targets(in_force, asked) if place.may_curate else [],
        "statuses": RubricVersion.Status.choices,
        "scopes": Rubric.Scope.choices,
        "layouts": LAYOUTS.values(),
        "refused": refused,
    }
    return render(request, "annotation/rubric_version.html", shown, status=status)


@in_project(Right.VIEW)
@require_safe
def compare(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """What leads to this version from `to`, by default the one before."""
    new = access.rubric_version(place, number, version)
    old = access.rubric_version(place, number, posted.number(request.GET.get("to")) or max(1, version - 1))
    found = queries.compare(old.criteria, new.criteria)
    shown = {
        "place": place,
        "tab": "rubrics",
        "rubric": new.rubric,
        "new": new,
        "old": old,
        "found": found,
        "changed": [(one, marked(one.words.changes)) for one in found.changed],
        "versions": queries.versions_of(new.rubric),
    }
    return render(request, "annotation/rubric_compare.html", shown)


@in_project(Right.VIEW)
@require_safe
def export(request: HttpRequest, place: Place, number: int, version: int) -> HttpResponseBase:
    """The version as a file, in the layout of `layout`."""
    found = access.rubric_version(place, number, version)
    layout = request.GET.get("layout", "")
    chosen = layout if layout in LAYOUTS else "goldpan"
    name = rubric_files.file_name(found, chosen)
    return written(rubric_files.write([found], chosen), name=name, content_type="application/x-ndjson")


def _wanted(request: HttpRequest) -> queries.Wanted:
    """What the address asks for; a word that is not known asks for everything."""
    scope, status = request.GET.get("scope", ""), request.GET.get("status", "")
    return queries.Wanted(
        words=request.GET.get("q", "")[:LONGEST_WORDS],
        scope=scope if scope in Rubric.Scope.values else "",
        status=status if status in RubricVersion.Status.values else "",
        is_retired=bool(request.GET.get("retired")),
    )
