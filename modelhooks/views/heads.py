"""The reward head of a project: whether it can be believed, its versions, training another one, and stopping that."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from modelhooks import access
from modelhooks.forms import RetrainForm, TrainForm
from modelhooks.queries import heads as queries
from modelhooks.services import heads, retraining
from modelhooks.services.heads import HeadRefused
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest

TAB = {"tab": "models", "part": "heads"}


@in_project(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HtmxRequest, place: Place) -> HttpResponse:
    """How the head of `?question=` stands, by default of the first. Posting asks for a new version."""
    shown = queries.board(place.project, request.GET.get("question", ""))
    form = TrainForm(request.POST or None)
    if shown.question and request.method == "POST" and form.is_valid():
        try:
            head = heads.train(place, question=shown.question.key, wishes=form.wishes())
        except HeadRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Head {head.number} is asked for. You can leave this page; it goes on.")
            return redirect(_board_of(place, head.question))
    every = retraining.planned(place, shown.question.key) if shown.question else 0
    page = {"place": place, "board": shown, "form": form, "plan": RetrainForm(initial={"every": every}), **TAB}
    part = "#head" if request.htmx else ""
    return render(request, f"modelhooks/heads.html{part}", page, status=422 if form.is_bound and form.errors else 200)


@in_project(Right.CURATE)
@require_safe
def show(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """One version: what it was trained from, what came of it, and why it is in office or not."""
    head = access.head(place, number)
    shown = {"place": place, "head": head, "view": queries.view(head), **TAB}
    return render(request, f"modelhooks/head.html{'#standing' if request.htmx else ''}", shown)


@in_project(Right.CURATE)
@require_POST
def cancel(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    head = access.head(place, number)
    if head.finished_at:
        raise Http404
    heads.cancel(place, head)
    messages.success(request, "It stops after what it embeds now. What was embedded is kept for the next one.")
    return redirect("modelhooks:head", place.project.slug, head.number)


@in_project(Right.CURATE)
@require_POST
def plan(request: HtmxRequest, place: Place) -> HttpResponse:
    """After how many new answers to `?question=` a head is trained again."""
    question, form = request.GET.get("question", ""), RetrainForm(request.POST)
    if form.is_valid():
        retraining.plan(place, question=question, every=form.cleaned_data["every"])
        messages.success(
            request, "It is planned." if form.cleaned_data["every"] else "It is trained when somebody asks."
        )
    else:
        messages.error(request, "Nothing was changed: that is a whole number, 0 or more.")
    return redirect(_board_of(place, question))


def _board_of(place: Place, question: str) -> str:
    return f"{reverse('modelhooks:heads', args=[place.project.slug])}?{urlencode({'question': question})}"
