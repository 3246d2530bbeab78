"""Asking a model one question about the items of a list."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotation.asking_forms import AskForm
from annotation.queries import asking as queries
from annotation.queries.items import Filters, read_filters
from annotation.services import prelabels
from modelhooks.models import Run
from modelhooks.pricing import prices_of
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest


@in_project(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxRequest, place: Place) -> HttpResponse:
    """The address says which items, which question and which checkpoint; the form says the rest.

    `act=preview` says in words what would be asked, and starts nothing.
    """
    query = request.GET.copy()
    question, checkpoint = query.pop("question", [""])[-1], query.pop("checkpoint", [""])[-1]
    filters = read_filters(query)
    chosen = queries.choice(place.project, question, _number(checkpoint))
    form = _form(request, chosen)
    if form and form.is_valid() and request.POST.get("act") == "start":
        try:
            run = _start(place, chosen, filters, form)
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("modelhooks:run", place.project.slug, run.pk)
    limit = form.cleaned_data.get("limit") if form and form.is_bound else None
    shown = {
        "place": place,
        "tab": "models",
        "filters": filters,
        "chosen": chosen,
        "form": form,
        "preview": queries.preview(place.project, filters, limit, chosen) if form else None,
        "here": _address(filters, chosen),
    }
    part = _part(request)
    return render(
        request, f"annotation/run_new.html{part}", shown, status=422 if form and form.is_bound and form.errors else 200
    )


def _part(request: HtmxRequest) -> str:
    if not request.htmx:
        return ""
    return "#preview" if request.method == "POST" else "#rest"


def _form(request: HtmxRequest, chosen: queries.Choice) -> AskForm | None:
    conversion = chosen.conversion
    if conversion is None or chosen.question is None or chosen.checkpoint is None:
        return None
    is_priced = prices_of(chosen.checkpoint).are_known
    return AskForm(request.POST or None, conversion=conversion, question=chosen.question, is_priced=is_priced)


def _start(place: Place, chosen: queries.Choice, filters: Filters, form: AskForm) -> Run:
    assert chosen.checkpoint is not None  # without both there is no form
    assert chosen.question is not None
    return prelabels.start(
        place,
        checkpoint=chosen.checkpoint,
        question=chosen.question.key,
        filters=filters,
        limit=form.cleaned_data["limit"] or prelabels.MOST,
        wishes=form.wishes(),
    )


def _address(filters: Filters, chosen: queries.Choice) -> str:
    """This page with what was chosen, as a query string."""
    meant = {
        "question": chosen.question.key if chosen.question else "",
        "checkpoint": chosen.checkpoint.pk if chosen.checkpoint else "",
    }
    items = "" if filters.is_empty else f"{filters.whole[1:]}&"
    return f"?{items}{urlencode(meant)}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
