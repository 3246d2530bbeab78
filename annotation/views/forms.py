"""Building the form: its questions as plain fields, with the dock that annotators will see below them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from annotation import builder
from annotation.kinds import KINDS
from annotation.models import Question
from annotation.queries import forms as queries
from annotation.services import forms
from annotation.services.layout_forms import FORMS
from annotation.services.presets import PRESETS
from annotation.subjects import NO_ITEM
from annotation.views import dock
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest


@in_project(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HtmxRequest, place: Place) -> HttpResponse:
    """`act` says what a post is for: `save`, `show` (nothing), or one of `builder.act`. Only `save` saves."""
    if request.method != "POST":
        return _page(request, place, _start(place, request.GET.get("preset", "")))
    questions = builder.read(request.POST)
    action = request.POST.get("act", "show")
    if action == "save":
        return _save(request, place, questions)
    return _page(request, place, builder.act(questions, action))


@in_project(Right.OWN)
@require_POST
def preview(request: HtmxRequest, place: Place) -> HttpResponse:
    """The dock for the questions as they stand, or what is wrong with them. Nothing is saved."""
    return _page(request, place, builder.read(request.POST), part="preview", checks=True)


def _save(request: HtmxRequest, place: Place, questions: list[builder.Raw]) -> HttpResponse:
    before = queries.current_form(place.project.pk)
    try:
        saved = forms.save_form(place, questions)
    except forms.FormRefused as refused:
        return _page(request, place, questions, errors=refused.sentences, status=422)
    unchanged = before is not None and saved.pk == before.pk
    said = "Nothing changed, so there is no new version." if unchanged else f"Version {saved.version} is in force."
    messages.success(request, said)
    address = reverse("annotation:form", args=[place.project.slug])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _start(place: Place, preset: str) -> list[builder.Raw]:
    """The questions in force, else those of a preset or of a layout of files."""
    saved = queries.current_form(place.project.pk)
    if saved is None or preset in FORMS:
        return [{**builder.new(one["kind"]), **one} for one in FORMS.get(preset, FORMS["preference"]).questions]
    return [builder.raw_of(question) for question in queries.questions_of(saved.pk)]


def _page(
    request: HtmxRequest,
    place: Place,
    questions: list[builder.Raw],
    *,
    errors: dict[str, str] | None = None,
    part: str = "builder",
    checks: bool = False,
    status: int = 200,
) -> HttpResponse:
    saved = queries.current_form(place.project.pk)
    asked, faults = _checked(questions)
    shown: dict[str, Any] = {
        "place": place,
        "tab": "settings",
        "part": "form",
        "rows": builder.rows(questions, errors if errors is not None else faults if checks else {}),
        "errors": errors or {},
        "faults": [_of_question(name, sentence) for name, sentence in faults.items()],
        "blocks": _dock(asked),
        "kinds": KINDS,
        "styles": sorted({name for kind in KINDS.values() for name in kind.styles}),
        "presets": PRESETS,
        "saved": saved,
        "answers": queries.answers_to(saved.pk) if saved else 0,
    }
    template = f"annotation/form.html#{part}" if request.htmx else "annotation/form.html"
    return render(request, template, shown, status=status)


def _of_question(name: str, sentence: str) -> str:
    """A sentence of `FormRefused` that says which question it is about."""
    position = name.partition(".")[0]
    return f"Question {int(position) + 1}: {sentence}" if position.isdecimal() else sentence


def _dock(asked: Sequence[forms.Asking]) -> list[dock.Block]:
    """The questions as the labeling page draws them, for an item with two responses."""
    questions = [Question(**builder.raw_of(one)) for one in asked]
    return dock.blocks(questions, NO_ITEM, {})


def _checked(questions: list[builder.Raw]) -> tuple[list[forms.Asking], dict[str, str]]:
    try:
        return forms.check(questions), {}
    except forms.FormRefused as refused:
        return [], refused.sentences
