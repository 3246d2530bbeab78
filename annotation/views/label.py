"""The labeling page: one item, its questions, and everything that keeps the answers safe on their way.

An `item_id` in an address is what the person knows the item by (`annotation.numbering`).
Each view answers a browser without scripts with a page or a redirect, and our own script (`X-Requested-With: goldpan`)
with a fragment or JSON.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits import TooMany
from annotation import access, numbering, subjects
from annotation.models import Annotation, Item, Lease
from annotation.queries import gold
from annotation.queries import label as queries
from annotation.queries.forms import questions_of
from annotation.refusals import AnswersRefused, KeyReused, LeaseLost, NoForm
from annotation.services import annotations, drafts, proposals, queue, screening, suggestions
from annotation.views import posted
from annotation.views.desk import lay_out, lay_out_raw
from projects.access import Place, Right, in_project
from ui.problems import Refusal, problem_from, problem_response

PAGE = "annotation/label.html"
FRAGMENT = "annotation/label.html#workspace"
REASONS = (
    "I do not know enough about this",
    "The text is broken or cut off",
    "It is in a language that I do not read",
    "It upsets me",
    "The questions do not fit it",
)
View = Callable[..., HttpResponse]


def is_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "goldpan"


def for_our_script(view: View) -> View:
    """Say refusals as JSON to our script, and let it speak only for the person whose page it is.

    A page that stays open while somebody else signs in must not hand that person the first one's words.
    """

    @wraps(view)
    def guarded(request: HttpRequest, place: Place, **arguments: Any) -> HttpResponse:
        if not is_script(request):
            return view(request, place, **arguments)
        if request.headers.get("X-Goldpan-User", str(place.user.pk)) != str(place.user.pk):
            return JsonResponse({"title": "Someone else is signed in now"}, status=403)
        try:
            return view(request, place, **arguments)
        except Refusal as refusal:
            problem = problem_from(refusal)
            if problem is None:
                raise
            return problem_response(problem, request.path)

    return guarded


@require_safe
@in_project(Right.LABEL)
def label(request: HttpRequest, place: Place) -> HttpResponse:
    """The item in hand, or why there is none."""
    try:
        lease = queue.claim(place)
    except NoForm as refusal:
        return render(request, PAGE, {**_frame(place), "refusal": refusal})
    if lease is None:
        return render(request, PAGE, {**_frame(place), "screening": screening.standing(place)})
    return _page(request, place, queries.in_hand(place, lease))


@require_safe
@in_project(Right.LABEL)
@for_our_script
def label_next(request: HttpRequest, place: Place) -> HttpResponse:
    """The item after the one in hand, fetched ahead; 204 when nothing more waits."""
    lease = queue.claim(place, ahead_of=posted.uuid_of(request.GET.get("ahead_of")))
    if lease is None:
        return HttpResponse(status=204)
    return _fragment(request, place, queries.in_hand(place, lease))


@require_POST
@in_project(Right.LABEL)
@for_our_script
def submit(request: HttpRequest, place: Place, lease_id: uuid.UUID) -> HttpResponse:
    """Store the answers. 422 with a sentence for each fault, 409 when the item went to someone else."""
    lease = access.lease(place, lease_id)
    try:
        submitted = annotations.submit(
            place,
            lease_id=lease_id,
            answers=_answers(request, lease.form_id, lease.item, annotations.side_order(place, lease.item)),
            request_key=posted.request_key(request),
            seconds=posted.seconds(request),
            taken=posted.taken(request),
        )
    except (AnswersRefused, KeyReused) as refusal:
        if is_script(request):
            raise
        held = queue.with_item(lease_id)
        if not hasattr(held, "slot"):  # ended meanwhile, so there is nothing to send it to again
            return _lost_page(request, place, lease, refusal)
        return _refused_page(request, place, queries.in_hand(place, held), refusal)
    except LeaseLost as refusal:
        if is_script(request):
            raise
        return _lost_page(request, place, lease, refusal)
    told = gold.feedback(place.project, submitted.annotation)
    where = [place.project.slug, numbering.number_of(place, submitted.annotation.item_id)] if told else []
    if not is_script(request):
        return redirect("annotation:checked", *where) if told else redirect("annotation:label", place.project.slug)
    return _submitted(place, submitted, reverse("annotation:checked", args=where) if told else "")


@require_safe
@in_project(Right.LABEL)
@for_our_script
def checked(request: HttpRequest, place: Place, item_id: int) -> HttpResponse:
    """What was expected of an item that this person has answered; back to work where there is nothing to tell."""
    annotation = queries.own_answer(place, numbering.item_of(place, item_id))
    if annotation is None:
        raise Http404
    told = gold.feedback(place.project, annotation)
    if told is None:
        return redirect("annotation:label", place.project.slug)
    page = "annotation/checked.html#checked" if is_script(request) else "annotation/checked.html"
    return render(request, page, {"place": place, "told": told})


@require_http_methods(["GET", "HEAD", "POST"])
@in_project(Right.LABEL)
@for_our_script
def revise(request: HttpRequest, place: Place, item_id: int) -> HttpResponse:
    """One's own earlier answer: look at it, and replace it by a new one that supersedes it."""
    annotation = queries.own_answer(place, numbering.item_of(place, item_id))
    if annotation is None:
        raise Http404
    if request.method == "POST":
        return _revise(request, place, annotation)
    workspace = _looked_at_again(place, annotation)
    return (_fragment if is_script(request) else _page)(request, place, workspace)


def _revise(request: HttpRequest, place: Place, annotation: Annotation) -> HttpResponse:
    try:
        submitted = annotations.revise(
            place,
            annotation_id=posted.number(request.POST.get("revises")) or annotation.pk,
            answers=_answers(request, annotation.form_id, annotation.item, annotation.shown),
            request_key=posted.request_key(request),
            seconds=posted.seconds(request),
            taken=posted.taken(request),
        )
    except (AnswersRefused, KeyReused) as refusal:
        if is_script(request):
            raise
        return _refused_page(request, place, _looked_at_again(place, annotation), refusal)
    if not is_script(request):
        return redirect("annotation:label", place.project.slug)
    return _submitted(place, submitted)


@require_POST
@in_project(Right.LABEL)
@for_our_script
def draft(request: HttpRequest, place: Place, lease_id: uuid.UUID) -> HttpResponse:
    """Keep what stands in the form, finished or not."""
    drafts.save(place, item_id=access.lease(place, lease_id).item_id, fields=posted.fields(request))
    return HttpResponse(status=204)


@require_POST
@in_project(Right.LABEL)
@for_our_script
def draft_of_item(request: HttpRequest, place: Place, item_id: int) -> HttpResponse:
    """The same for an item whose lease is over."""
    drafts.save(place, item_id=numbering.item_of(place, item_id), fields=posted.fields(request))
    return HttpResponse(status=204)


@require_POST
@in_project(Right.LABEL)
@for_our_script
def suggestion(request: HttpRequest, place: Place, lease_id: uuid.UUID) -> HttpResponse:
    """What is suggested for the questions that stand answered in the form."""
    lease = access.lease(place, lease_id)
    questions = questions_of(lease.form_id)
    subject = subjects.of(lease.item, annotations.side_order(place, lease.item), questions)
    own = posted.readable(request, questions, subject)
    workspace = queries.in_hand(place, suggestions.reveal(place, lease_id, answers=own))
    advice = workspace.advice or {}
    told = [(one, advice[one.key]) for one in workspace.questions if one.key in advice and advice[one.key].names]
    return render(request, "annotation/_suggestions.html", {"told": told})


@require_POST
@in_project(Right.LABEL)
@for_our_script
def extend(request: HttpRequest, place: Place, lease_id: uuid.UUID) -> HttpResponse:
    """Someone is at work on the item: hold it for them."""
    slot = queue.extend(place, access.lease(place, lease_id).pk)
    return JsonResponse({"expires_at": slot.expires_at})


@require_http_methods(["GET", "HEAD", "POST"])
@in_project(Right.LABEL)
@for_our_script
def skip(request: HttpRequest, place: Place, lease_id: uuid.UUID) -> HttpResponse:
    """Give the item back with a reason."""
    lease = access.lease(place, lease_id)
    if request.method != "POST":
        return render(request, "annotation/skip.html", {"place": place, "lease_id": lease.pk, "reasons": REASONS})
    reason = (request.POST.get("words") or request.POST.get("reason") or "").strip()
    queue.skip(place, lease_id, reason=reason.replace("\x00", ""))
    return HttpResponse(status=204) if is_script(request) else redirect("annotation:label", place.project.slug)


@require_safe
@in_project(Right.LABEL)
@for_our_script
def raw(request: HttpRequest, place: Place, item_id: int) -> HttpResponse:
    """The texts as they were written, with what cannot be seen made visible."""
    held = Lease.objects.filter(
        project=place.project, annotator=place.user, item=numbering.item_of(place, item_id)
    ).select_related("item")
    lease = held.order_by("-granted_at", "pk").first()
    if lease is None:
        raise Http404
    workspace = queries.for_reading(place, lease)
    page = "annotation/raw.html#texts" if is_script(request) else "annotation/raw.html"
    return render(request, page, {"place": place, "desk": lay_out_raw(workspace, now=timezone.now())})


@require_POST
@in_project(Right.LABEL)
@for_our_script
def propose(request: HttpRequest, place: Place, item_id: int) -> HttpResponse:
    """A criterion that the rubric of a question lacks. It goes beside the answers, which stay as they are."""
    words, why = request.POST.get("_words", ""), request.POST.get("_why", "").replace("\r\n", "\n")
    key = request.POST.get("_question", "")  # no question's key begins so, and neither do the fields of answers
    refusal = None
    try:
        proposals.propose(place, item_id=numbering.item_of(place, item_id), question_key=key, words=words, why=why)
    except (proposals.ProposalRefused, TooMany) as refused:
        if is_script(request):
            raise
        refusal = refused
    if is_script(request):
        return HttpResponse(status=204)
    shown = {"place": place, "words": words, "why": why, "question": key, "refusal": refusal}
    return render(request, "annotation/proposed.html", shown, status=refusal.status if refusal else 200)


@require_safe
@in_project(Right.LABEL)
def guideline(request: HttpRequest, place: Place) -> HttpResponse:
    """The guideline for the drawer."""
    return render(request, "annotation/_guideline.html", {"guideline": queries.guideline(place)})


def _page(
    request: HttpRequest,
    place: Place,
    workspace: queries.Workspace,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    frame = _frame(place)
    before = frame["last"] if workspace.annotation_id is None else _before(place, workspace)
    shown = {**frame, **_drawn(workspace, before, refusal)}
    return render(request, PAGE, shown, status=status)


def _fragment(request: HttpRequest, place: Place, workspace: queries.Workspace) -> HttpResponse:
    return render(
        request, FRAGMENT, {"place": place, "reasons": REASONS, **_drawn(workspace, _before(place, workspace))}
    )


def _looked_at_again(place: Place, annotation: Annotation) -> queries.Workspace:
    """One's own earlier answer. It has been given, so what was suggested may be seen now."""
    return queries.looked_at_again(place, annotation, suggestions.reveal_answered(place, annotation))


def _answers(request: HttpRequest, form_id: int, item: Item, shown: list[int]) -> dict[str, Any]:
    """What the form says about the item as this person was shown it."""
    questions = questions_of(form_id)
    return posted.answers(request, questions, subjects.of(item, shown, questions))


def _before(place: Place, workspace: queries.Workspace) -> int | None:
    """Where Z leads: the item that this person answered before the one in view."""
    return queries.number_before(place, before=workspace.annotation_id)


def _drawn(workspace: queries.Workspace, before: int | None, refusal: Refusal | None = None) -> dict[str, Any]:
    return {
        "desk": lay_out(workspace, now=timezone.now(), errors=getattr(refusal, "errors", None)),
        "refusal": refusal,
        "before": before,
        "proposes": True,
    }


def _frame(place: Place) -> dict[str, Any]:
    """What stands around the item."""
    return {
        "place": place,
        "progress": queries.progress(place),
        "reasons": REASONS,
        "last": queries.number_before(place),
        "has_guideline": queries.guideline(place) is not None,
    }


def _refused_page(request: HttpRequest, place: Place, workspace: queries.Workspace, refusal: Refusal) -> HttpResponse:
    return _page(request, place, replace(workspace, fields=posted.fields(request)), refusal, status=422)


def _lost_page(request: HttpRequest, place: Place, lease: Lease, refusal: Refusal) -> HttpResponse:
    """The item is gone, the words are not: they stand on the page to be read and copied."""
    fields = posted.fields(request)
    words = [(question.title, fields.get(question.key, "")) for question in questions_of(lease.form_id)]
    kept = [(title, text) for title, text in words if text]
    return render(request, "annotation/lost.html", {"place": place, "refusal": refusal, "kept": kept}, status=409)


def _submitted(place: Place, submitted: annotations.Submitted, checked_at: str = "") -> JsonResponse:
    """`checked_at` is where it stands what was expected, if that is to be told."""
    annotation = submitted.annotation
    return JsonResponse(
        {
            **({"checked": checked_at} if checked_at else {}),
            "annotation": annotation.pk,
            "item": numbering.number_of(place, annotation.item_id),
            "replayed": submitted.replayed,
            "done": queries.done(place),
        }
    )


urlpatterns_label = [
    path("projects/<slug:slug>/label/", label, name="label"),
    path("projects/<slug:slug>/label/next/", label_next, name="label-next"),
    path("projects/<slug:slug>/label/guideline/", guideline, name="label-guideline"),
    path("projects/<slug:slug>/label/items/<int:item_id>/", revise, name="revise"),
    path("projects/<slug:slug>/label/items/<int:item_id>/check/", checked, name="checked"),
    path("projects/<slug:slug>/label/items/<int:item_id>/draft/", draft_of_item, name="draft-of-item"),
    path("projects/<slug:slug>/label/items/<int:item_id>/propose/", propose, name="propose"),
    path("projects/<slug:slug>/label/items/<int:item_id>/raw/", raw, name="raw"),
    path("projects/<slug:slug>/label/<uuid:lease_id>/submit/", submit, name="submit"),
    path("projects/<slug:slug>/label/<uuid:lease_id>/draft/", draft, name="draft"),
    path("projects/<slug:slug>/label/<uuid:lease_id>/extend/", extend, name="extend"),
    path("projects/<slug:slug>/label/<uuid:lease_id>/suggestion/", suggestion, name="suggestion"),
    path("projects/<slug:slug>/label/<uuid:lease_id>/skip/", skip, name="skip"),
]
