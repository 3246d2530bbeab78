"""How far the project is and what to do next."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotation.queries import notes as note_queries
from annotation.queries import overview as queries
from annotation.queries.anchoring import anchoring
from annotation.queries.projects import waits_for
from annotation.views.steps import next_steps
from projects.access import Place, Right, in_project
from projects.queries import guideline
from ui.requests import HtmxRequest


@in_project(Right.BELONG)
@require_safe
def overview(request: HtmxRequest, place: Place) -> HttpResponse:
    """An annotator sees their own progress and the guideline; whoever may view sees the project."""
    waiting = waits_for(place)
    shown = {"place": place, "tab": "overview", "waiting": waiting, "notes": note_queries.unread(place)}
    if not place.may_view:
        own = queries.own_progress(place)
        return render(request, "annotation/own.html", {**shown, "own": own, "guideline": guideline(place.project)})
    found = queries.overview(place, now=timezone.now())
    steps = next_steps(place, found, waiting)
    leaning = anchoring(place.project) if place.may_curate else None
    more = {"overview": found, "steps": steps, "anchoring": leaning}
    return render(request, "annotation/overview.html", {**shown, **more})
