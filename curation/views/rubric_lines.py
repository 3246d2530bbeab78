"""Pages of lines of rubrics: starting a run that writes them, what it found in whose words, and drafts of that."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from annotation.models import RubricVersion
from annotation.services.rubrics import RubricRefused
from curation import access
from curation.queries import rubric_lines as queries
from curation.queries import rubrics
from curation.rubric_forms import LinesForm, SharedForm
from curation.rubrics import PRINCIPLES
from curation.services import line_drafts, line_runs
from curation.views.rubrics import TAB, runs_page
from modelhooks.models import Run
from modelhooks.queries.runs import report
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.pagination import keyset_page
from ui.requests import HtmxRequest

AT_ONCE = 50


@in_project(Right.CURATE)
@require_POST
def start(request: HtmxRequest, place: Place) -> HttpResponse:
    """Start a run that writes lines."""
    writers, questions = rubrics.writers(place.project), line_runs.questions(place.project)
    form = LinesForm(request.POST, checkpoints=writers, questions=questions)
    if form.is_valid():
        try:
            return redirect("curation:rubric-lines", place.project.slug, _started(place, form).pk)
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
    return runs_page(request, place, lines_form=form)


@in_project(Right.CURATE)
@require_safe
def show(request: HtmxRequest, place: Place, lines_id: int) -> HttpResponse:
    """What a run found, with the words that it rests on."""
    return _page(request, place, access.lines_run(place, lines_id), SharedForm())


@in_project(Right.CURATE)
@require_POST
def gather(request: HtmxRequest, place: Place, lines_id: int) -> HttpResponse:
    """Make a draft of the principles that several annotators go by."""
    run = access.lines_run(place, lines_id)
    form = SharedForm(request.POST)
    if form.is_valid():
        try:
            return _to(place, line_drafts.of_justifications(place, run=run, **form.cleaned_data))
        except RubricRefused as refusal:
            form.add_error(None, str(refusal))
    return _page(request, place, run, form)


class TakeForm(forms.Form):
    """Whose lines are taken."""

    item = forms.IntegerField(min_value=1, max_value=2**63 - 1)


@in_project(Right.CURATE)
@require_POST
def take(request: HtmxRequest, place: Place, lines_id: int) -> HttpResponse:
    """Make a draft of all lines of one item, for that item alone."""
    run = access.lines_run(place, lines_id)
    form = TakeForm(request.POST)
    if form.is_valid():
        try:
            return _to(place, line_drafts.of_item(place, run=run, item_id=form.cleaned_data["item"]))
        except RubricRefused as refusal:
            form.add_error(None, str(refusal))
    return _page(request, place, run, form)


def _started(place: Place, form: LinesForm) -> Run:
    said = form.cleaned_data
    question = said["question"] if said["source"] == PRINCIPLES else ""  # which is always chosen on the page
    return line_runs.start(
        place,
        source=said["source"],
        checkpoint=said["checkpoint"],
        question=question,
        filters=form.filters(),
        wishes=form.wishes(),
    )


def _to(place: Place, made: RubricVersion) -> HttpResponse:
    return redirect("curation:rubric-evidence", place.project.slug, made.rubric.number, made.number)


def _page(request: HtmxRequest, place: Place, run: Run, form: forms.Form) -> HttpResponse:
    page = keyset_page(queries.lines(run), request, ("item_id", "pk"), size=AT_ONCE)
    shown = {
        "place": place,
        "run": run,
        "report": report(run, timezone.now()),
        "counts": queries.counts(run),
        "page": page,
        "taken": queries.first_of_items(page.items) if run.hook != PRINCIPLES else set(),
        "form": form,
        "shared_form": form if isinstance(form, SharedForm) else SharedForm(),
        **TAB,
    }
    part = "#progress" if request.htmx else ""
    return render(request, f"curation/rubric_lines.html{part}", shown, status=422 if form.is_bound else 200)
