"""The page of what a judge is told: every version, and what would have to be shown before one takes over."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from curation import access
from curation.judge_forms import RewordForm, TrialForm, WriteForm
from curation.queries import judge_versions as queries
from curation.queries import rubrics
from curation.queries.judge_versions import Family
from curation.services import judge_promotion, judge_runs
from curation.services.judge_promotion import PromotionRefused
from modelhooks.models import Checkpoint
from modelhooks.services import instructions
from modelhooks.services.instructions import InstructionsRefused
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.differences import marked
from ui.requests import HtmxRequest

TAB = {"tab": "quality", "part": "judges"}
UNKNOWN = "There is no such version."


@in_project(Right.CURATE)
@require_safe
def show(request: HtmxRequest, place: Place, checkpoint_id: int) -> HttpResponse:
    """All versions of the judge with what labels say of them."""
    judge = access.told_judge(place, checkpoint_id)
    return page(request, place, queries.family(place.project, judge, request.GET.get("question", "")))


@in_project(Right.CURATE)
@require_POST
def try_out(request: HtmxRequest, place: Place, checkpoint_id: int) -> HttpResponse:
    """Hold a version against labels, beside the one in use."""
    judge, family = _found(request, place, checkpoint_id)
    form = TrialForm(request.POST, numbers=_numbers(family), questions=family.questions)
    if form.is_valid():
        version = access.judge_version(place, judge, form.cleaned_data["version"])
        question = form.cleaned_data["question"]
        try:
            judge_runs.try_out(place, version, question=question, wishes=form.wishes())
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _back(place, judge, question)
    return page(request, place, family, trial_form=form)


@in_project(Right.CURATE)
@require_POST
def reword(request: HtmxRequest, place: Place, checkpoint_id: int) -> HttpResponse:
    """Let a writer mend what a version is told by pairs that it got wrong."""
    judge, family = _found(request, place, checkpoint_id)
    form = _reword_form(place, family, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        report = next(one.report for one in family.tried if one.report and one.version.number == said["version"])
        try:
            judge_runs.reword(place, report=report, checkpoint=said["writer"], percent=said["percent"])
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _back(place, judge, family.question)
    return page(request, place, family, reword_form=form)


@in_project(Right.CURATE)
@require_POST
def write(request: HtmxRequest, place: Place, checkpoint_id: int) -> HttpResponse:
    """The next version in a curator's own words."""
    judge, family = _found(request, place, checkpoint_id)
    form = WriteForm(request.POST, numbers=_numbers(family))
    if form.is_valid():
        said = form.cleaned_data
        parent = access.judge_version(place, judge, said["version"])
        try:
            instructions.write(parent, said["instructions"], by=place.user)
        except InstructionsRefused as refusal:
            form.add_error("instructions", str(refusal))
        else:
            return _back(place, judge, family.question)
    return page(request, place, family, write_form=form)


@in_project(Right.CURATE)
@require_POST
def promote(request: HtmxRequest, place: Place, checkpoint_id: int) -> HttpResponse:
    """Use this one from now on."""
    judge, family = _found(request, place, checkpoint_id)
    number = request.POST.get("version", "")
    if number not in map(str, _numbers(family)):
        return page(request, place, family, refusal=UNKNOWN)
    version = access.judge_version(place, judge, int(number))
    try:
        judge_promotion.promote(place, version, question=family.question)
    except PromotionRefused as refused:
        return page(request, place, family, refusal=str(refused))
    return _back(place, judge, family.question)


def page(request: HtmxRequest, place: Place, family: Family, **more: Any) -> HttpResponse:
    """The page, with a form that was refused as it was sent; 422 where one was, or a promotion."""
    forms_sent = {name: form for name, form in more.items() if isinstance(form, forms.Form)}
    numbers, writers = _numbers(family), rubrics.writers(place.project)
    shown = {
        "place": place,
        "family": family,
        "lines": [(one, marked(one.changes)) for one in family.lines],
        "trial_form": TrialForm(
            numbers=numbers, questions=family.questions, initial={"question": family.question}, auto_id="try_%s"
        ),
        "reword_form": _reword_form(place, family),
        "has_writers": writers.exists(),
        "write_form": WriteForm(
            numbers=numbers,
            initial={"instructions": family.lines[0].version.instructions},
            auto_id="write_%s",
        ),
        **TAB,
        **more,
    }
    is_part = request.htmx and request.method == "GET"
    name = f"curation/judge_versions.html{'#open-runs' if is_part else ''}"
    return render(request, name, shown, status=422 if forms_sent or "refusal" in more else 200)


def _found(request: HtmxRequest, place: Place, checkpoint_id: int) -> tuple[Checkpoint, Family]:
    judge = access.told_judge(place, checkpoint_id)
    return judge, queries.family(place.project, judge, request.POST.get("question", ""))


def _numbers(family: Family) -> list[int]:
    return [one.version.number for one in family.lines]


def _reword_form(place: Place, family: Family, said: Any = None) -> RewordForm:
    numbers = [one.version.number for one in family.tried]
    in_use = family.in_use.version.number
    return RewordForm(
        said,
        numbers=numbers,
        writers=rubrics.writers(place.project),
        initial={"version": in_use if in_use in numbers else None},
        auto_id="reword_%s",
    )


def _back(place: Place, judge: Checkpoint, question: str) -> HttpResponse:
    address = reverse("curation:judge-versions", args=[place.project.slug, judge.pk])
    return redirect(f"{address}?{urlencode({'question': question})}")
