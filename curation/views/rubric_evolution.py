"""A version is revised by a writer, and takes over from the one before it where labels say so."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from annotation import access as annotation_access
from curation.queries import rubrics as queries
from curation.rubric_forms import ReviseForm
from curation.services import rubric_promotion, rubric_runs
from curation.services.rubric_promotion import PromotionRefused
from curation.views.rubric_evidence import page, report_named
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest


@in_project(Right.CURATE)
@require_POST
def revise(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """Let a writer mend this version by pairs that it got wrong."""
    found = annotation_access.rubric_version(place, number, version)
    report = report_named(place, found, request.POST.get("report", ""))
    form = ReviseForm(request.POST, writers=queries.writers(place.project))
    if form.is_valid():
        said = form.cleaned_data
        try:
            rubric_runs.revise(place, report=report, checkpoint=said["writer"], percent=said["percent"])
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("curation:rubric-evidence", place.project.slug, number, version)
    return page(request, place, found, revise_form=form)


@in_project(Right.CURATE)
@require_POST
def promote(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """Let it take over from the version before."""
    found = annotation_access.rubric_version(place, number, version)
    try:
        rubric_promotion.promote(place, found)
    except PromotionRefused as refused:
        return page(request, place, found, refusal=str(refused))
    return redirect("curation:rubric-evidence", place.project.slug, number, version)
