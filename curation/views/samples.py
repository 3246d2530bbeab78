"""How many labels are wrong: items drawn by chance, and labeling them anew without seeing what others said."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from annotation.models import Item
from annotation.queries import label as workspaces
from annotation.queries.forms import questions_of
from annotation.refusals import AnswersRefused, KeyReused, NoForm
from annotation.views import posted
from curation import access
from curation.models import Sample
from curation.queries import samples as queries
from curation.queries.quality_names import names
from curation.services import reviews, samples
from curation.views import answering
from projects.access import Place, Right, in_project
from ui.pagination import keyset_page
from ui.problems import Refusal
from ui.requests import HtmxRequest

TAB = {"tab": "quality", "part": "samples"}


@in_project(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def list_samples(request: HtmxRequest, place: Place) -> HttpResponse:
    """The newest sample, and drawing another."""
    if request.method == "POST":
        return _draw(request, place)
    return _page(request, place)


@in_project(Right.CURATE)
@require_safe
def show(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """One sample as far as it has come."""
    return _page(request, place, access.sample(place, number))


@in_project(Right.CURATE)
@require_safe
def next_item(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """The first item that this person may label anew, now in their hands."""
    sample = access.sample(place, number)
    found = samples.take_next(place, sample)
    if found is None:
        messages.info(request, "Nothing of this sample waits for you: its other items you labeled, or someone has.")
        return redirect("curation:sample", place.project.slug, number)
    return redirect("curation:sample-item", place.project.slug, number, found)


@in_project(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HtmxRequest, place: Place, number: int, item_id: int) -> HttpResponse:
    """The project's own form about one item of a sample, and nothing of what anybody said about it."""
    sampled = access.sampled(place, number, item_id)
    workspace = workspaces.for_review(place, sampled.item)
    if workspace is None:
        raise NoForm
    if request.method != "POST":
        if sampled.annotation_id or workspace.annotation_id:
            return redirect("curation:sample-next", place.project.slug, number)
        reviews.take(place, item_id)
        return _form(request, place, sampled.item, workspace)
    try:
        answers = posted.answers(request, questions_of(workspace.form_id), workspace.subject)
        samples.check(place, sampled, answers, posted.request_key(request), posted.seconds(request))
    except (
        AnswersRefused,
        KeyReused,
        reviews.HeldByAnother,
        samples.CheckedMeanwhile,
        samples.AnsweredBefore,
    ) as refusal:
        return _form(request, place, sampled.item, workspace, refusal)
    return redirect("curation:sample-next", place.project.slug, number)


def _draw(request: HtmxRequest, place: Place) -> HttpResponse:
    size = posted.number(request.POST.get("size"))
    if size not in samples.SIZES:
        return _page(request, place, refusal="Choose how many items to draw.", status=422)
    try:
        sample = samples.draw(place, size=size)
    except samples.NothingToDraw as refusal:
        return _page(request, place, refusal=str(refusal), status=int(refusal.status))
    return redirect("curation:sample", place.project.slug, sample.number)


def _page(
    request: HtmxRequest, place: Place, sample: Sample | None = None, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """A sample, by default the newest, with the list of all."""
    page = keyset_page(queries.all_of(place), request, ("-number",))
    if sample is None:
        sample = queries.all_of(place).first() if "after" in request.GET else next(iter(page), None)
    shown: dict[str, Any] = {
        "place": place,
        "sample": sample,
        "samples": page.items,
        "more_url": page.next_url,
        "sizes": samples.SIZES,
        "refusal": refusal,
        **TAB,
    }
    if sample:
        shown |= {
            "standing": queries.standing(sample, names(place.project)),
            "is_open": queries.open_to(place, sample).exists(),
        }
    is_more = request.htmx and "after" in request.GET
    return render(request, f"curation/samples.html{'#rows' if is_more else ''}", shown, status=status)


def _form(
    request: HtmxRequest, place: Place, found: Item, workspace: workspaces.Workspace, refusal: Refusal | None = None
) -> HttpResponse:
    shown = {
        "place": place,
        "item": found,
        "here": request.path,
        "back": reverse("curation:samples", args=[place.project.slug]),
    }
    return answering.page(request, "curation/sample_answer.html", workspace, shown, refusal)
