"""Merging and cutting the steps of an item before anybody labels it."""

import re
from dataclasses import dataclass
from itertools import pairwise

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from annotation import access, subjects
from annotation.kinds import Judged
from annotation.models import Annotation
from annotation.services import segmentations
from annotation.views.posted import number
from projects.access import Place, Right, in_project
from ui.rendering import raw_source

PLACES = re.compile(r"(?:\r\n|\n)\s*|[.!?。！？؟]+\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a step that could be a step of its own; `start` is where it would begin."""

    start: int
    html: SafeString


@dataclass(frozen=True, slots=True)
class Side:
    """One response: its steps as lists of pieces."""

    response: int
    letter: str
    cut_by: str
    steps: list[list[Piece]]


@in_project(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def segmentation(request: HttpRequest, place: Place, item_id: int) -> HttpResponse:
    """`cut` and `join` say before which character; each changes one response and shows the page again."""
    item = access.item(place, item_id)
    if request.method == "POST":
        change = segmentations.join if request.POST.get("join") else segmentations.cut
        response = _whole(request.POST.get("response"))
        change(
            place,
            item_id=item.pk,
            response=response,
            cut_by=request.POST.get("cut_by", ""),
            at=_whole(request.POST.get("join") or request.POST.get("cut")),
        )
        return redirect(f"{request.path}#response-{response}")
    sides = [_side(index, judged) for index, judged in enumerate(subjects.in_steps(item))]
    shown = {"place": place, "tab": "items", "item": item, "sides": sides}
    is_open = not Annotation.objects.filter(item=item).exists()
    return render(request, "annotation/segmentation.html", {**shown, "is_open": is_open})


def _side(index: int, judged: Judged) -> Side:
    return Side(index, chr(65 + index), judged.cut_by, [_pieces(judged.text, *step) for step in judged.steps])


def _pieces(text: str, start: int, end: int) -> list[Piece]:
    """The step cut at its line and sentence ends, where a person might want to."""
    at = [match.end() for match in PLACES.finditer(text, start, end) if text[match.end() : end].strip()]
    at = [one for one in at if text[start:one].strip()]
    return [Piece(first, raw_source(text[first:last].strip("\r\n"))) for first, last in pairwise([start, *at, end])]


def _whole(text: str | None) -> int:
    """A whole number from a field; what is none is no place in any text."""
    found = number(text)
    return -1 if found is None else found
