"""Which items have a known answer, and saying what it is."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import access, subjects
from annotation.kinds import KINDS
from annotation.models import Annotation, Gold, Item, Question
from annotation.queries import gold as known
from annotation.queries import gold_page as queries
from annotation.queries import item as item_queries
from annotation.queries.forms import current_form, questions_of
from annotation.refusals import AnswersRefused
from annotation.services import gold, screening
from annotation.views import dock, posted
from annotation.views.reading import lay_out
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest

# Fields that are no answers; a key of a question begins with a letter.
KEEP, ACCEPT, WITHIN, NOTE, ACT = "_keep", "_accept", "_within", "_note", "_act"


@in_project(Right.CURATE)
@require_safe
def listing(request: HtmxRequest, place: Place) -> HttpResponse:
    """All of them, and how many everybody has left."""
    after = posted.number(request.GET.get("after")) or 0
    lines = queries.lines(place.project, after=after)
    shown = {
        "place": place,
        "tab": "items",
        "part": "gold",
        "lines": lines[: queries.PAGE],
        "more": lines[queries.PAGE - 1].item_id if len(lines) > queries.PAGE else None,
        "count": queries.count(place.project),
        "met": queries.met(place.project),
        "beginners": queries.beginners(place.project),
    }
    return render(request, "annotation/gold.html", shown)


@in_project(Right.OWN)
@require_POST
def admit(request: HtmxRequest, place: Place) -> HttpResponse:
    """Let somebody label who did not pass, or is still at it."""
    try:
        found = screening.admit(place, person_id=posted.number(request.POST.get("person")) or 0)
    except screening.NobodyWaits as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{found.person} may label any item now.")
    return redirect("annotation:gold", place.project.slug)


@in_project(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def of_item(request: HtmxRequest, place: Place, item_id: int) -> HttpResponse:
    """What is accepted of one item: kept, widened by what somebody said or by an answer of one's own, or taken back."""
    item = access.item(place, item_id)
    form = current_form(place.project.pk)
    if form is None:
        messages.error(request, "The project has no questions yet.")
        return redirect("annotation:item", place.project.slug, item.pk)
    questions, newest = questions_of(form.pk), known.newest(item)
    if request.method != "POST":
        return _page(request, place, item, questions)
    if request.POST.get(ACT) == "withdraw":
        gold.withdraw(place, item_id=item.pk)
        messages.success(request, "Taken back. The item is labeled as any other.")
        return redirect("annotation:gold", place.project.slug)
    try:
        answers = _answers(request, item, form.pk, questions, newest)
        marked = gold.mark(place, item_id=item.pk, answers=answers, note=_note(request))
    except AnswersRefused as refused:
        return _page(request, place, item, questions, refused)
    messages.success(request, f"Known, version {marked.version}.")
    return redirect("annotation:item-gold", place.project.slug, item.pk)


def _answers(
    request: HttpRequest, item: Item, form_id: int, questions: Sequence[Question], newest: Gold | None
) -> dict[str, Any]:
    """What the page says is accepted, as `gold.mark` takes it. Raises AnswersRefused."""
    kept = set(request.POST.getlist(KEEP))
    found: dict[str, list[Any]] = {
        key: [value for number, value in enumerate(one["accepted"]) if f"{key}:{number}" in kept]
        for key, one in (newest.answers if newest else {}).items()
    }
    subject = subjects.of(item, questions=questions)
    for said in [*_chosen(request, item, form_id), posted.answers(request, _drawn(questions), subject)]:
        for question in questions:
            value = said.get(question.key)
            if value is not None and question.kind != "text" and value not in found.setdefault(question.key, []):
                found[question.key].append(value)
    return {
        key: {"accepted": values, "within": posted.number(request.POST.get(f"{WITHIN}.{key}")) or 0}
        for key, values in found.items()
        if values
    }


def _note(request: HttpRequest) -> str:
    """As it was typed: browsers send line ends as CRLF."""
    return request.POST.get(NOTE, "").replace("\r\n", "\n")


def _chosen(request: HttpRequest, item: Item, form_id: int) -> list[dict[str, Any]]:
    """The answers of the annotations that were picked."""
    picked = [number for text in request.POST.getlist(ACCEPT)[: queries.MOST_SAID] if (number := posted.number(text))]
    said = Annotation.objects.filter(pk__in=picked, item=item, form=form_id)
    return list(said.order_by("pk").values_list("answers", flat=True))


def _drawn(questions: Sequence[Question]) -> list[Question]:
    """Those that can be answered on this page: what is answered inside the texts is labeled first and then accepted."""
    return [one for one in questions if not KINDS[one.kind].side_template and one.kind != "text"]


def _page(
    request: HttpRequest,
    place: Place,
    item: Item,
    questions: Sequence[Question],
    refusal: AnswersRefused | None = None,
) -> HttpResponse:
    newest = known.newest(item)
    subject, asked = subjects.of(item, questions=questions), _drawn(questions)
    form_id = questions[0].form_id
    shown = {
        "place": place,
        "tab": "items",
        "part": "gold",
        "item": item,
        "texts": lay_out(item, item_queries.responses_of(item)),
        "newest": newest,
        "accepted": queries.accepted(newest, item, questions),
        "offered": queries.offered(item, form_id, questions),
        "blocks": dock.blocks(asked, subject, posted.fields(request), getattr(refusal, "errors", None)),
        "styles": dock.assets(asked)[1],
        "left_out": [one for one in questions if KINDS[one.kind].side_template],
        "note": request.POST.get(NOTE, newest.note if newest else ""),
        "refusal": refusal,
        "versions": Gold.objects.filter(item=item).select_related("created_by").order_by("-version")[:20],
    }
    return render(request, "annotation/gold_item.html", shown, status=422 if refusal else 200)
