"""Pages of annotators: all of them, and one with the evidence."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curation import access
from curation.queries import analyses, people
from curation.queries.people_words import badges
from curation.queries.quality_names import names
from projects.access import Place, Right, in_project
from ui.pagination import keyset_page
from ui.requests import HtmxRequest

TAB = {"tab": "quality", "part": "people"}


@in_project(Right.CURATE)
@require_safe
def list_people(request: HtmxRequest, place: Place) -> HttpResponse:
    """Who labeled, about one facet; who said most first."""
    analysis = analyses.newest(place.project)
    shown: dict[str, Any] = {"place": place, "analysis": analysis, **TAB}
    if analysis:
        facets, called = people.facets(analysis), names(place.project)
        asked = (request.GET.get("question", ""), request.GET.get("facet", ""))
        chosen = asked if asked in facets else (facets[0] if facets else ("", ""))
        found = people.listed(analysis, *chosen)
        page = keyset_page(found, request, ("-labels",))
        shown |= {
            "rows": [(one, badges(one.figures)) for one in page.items],
            "more_url": page.next_url,
            "count": found.count(),
            "out": found.filter(figures__unusual__0__isnull=False).count(),
            "facets": [(*one, called.of(*one), one == chosen) for one in facets],
            "chosen": chosen,
            "title": called.of(*chosen),
        }
    is_more = request.htmx and "after" in request.GET
    return render(request, f"curation/people.html{'#rows' if is_more else ''}", shown)


@in_project(Right.CURATE)
@require_safe
def person(request: HtmxRequest, place: Place, who: str) -> HttpResponse:
    """Everything that is known of how one person, or one imported name, labels."""
    standings = access.standings(place, who)
    chosen = people.choose(standings, request.GET.get("question", ""), request.GET.get("facet", ""))
    shown = {
        "place": place,
        "view": people.view(chosen),
        "choices": people.choices(standings, chosen, names(place.project)),
        "who": who,
        **TAB,
    }
    return render(request, "curation/person.html", shown)
