"""Pages of leaderboards: the sets, one set with everybody who was asked about it, one checkpoint, and one row."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from curation import access
from curation.layouts import LAYOUTS
from curation.leaderboard_forms import AskForm, BuildForm
from curation.queries import leaderboards as queries
from curation.services import evaluating, evaluation_sets
from curation.services.evaluation_sets import EvaluationRefused
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.pagination import keyset_page
from ui.requests import HtmxRequest

TAB = {"tab": "models", "part": "leaderboards"}
ROWS = 20


@in_project(Right.VIEW)
@require_safe
def list_sets(request: HtmxRequest, place: Place) -> HttpResponse:
    """Every set, with who is best on it."""
    return _sets(request, place, BuildForm(sources=queries.sources(place.project)))


@in_project(Right.CURATE)
@require_POST
def build(request: HtmxRequest, place: Place) -> HttpResponse:
    """Make a set of rows of a release."""
    form = BuildForm(request.POST, sources=queries.sources(place.project))
    if form.is_valid():
        number, recipe, split = form.source()
        release = access.numbered(place, number)
        try:
            name = form.cleaned_data["name"]
            made = evaluation_sets.from_release(place, name=name, release=release, recipe=recipe, split=split)
        except EvaluationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("curation:leaderboard", place.project.slug, made.number)
    return _sets(request, place, form)


def _sets(request: HtmxRequest, place: Place, form: BuildForm) -> HttpResponse:
    shown = {
        "place": place,
        "sets": [(one, LAYOUTS[one.layout].title) for one in queries.listed(place.project)[: queries.MOST_SETS]],
        "form": form,
        "layouts": list(LAYOUTS.values()),
        **TAB,
    }
    return render(request, "curation/leaderboards.html", shown, status=422 if form.is_bound else 200)


@in_project(Right.VIEW)
@require_safe
def show(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """Who is best on a set."""
    found = access.evaluation_set(place, number)
    return _board(request, place, number, AskForm(checkpoints=queries.askable(place.project, found.layout)))


@in_project(Right.CURATE)
@require_POST
def ask(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """Ask a checkpoint about all rows of a set."""
    found = access.evaluation_set(place, number)
    form = AskForm(request.POST, checkpoints=queries.askable(place.project, found.layout))
    if form.is_valid():
        checkpoint = form.cleaned_data["checkpoint"]
        try:
            evaluating.start(place, found, checkpoint, form.threshold_or_usual())
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{checkpoint} is asked about {found.row_count:,} rows. No label is touched.")
            return redirect("curation:leaderboard", place.project.slug, number)
    return _board(request, place, number, form)


def _board(request: HtmxRequest, place: Place, number: int, form: AskForm) -> HttpResponse:
    board = queries.board(access.evaluation_set(place, number))
    shown = {"place": place, "board": board, "set": board.evaluation_set, "form": form, **TAB}
    part = "#board" if request.htmx else ""
    return render(request, f"curation/leaderboard.html{part}", shown, status=422 if form.is_bound else 200)


@in_project(Right.VIEW)
@require_http_methods(["GET", "HEAD"])
def result(request: HtmxRequest, place: Place, number: int, result_id: int) -> HttpResponse:
    """Every figure of one checkpoint, and the rows that it gets wrong; `?subset=` shows those of one."""
    found = access.evaluation_result(place, number, result_id)
    subset = request.GET.get("subset", "")[:80]
    subset = subset if any(one["name"] == subset for one in found.figures["subsets"]) else ""
    page = keyset_page(queries.wrong_rows(found, subset), request, ("row_id",), size=ROWS)
    shown: dict[str, Any] = {
        "place": place,
        "result": found,
        "set": found.evaluation_set,
        "measured_by": queries.HEADLINES[found.figures["headline"]],
        "subset": subset,
        "rows": [queries.wrong(one) for one in page],
        "more_url": page.next_url,
        **TAB,
    }
    is_more = request.htmx and "after" in request.GET
    return render(request, f"curation/leaderboard_result.html{'#rows' if is_more else ''}", shown)


@in_project(Right.VIEW)
@require_safe
def row(request: HtmxRequest, place: Place, number: int, row_number: int) -> HttpResponse:
    """One row with what every checkpoint said about it."""
    found = access.evaluation_row(place, number, row_number)
    layout = found.evaluation_set.layout
    shown = {
        "place": place,
        "row": found,
        "set": found.evaluation_set,
        "texts": queries.texts(found, layout),
        "in_steps": layout == "processbench",
        **TAB,
    }
    return render(request, "curation/leaderboard_row.html", shown)
