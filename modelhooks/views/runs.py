"""The runs of a project: which there were, how far one is, and stopping it or going on."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from modelhooks import access
from modelhooks.queries import runs as queries
from modelhooks.services import runs
from projects.access import Place, Right, in_project
from projects.buttons import button
from ui.requests import HtmxRequest

TAB = {"tab": "models"}
RUN = "modelhooks:run"


@in_project(Right.VIEW)
@require_safe
def list_runs(request: HtmxRequest, place: Place) -> HttpResponse:
    found = queries.newest(place.project)
    are_priced = any(run.cost is not None for run in found)  # type: ignore[attr-defined]
    shown = {"place": place, "runs": found, "are_priced": are_priced, "headline": queries.headline_of(found), **TAB}
    return render(request, "modelhooks/runs.html", shown)


@in_project(Right.VIEW)
@require_safe
def show(request: HtmxRequest, place: Place, run_id: int) -> HttpResponse:
    """How a run stands. htmx asks for the report alone, and with `?after=` for more of what was given up."""
    run = access.run(place, run_id)
    after = request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) <= 18 else 0
    shown = {"place": place, "run": run, **TAB}
    if request.htmx and not number:
        return render(request, "modelhooks/run.html#report", shown | {"report": queries.report(run, timezone.now())})
    shown["page"] = queries.lost_page(run, after=number)
    if request.htmx:
        return render(request, "modelhooks/run.html#lines", shown)
    shown |= {"report": queries.report(run, timezone.now()), "asked": queries.asked_words(run)}
    return render(request, "modelhooks/run.html", shown)


cancel = button(
    Right.CURATE, access.run, runs.cancel, RUN, "The run stops after what it computes now. What it has answered stays."
)
resume = button(Right.CURATE, access.run, runs.resume, RUN, "The run goes on with what is left.")
retry = button(
    Right.CURATE,
    access.run,
    runs.retry_failures,
    RUN,
    lambda count: f"{count:,} are tried again." if count else "Nothing was given up.",
)
