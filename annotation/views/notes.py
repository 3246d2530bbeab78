"""Reading what a reviewer said about one's answer."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from annotation import access
from annotation.services import notes
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest


@in_project(Right.BELONG)
@require_POST
def read(request: HtmxRequest, place: Place, note_id: int) -> HttpResponse:
    notes.mark_read(access.note(place, note_id))
    return redirect("annotation:overview", place.project.slug)
