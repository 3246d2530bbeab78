"""Rules of access that need no project. Every view names its rule; the access matrix in the tests walks them all."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def public(view: View) -> View:
    """Anybody may call this."""
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody who is signed in may call this; it shows only what is theirs."""
    guarded = login_required(view)
    guarded.access_rule = "signed_in"  # type: ignore[attr-defined]
    return guarded
