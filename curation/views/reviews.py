"""The queue of items that need a person's decision, one of them with all that is said about it, and deciding."""

import uuid
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import access
from annotation.models import Item
from annotation.queries import label as workspaces
from annotation.queries.forms import questions_of
from annotation.queries.item import spoken
from annotation.refusals import AnswersRefused, KeyReused, NoForm
from annotation.views import posted, reading
from curation.models import Decision, Review
from curation.queries import review_queue
from curation.queries import reviews as queries
from curation.services import reviews
from curation.services.reviews import Asked, Decided
from curation.views import answering
from projects.access import Place, Right, in_project
from ui.problems import Refusal
from ui.requests import HtmxRequest

TAB = {"tab": "review"}
SAID = {
    Decision.UPHELD: "Upheld: what was said stands.",
    Decision.OVERTURNED: "Overturned: your answer is in.",
    Decision.ANOTHER: "Sent for another opinion. It comes back with the answer.",
    Decision.DISCARDED: "Discarded: nobody is asked about it, and no release holds it.",
    Decision.COACHED: "The annotator is told.",
}
Verb = Callable[[Place, Asked], Decided]
DECISIONS: dict[str, Verb] = {
    Decision.UPHELD: reviews.uphold,
    Decision.ANOTHER: reviews.send_for_another,
    Decision.DISCARDED: reviews.discard,
}


@in_project(Right.CURATE)
@require_safe
def review(request: HtmxRequest, place: Place) -> HttpResponse:
    """What waits, the item most worth a look first."""
    filters = review_queue.read_filters(request.GET)
    if any(value == "" for value in request.GET.values()):
        return redirect(request.path + filters.address)  # a form sends its empty fields, too
    after = posted.number(request.GET.get("after"))
    lines = queries.lines(place, filters, after=after, limit=review_queue.PAGE)
    more = filters.address_with(after=str(lines[-1].line.item_id)) if len(lines) == review_queue.PAGE else ""
    shown = {"place": place, "filters": filters, "lines": lines, "more": more, **TAB}
    if request.htmx:
        return render(request, "curation/review.html#lines", shown)
    shown |= {
        "count": review_queue.count(place.project, filters),
        "counted": review_queue.MOST_COUNTED,
        "detectors": queries.detectors(place.project),
        "questions": queries.questions(place.project),
        "annotator": queries.annotator_named(place.project, filters),
        "last": queries.last_decided(place),
    }
    return render(request, "curation/review.html", shown)


@in_project(Right.CURATE)
@require_safe
def next_item(request: HtmxRequest, place: Place) -> HttpResponse:
    """The item most worth this reviewer's look, now in their hands."""
    filters = review_queue.read_filters(request.GET)
    found = reviews.take_next(place, filters, after=posted.number(request.GET.get("after")))
    if found is None:
        return redirect(reverse("curation:review", args=[place.project.slug]) + filters.address)
    return redirect(reverse("curation:review-item", args=[place.project.slug, found]) + filters.address)


@in_project(Right.CURATE)
@require_safe
def item(request: HtmxRequest, place: Place, item_id: int) -> HttpResponse:
    """One item with everything that is said about it. Whoever looks has it in hand, unless somebody else has."""
    found, _, form_id = access.item_to_read(place, item_id)
    return _page(request, place, found, form_id, is_taken=reviews.take(place, found.pk))


@in_project(Right.CURATE)
@require_POST
def decide(request: HtmxRequest, place: Place, item_id: int) -> HttpResponse:
    """A decision without an answer of one's own; on to the next item."""
    found, _, form_id = access.item_to_read(place, item_id)
    verb = _verb(request)
    if verb is None:
        return _page(request, place, found, form_id, refusal=Refusal("Choose one of the decisions below."), status=422)
    try:
        decided = verb(place, _asked(request, found))
    except Refusal as refusal:
        return _page(request, place, found, form_id, refusal=refusal, status=int(refusal.status))
    return _on(request, place, decided.review)


@in_project(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HtmxRequest, place: Place, item_id: int) -> HttpResponse:
    """Overturn: the project's own form about the item, in its own order."""
    found = access.item(place, item_id)
    workspace = workspaces.for_review(place, found)
    if workspace is None:
        raise NoForm
    if request.method != "POST":
        return _form(request, place, found, workspace, is_taken=reviews.take(place, found.pk))
    try:
        answers = posted.answers(request, questions_of(workspace.form_id), workspace.subject)
        decided = reviews.overturn(place, _asked(request, found), answers=answers, seconds=posted.seconds(request))
    except (AnswersRefused, KeyReused, reviews.HeldByAnother, reviews.DecidedMeanwhile) as refusal:
        return _form(request, place, found, workspace, refusal=refusal)
    return _on(request, place, decided.review)


def _verb(request: HtmxRequest) -> Verb | None:
    """What the form asks for; None for what is no decision, or is one that takes an answer."""
    decision = request.POST.get("decision", "")
    if decision == Decision.COACHED:
        return partial(reviews.coach, annotation_id=posted.number(request.POST.get("annotation")))
    return DECISIONS.get(decision)


def _asked(request: HtmxRequest, found: Item) -> Asked:
    seen = request.POST.get("seen", "")
    return Asked(
        item=found,
        request_key=posted.request_key(request),
        seen=0 if seen == "0" else posted.number(seen),
        note=request.POST.get("note", "").strip(),
    )


def _on(request: HtmxRequest, place: Place, review: Review) -> HttpResponse:
    """To the next item, with a word about the last."""
    messages.success(request, f"{SAID[Decision(review.decision)]} Z goes back to it.")
    filters = review_queue.read_filters(request.GET)
    return redirect(reverse("curation:review-next", args=[place.project.slug]) + filters.address)


def _page(
    request: HtmxRequest,
    place: Place,
    found: Item,
    form_id: int | None,
    *,
    is_taken: bool = False,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    told = spoken(found)
    entry = queries.entry(place, found, form_id, is_taken=is_taken)
    filters = review_queue.read_filters(request.GET)
    shown = {
        "place": place,
        "item": found,
        "entry": entry,
        "history": told,
        "coachable": queries.coachable(place, told.people),
        "texts": reading.lay_out(found, told.responses, whole=bool(request.GET.get("whole"))),
        "refusal": refusal,
        "note": request.POST.get("note", ""),
        "is_coaching": request.POST.get("decision") == Decision.COACHED,
        "coached": posted.number(request.POST.get("annotation")),
        "request_key": uuid.uuid4(),
        "last": entry.last,
        "filters": filters,
        "after": filters.address_with(after=str(found.pk)),
        **TAB,
    }
    return render(request, "curation/review_item.html", shown, status=status)


def _form(
    request: HtmxRequest,
    place: Place,
    found: Item,
    workspace: workspaces.Workspace,
    *,
    is_taken: bool = False,
    refusal: Refusal | None = None,
) -> HttpResponse:
    filters = review_queue.read_filters(request.GET).address
    shown = {
        "place": place,
        "item": found,
        "seen": reviews.newest_review(found),
        "holder": None if is_taken else queries.held_by(place, found),
        "here": request.path + filters,
        "back": reverse("curation:review-item", args=[place.project.slug, found.pk]) + filters,
    }
    return answering.page(request, "curation/review_answer.html", workspace, shown, refusal)
