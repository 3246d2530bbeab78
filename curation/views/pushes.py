"""Pushing a release to the Hub from its page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from curation import access
from curation.forms import PushForm
from curation.services import hub_pushes
from projects.access import Place, Right, in_project
from ui.problems import Refusal
from ui.requests import HtmxRequest


@in_project(Right.OWN)
@require_POST
def push(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """Ask for a push; its list on the page tells how it goes."""
    release, form = access.numbered(place, number), PushForm(request.POST)
    try:
        if form.is_valid():
            asked = hub_pushes.push(place, release, **form.cleaned_data)
            said = "is on its way there already" if asked.is_repeat else "goes there now"
            messages.info(request, f"Release {release.number} {said}.")
            return redirect("curation:release", place.project.slug, number)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    for error in (sentence for sentences in form.errors.values() for sentence in sentences):
        messages.error(request, str(error))
    return redirect("curation:release", place.project.slug, number)
