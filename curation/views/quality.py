"""Pages of quality: how far the labels of a project can be trusted, and what is behind each figure."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from curation import access
from curation.detector_words import about_of, title_of
from curation.models.findings import Decision
from curation.queries import (
    guarded,
    quality_attention,
    quality_findings,
    quality_items,
    quality_noise,
    quality_people,
    quality_rubrics,
)
from curation.queries import quality as queries
from curation.queries import releases as release_queries
from curation.queries.analyses import newest
from curation.queries.quality_filters import Filters, read_filters
from curation.queries.quality_names import names
from curation.queries.quality_tables import TABLES
from curation.services import analyses, dismissals
from curation.services.wishes import ReleaseRefused, settle, usual
from curation.snapshot import questions_of
from projects.access import Place, Right, in_project
from ui.downloads import written
from ui.pagination import keyset_page
from ui.requests import HtmxRequest
from ui.spreadsheets import as_csv

TAB = {"tab": "quality"}


@in_project(Right.CURATE)
@require_safe
def show(request: HtmxRequest, place: Place) -> HttpResponse:
    filters = read_filters(request.GET, ("question", "slice"))
    if any(value == "" for value in request.GET.values()):
        return redirect(request.path + filters.address)  # a form sends its empty fields, too
    at = queries.standing(place.project)
    shown = {"place": place, "at": at, "filters": filters, "most_new": queries.MOST_NEW, **TAB}
    if at.done:
        shown |= _found(place, at, filters)
    return render(request, f"curation/quality.html{'#quality' if request.htmx else ''}", shown)


def _found(place: Place, at: queries.Standing, filters: Filters) -> dict[str, Any]:
    assert at.done
    view = queries.view(place.project, at.done, filters)
    facet = next((one for one in view.facets if one.question == view.question), None)
    detected = quality_noise.by_detector(place.project)
    standing_out = quality_people.standing_out(at.done)
    lines, left_out = quality_attention.attention(place.project, at, view, detected, standing_out)
    return {
        "view": view,
        "crew": quality_people.crew(at.done, facet) if facet else None,
        "facet_name": view.names.of(facet.question, facet.facet) if facet else "",
        "detected": detected,
        "attention": lines,
        "attention_left_out": left_out,
    }


@in_project(Right.CURATE)
@require_POST
def look(request: HtmxRequest, place: Place) -> HttpResponse:
    """Look at all labels anew; while a look is under way there is no second one."""
    analyses.start(place, planted=bool(request.POST.get("planted")))
    messages.success(request, "All labels are looked at anew. No label is touched.")
    return redirect("curation:quality", place.project.slug)


@in_project(Right.CURATE)
@require_safe
def release(request: HtmxRequest, place: Place) -> HttpResponse:
    """What a release would hold today: counted when the page asks for it, for it may take a second or two."""
    shown: dict[str, Any] = {"place": place, **TAB}
    try:
        wish = settle(place.project, recipes=[{"name": usual(questions_of(place.project))}])
        shown["preview"] = release_queries.preview(place.project, wish.recipes, wish.splits)
    except ReleaseRefused as refusal:
        shown["refused"] = str(refusal)
    return render(request, f"curation/quality_release.html{'#release' if request.htmx else ''}", shown)


@in_project(Right.CURATE)
@require_safe
def rubrics(request: HtmxRequest, place: Place) -> HttpResponse:
    """How well the rubrics in use say what people say: asked for by the page, which has queries enough."""
    shown = {"place": place, "rubrics": quality_rubrics.held(place.project), **TAB}
    return render(request, f"curation/quality_rubrics.html{'#rubrics' if request.htmx else ''}", shown)


@in_project(Right.CURATE)
@require_safe
def items(request: HtmxRequest, place: Place) -> HttpResponse:
    """The places behind a figure."""
    filters = read_filters(request.GET, ("question", "facet", "slice", "why"))
    called = names(place.project)
    if not filters.question:
        filters = filters.with_(question=next(iter(called.questions), ""))
    page = keyset_page(quality_items.places(place.project, filters), request, quality_items.ORDER)
    shown = {
        "place": place,
        "filters": filters,
        "title": called.of(filters.question, filters.facet),
        "lines": quality_items.lines(page.items),
        "more_url": page.next_url,
        **TAB,
    }
    if request.htmx:
        return render(request, "curation/quality_items.html#lines", shown)
    shown["whys"] = [(why, filters.with_(why=why).address) for why in quality_items.WHY]
    return render(request, "curation/quality_items.html", shown)


@in_project(Right.CURATE)
@require_safe
def table(request: HtmxRequest, place: Place, name: str) -> HttpResponseBase:
    """A table as CSV, written while it is read."""
    rows = TABLES[name].rows(place.project, newest(place.project))
    lines = as_csv(TABLES[name].columns, rows)
    return written(lines, name=f"{place.project.slug}-{name}.csv", content_type="text/csv; charset=utf-8")


@in_project(Right.CURATE)
@require_POST
def dismiss(request: HtmxRequest, place: Place, finding_id: int) -> HttpResponse:
    """Say of a finding that nothing is wrong; on the list it stays, decided."""
    found = access.finding(place, finding_id)
    dismissals.dismiss(place, found)
    messages.success(request, "Dismissed. It stays so when the next look finds the same.")
    query = Filters.query({"detector": found.detector}) if request.POST.get("detector") else ""
    return redirect(reverse("curation:quality-findings", args=[place.project.slug]) + query)


@in_project(Right.CURATE)
@require_safe
def findings(request: HtmxRequest, place: Place) -> HttpResponse:
    """What detectors found, the strongest first."""
    asked = quality_findings.read(request.GET)
    if any(value == "" for value in request.GET.values()):
        words = {name: str(value) for name, value in request.GET.items()}
        return redirect(request.path + Filters.query(words))
    page = keyset_page(quality_findings.findings(place.project, asked), request, quality_findings.ORDER)
    shown = {
        "place": place,
        "asked": asked,
        "title": title_of(asked.detector) if asked.detector else "",
        "about": about_of(asked.detector),
        "lines": [
            (one, quality_findings.about(one), quality_findings.address(place.project, one)) for one in page.items
        ],
        "judges": quality_findings.with_a_page(place.project, page.items),
        "more_url": page.next_url,
        **TAB,
    }
    if request.htmx:
        return render(request, "curation/quality_findings.html#lines", shown)
    shown |= {
        "detected": quality_noise.by_detector(place.project),
        "decisions": Decision.choices,
        "opens": quality_findings.OPEN,
        "guard": guarded.guarded(place.project, asked.detector) if asked.detector == guarded.PROPOSES_DROPS else None,
    }
    return render(request, "curation/quality_findings.html", shown)
