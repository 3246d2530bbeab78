"""Letting a generator answer the prompts of a list of items, so that new items come of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotation.candidate_forms import CandidatesForm
from annotation.queries import candidates as queries
from annotation.queries.items import Filters, read_filters
from annotation.services import candidates
from annotation.services.candidates import MOST, Wishes
from modelhooks.models import Checkpoint, Run
from modelhooks.pricing import prices_of
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest


@in_project(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxRequest, place: Place) -> HttpResponse:
    """The address says whose prompts, the form the rest. `act=preview` only says what would come of it."""
    filters = read_filters(request.GET)
    checkpoints = queries.generators()
    form = _form(request, place, checkpoints) if checkpoints else None
    if form and form.is_valid() and request.POST.get("act") == "start":
        try:
            run = _start(place, checkpoints, filters, form)
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("modelhooks:run", place.project.slug, run.pk)
    shown = {
        "place": place,
        "tab": "models",
        "filters": filters,
        "checkpoints": checkpoints,
        "form": form,
        "preview": _preview(place, filters, form) if form else None,
    }
    part = "#preview" if request.htmx else ""
    status = 422 if form and form.is_bound and form.errors else 200
    return render(request, f"annotation/candidates_new.html{part}", shown, status=status)


def _form(request: HtmxRequest, place: Place, checkpoints: list[Checkpoint]) -> CandidatesForm:
    return CandidatesForm(
        request.POST or None,
        checkpoints=checkpoints,
        shape=queries.usual_shape(place.project),
        is_priced=any(prices_of(one).are_known for one in checkpoints),
        initial={"checkpoint": str(checkpoints[0].pk)},
    )


def _start(place: Place, checkpoints: list[Checkpoint], filters: Filters, form: CandidatesForm) -> Run:
    meant = form.cleaned_data["checkpoint"]
    return candidates.start(
        place,
        checkpoint=next(one for one in checkpoints if str(one.pk) == meant),
        filters=filters,
        limit=form.cleaned_data["limit"] or MOST,
        wishes=form.wishes(),
    )


def _preview(place: Place, filters: Filters, form: CandidatesForm) -> queries.Preview:
    """By what the form says; by what it would say untouched where it says nothing of use."""
    said: dict[str, Any] = form.cleaned_data if form.is_bound else {}
    usual = {"n": Wishes().n, "shape": form.fields["shape"].initial, "pairs": Wishes().pairs}
    chosen = {name: value if (value := said.get(name)) is not None else usual[name] for name in usual}
    return queries.preview(place.project, filters, limit=said.get("limit"), **chosen)
