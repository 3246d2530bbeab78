"""Pages of judges: every model that answered, and one with what it would take to believe it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from curation import access
from curation.accepting import items
from curation.forms import AcceptForm
from curation.models import Acceptance, Standing
from curation.queries import analyses, judges, people
from curation.queries.quality_names import names
from curation.services import accepting
from modelhooks.services import probing
from projects.access import Place, Right, in_project
from projects.buttons import button
from ui.requests import HtmxRequest

TAB = {"tab": "quality", "part": "judges"}
MOST = 200


@in_project(Right.CURATE)
@require_safe
def list_judges(request: HtmxRequest, place: Place) -> HttpResponse:
    """All models that answered, question by question."""
    analysis = analyses.newest(place.project)
    shown: dict[str, Any] = {"place": place, "analysis": analysis, **TAB}
    if analysis:
        called = names(place.project)
        found = list(judges.listed(analysis)[: MOST + 1])
        rows = [(one, called.of(one.question, one.facet)) for one in found[:MOST]]
        shown["accepted"] = {
            (one.checkpoint_id, one.question) for one in Acceptance.objects.filter(project=place.project).standing()
        }
        shown |= {"rows": rows, "most": MOST if len(found) > MOST else 0}
    return render(request, "curation/judges.html", shown)


@in_project(Right.CURATE)
@require_safe
def judge(request: HtmxRequest, place: Place, checkpoint_id: int) -> HttpResponse:
    """Everything that is known of how one model judges, and what would be accepted from which certainty on."""
    standings = access.judge_standings(place, checkpoint_id)
    chosen = people.choose(standings, request.GET.get("question", ""), request.GET.get("facet", ""))
    decided = accepting.in_force(place.project, chosen)
    is_counted = "count" in request.GET  # the page asks for it once it is there, for it may take a moment
    shown = {
        "place": place,
        "decided": decided,
        "accepted": len(items(decided)) if decided and is_counted else None,
        "view": judges.view(chosen, judges.target_of(request.GET.get("target", ""))),
        "choices": people.choices(standings, chosen, names(place.project)),
        "targets": [(f"{one:g}", one) for one in judges.TARGETS],
        **TAB,
    }
    is_part = request.htmx and decided and is_counted
    return render(request, f"curation/judge.html{'#accepted' if is_part else ''}", shown)


@in_project(Right.CURATE)
@require_POST
def accept(request: HtmxRequest, place: Place, checkpoint_id: int) -> HttpResponse:
    """From a certainty on its answers stand where nobody else has answered."""
    chosen, form = _decided_about(request, place, checkpoint_id), AcceptForm(request.POST)
    if not form.is_valid():
        raise accepting.AcceptanceRefused("Choose one of the certainties of the table, and how right it has to be.")
    decided = accepting.accept(place, chosen, **form.wish())
    count = len(items(decided))
    messages.success(request, f"{count:,} answers stand where nobody else has answered. You can take that back here.")
    return _back(place, chosen)


@in_project(Right.CURATE)
@require_POST
def withdraw(request: HtmxRequest, place: Place, checkpoint_id: int) -> HttpResponse:
    """Nothing of it stands by itself any more; releases that were made stay what they are."""
    chosen = _decided_about(request, place, checkpoint_id)
    accepting.withdraw(place, chosen)
    messages.success(request, "Taken back: nothing of it stands by itself. Releases that were made stay what they are.")
    return _back(place, chosen)


def _decided_about(request: HtmxRequest, place: Place, checkpoint_id: int) -> Standing:
    standings = access.judge_standings(place, checkpoint_id)
    return people.choose(standings, request.POST.get("question", ""), request.POST.get("facet", ""))


def _back(place: Place, chosen: Standing) -> HttpResponse:
    address = reverse("curation:judge", args=[place.project.slug, chosen.checkpoint_id])
    return redirect(f"{address}?{urlencode({'question': chosen.question, 'facet': chosen.facet})}")


probe = button(
    Right.CURATE,
    access.judge,
    probing.start,
    "curation:judge",
    "The probes are asked. What comes of them stands here; no label is touched.",
)
