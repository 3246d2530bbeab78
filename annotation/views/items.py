"""The list of items, and one item with everything that was said about it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotation import access
from annotation.models import Discard
from annotation.queries import item as item_queries
from annotation.queries import items as queries
from annotation.services import segmentations
from annotation.views.reading import lay_out
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest


@in_project(Right.VIEW)
@require_safe
def items(request: HtmxRequest, place: Place) -> HttpResponse:
    filters = queries.read_filters(request.GET)
    if any(value == "" for value in request.GET.values()):
        return redirect(request.path + filters.address())  # a form sends its empty fields, too
    page = queries.page(place.project, filters)
    shown = {"place": place, "filters": filters, "page": page}
    if request.htmx:
        return render(request, "annotation/items.html#lines", shown)
    shown |= {
        "tab": "items",
        "count": queries.count(place.project, filters),
        "counted": queries.COUNTED,
        "states": filters.states(),
        "imports": list(queries.imports_of(place.project)),
    }
    return render(request, "annotation/items.html", shown)


@in_project(Right.VIEW)
@require_safe
def item(request: HtmxRequest, place: Place, item_id: int) -> HttpResponse:
    found, was_discarded, form_id = access.item_to_read(place, item_id)
    history = item_queries.history(found)
    query = request.GET.copy()
    is_whole = bool(query.pop("whole", None))  # beside the filters of the list that the item was reached from
    filters = queries.read_filters(query)
    shown = {"place": place, "tab": "items", "item": found, "history": history, "filters": filters}
    shown["neighbors"] = queries.neighbors(place.project, filters, found.pk)
    shown["has_steps"] = place.may_curate and segmentations.asks(form_id)
    if was_discarded:  # hardly ever
        shown["discard"] = Discard.objects.standing().filter(item=found).select_related("by").first()
    shown["texts"] = lay_out(found, history.responses, whole=is_whole)
    return render(request, "annotation/item.html", shown)
