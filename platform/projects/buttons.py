"""Buttons on the page of something that belongs to a project: pressed, it is done, told, and the page comes back."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from projects.access import Place, Right, in_project

Thing = TypeVar("Thing")
Told = TypeVar("Told")


def button(
    right: Right,
    find: Callable[[Place, Any], Thing],
    verb: Callable[[Place, Thing], Told],
    page: str,
    told: str | Callable[[Told], str],
) -> Callable[..., HttpResponseBase]:
    """The view of a button: `find` gives the thing that the address names or raises 404, `verb` does it.

    `told` is what its reader is told afterwards, in words or made of what `verb` returned; `page` names the view of the
    thing, whose address differs from the button's in nothing but its end.
    """

    @in_project(right)
    @require_POST
    def press(request: HttpRequest, place: Place, **named: Any) -> HttpResponse:
        (name,) = named.values()
        done = verb(place, find(place, name))
        messages.success(request, told(done) if callable(told) else told)
        return redirect(page, place.project.slug, name)

    return press
