"""What a version does not name is guessed by a writer, tested by the judge, and added where labels speak for it."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from annotation import access as annotation_access
from annotation.services.rubrics import RubricRefused, RubricRetired
from curation import access
from curation.queries import rubrics as queries
from curation.rubric_forms import GuessForm
from curation.services import rubric_hypotheses
from curation.services.rubric_hypotheses import NotClaimed
from curation.views.rubric_evidence import page, report_named
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest


@in_project(Right.CURATE)
@require_POST
def guess(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """Let a writer guess what this version does not name."""
    found = annotation_access.rubric_version(place, number, version)
    report = report_named(place, found, request.POST.get("report", ""))
    form = GuessForm(request.POST, writers=queries.writers(place.project))
    if form.is_valid():
        said = form.cleaned_data
        try:
            rubric_hypotheses.guess(
                place, report=report, checkpoint=said["writer"], percent=said["percent"], pairs=said["pairs"]
            )
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("curation:rubric-evidence", place.project.slug, number, version)
    return page(request, place, found, guess_form=form)


@in_project(Right.CURATE)
@require_POST
def test(request: HtmxRequest, place: Place, number: int, version: int, guesses_id: int) -> HttpResponse:
    """Let the judge of a report answer what was guessed."""
    found = annotation_access.rubric_version(place, number, version)
    guesses = access.guesses(place, found, guesses_id)
    report = report_named(place, found, request.POST.get("report", ""))
    try:
        rubric_hypotheses.put_to_test(place, report=report, guesses=guesses)
    except RunRefused as refused:
        return page(request, place, found, refusal=str(refused))
    return redirect("curation:rubric-evidence", place.project.slug, number, version)


@in_project(Right.CURATE)
@require_POST
def add(request: HtmxRequest, place: Place, number: int, version: int, guesses_id: int) -> HttpResponse:
    """Make the next version, with one of the guesses that labels speak for."""
    found = annotation_access.rubric_version(place, number, version)
    guesses = access.guesses(place, found, guesses_id)
    report = report_named(place, guesses, request.POST.get("report", ""))
    if report is None:
        return page(request, place, found, refusal=rubric_hypotheses.NOT_TESTED)
    try:
        made = rubric_hypotheses.add(place, report=report, key=request.POST.get("key", ""))
    except (NotClaimed, RubricRefused, RubricRetired) as refused:
        return page(request, place, found, refusal=str(refused))
    return redirect("curation:rubric-evidence", place.project.slug, number, made.number)
