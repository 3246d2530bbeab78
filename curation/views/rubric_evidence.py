"""The page on which a curator decides about the criteria of a version, with the evidence beside each."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotation import access as annotation_access
from annotation.models import RubricVersion
from annotation.services.rubrics import RubricRefused, RubricRetired
from curation import access
from curation.models import RubricReport
from curation.preferences import Reviewed
from curation.queries import hypotheses
from curation.queries import rubrics as queries
from curation.rubric_forms import EditForm, GuessForm, ReviseForm, RunForm
from curation.services import rubric_drafts, rubric_runs
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest

TAB = {"tab": "rubrics", "part": "library"}
LONGEST_NUMBER = 18


@in_project(Right.CURATE)
@require_safe
def show(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """The criteria with what judges and labels say of them."""
    return page(request, place, annotation_access.rubric_version(place, number, version))


@in_project(Right.CURATE)
@require_POST
def judge(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """Let a judge answer this version about labelled pairs."""
    found = annotation_access.rubric_version(place, number, version)
    form = _run_form(place, request.POST)
    if form.is_valid():
        try:
            rubric_runs.grade(
                place,
                version=found,
                checkpoint=form.cleaned_data["checkpoint"],
                question=form.cleaned_data["question"],
                wishes=form.wishes(),
            )
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("curation:rubric-evidence", place.project.slug, number, version)
    return page(request, place, found, run_form=form)


@in_project(Right.CURATE)
@require_POST
def decide(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """Make the next version of what was decided about each criterion."""
    found = annotation_access.rubric_version(place, number, version)
    form = EditForm(request.POST, criteria=found.criteria)
    if form.is_valid():
        weights = _fitted(place, found, request) if request.POST.get("act") == "fitted" else {}
        try:
            made = rubric_drafts.decide(place, found, form.edits(), note=form.cleaned_data["note"], weights=weights)
        except (RubricRefused, RubricRetired) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("curation:rubric-evidence", place.project.slug, number, made.number)
    return page(request, place, found, edit_form=form)


def _fitted(place: Place, version: RubricVersion, request: HtmxRequest) -> dict[str, float]:
    return rubric_drafts.fitted_weights(version, report_named(place, version, request.POST.get("report", "")))


def report_named(place: Place, version: RubricVersion, said: str) -> RubricReport | None:
    """The report that a form speaks of; None where it speaks of none. Raises 404 for one of something else."""
    is_number = said.isascii() and said.isdigit() and len(said) <= LONGEST_NUMBER
    return access.rubric_report(place, version, int(said)) if is_number else None


def _run_form(place: Place, data: Any = None) -> RunForm:
    return RunForm(data, checkpoints=queries.judges(place.project), questions=Reviewed().questions(place.project))


def page(
    request: HtmxRequest,
    place: Place,
    version: RubricVersion,
    *,
    run_form: RunForm | None = None,
    edit_form: EditForm | None = None,
    revise_form: ReviseForm | None = None,
    guess_form: GuessForm | None = None,
    refusal: str = "",
) -> HttpResponse:
    """A version with its evidence, and with what was wrong with what was asked, if something was."""
    reports = queries.reports(version)
    wanted = request.GET.get("report", "")
    report = next((one for one in reports if str(one.pk) == wanted), reports[0] if reports else None)
    found = queries.evidence(version, report)
    edit = edit_form or EditForm(criteria=version.criteria)
    run = run_form or _run_form(place)
    writers = queries.writers(place.project)
    revise, guess = revise_form or ReviseForm(writers=writers), guess_form or GuessForm(writers=writers)
    shown = {
        "place": place,
        "version": version,
        "evidence": found,
        "reports": reports,
        "lines": [
            (row, *(edit[f"{name}.{row.key}"] for name in ("keep", "title", "weight", "into"))) for row in found.rows
        ],
        "edit_form": edit,
        "run_form": run,
        "revise_form": revise,
        "guess_form": guess,
        "guesses": hypotheses.guesses(version, report),
        "has_writers": bool(revise.fields["writer"].queryset),  # type: ignore[attr-defined]
        "refusal": refusal,
        "has_judges": bool(run.fields["checkpoint"].queryset),  # type: ignore[attr-defined]
        **TAB,
    }
    is_refused = bool(run.is_bound or edit.is_bound or revise.is_bound or guess.is_bound or refusal)
    part = "#evidence" if request.htmx else ""
    return render(request, f"curation/rubric_evidence.html{part}", shown, status=422 if is_refused else 200)
