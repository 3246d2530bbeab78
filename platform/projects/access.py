"""Who may touch what. Every function returns the object or raises 404: a stranger cannot tell missing from hidden.

A view names its rule with `public`, `signed_in`, `in_project`, and for what belongs to the whole installation
`somewhere` or `staff`; the access matrix in the tests walks the URL resolver and fails for a view that names none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import ApiToken, Scope, User
from projects.models import Membership, Project, Role
from ui.rules import public, signed_in

__all__ = [
    "Place",
    "Right",
    "has_right_somewhere",
    "in_project",
    "place",
    "public",
    "runs_the_installation",
    "signed_in",
    "somewhere",
    "staff",
    "token_place",
    "token_place_of",
]


class Right(StrEnum):
    """What someone wants to do in a project."""

    BELONG = "belong"  # know that the project exists: its name, the guideline, one's own progress
    LABEL = "label"  # take items, answer them, see one's own answers
    VIEW = "view"  # see items with their model names and everybody's annotations
    CURATE = "curate"  # make releases, review
    OWN = "own"  # import, change form, guideline, members and settings


RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.CURATOR: frozenset({Right.BELONG, Right.LABEL, Right.VIEW, Right.CURATE}),
    Role.ANNOTATOR: frozenset({Right.BELONG, Right.LABEL}),
    Role.VIEWER: frozenset({Right.BELONG, Right.VIEW}),
}

SCOPE_FOR_RIGHT: dict[Right, Scope] = {
    Right.BELONG: Scope.READ,
    Right.LABEL: Scope.LABEL,
    Right.VIEW: Scope.READ,
    Right.CURATE: Scope.WRITE,
    Right.OWN: Scope.MANAGE,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A person inside a project: who, where, in which role. What every service and view works with."""

    user: User
    project: Project
    role: str

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    @property
    def may_label(self) -> bool:
        return self.may(Right.LABEL)

    @property
    def may_view(self) -> bool:
        return self.may(Right.VIEW)

    @property
    def may_curate(self) -> bool:
        return self.may(Right.CURATE)

    @property
    def may_own(self) -> bool:
        return self.may(Right.OWN)


def place(user: User, slug: str, right: Right) -> Place:
    """The project with this slug, if this person has this right in it; else 404."""
    return _place(user, Membership.objects.filter(project__slug=slug), right)


def token_place(user: User, token: ApiToken | None, slug: str, right: Right, *, scope: Scope | None = None) -> Place:
    """`place` for a program: its token must also carry the scope and not be bound to another project.

    `scope` overrides the scope that the right asks for, where a write needs less or more than its right says.
    """
    return _within(token, place(user, slug, right), scope or SCOPE_FOR_RIGHT[right])


def token_place_of(
    user: User, token: ApiToken | None, project_ids: QuerySet[Any, Any], right: Right, *, scope: Scope | None = None
) -> Place:
    """`token_place` for the one project whose id the query yields, in a single query.

    For objects that programs address without their project: they are looked up inside the place afterwards.
    """
    found = _place(user, Membership.objects.filter(project_id=Subquery(project_ids)), right)
    return _within(token, found, scope or SCOPE_FOR_RIGHT[right])


def _place(user: User, memberships: QuerySet[Membership], right: Right) -> Place:
    if not user.is_authenticated or not user.is_active:
        raise Http404
    membership = (
        memberships.select_related("project").filter(user_id=user.pk, project__archived_at__isnull=True).first()
    )
    if membership is None or right not in RIGHTS[membership.role]:
        raise Http404
    return Place(user=user, project=membership.project, role=membership.role)


def _within(token: ApiToken | None, found: Place, scope: Scope) -> Place:
    if token is not None and (token.project_id not in (None, found.project.pk) or scope not in token.scopes):
        raise Http404
    return found


def in_project(right: Right) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Replace the URL's `slug` by the `Place` it names, if the person has the right; else 404.

    The view is called as `view(request, place, **other_url_arguments)`.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, **arguments: Any) -> HttpResponseBase:
            return view(request, place(request.user, slug, right), **arguments)  # type: ignore[arg-type]

        entry = login_required(guarded)
        entry.access_rule = right.value  # type: ignore[attr-defined]
        return entry

    return decorate


def runs_the_installation(user: Any) -> bool:
    """Whether this person may change what belongs to no project."""
    return bool(user.is_authenticated and user.is_active and user.is_staff)


def has_right_somewhere(user: Any, right: Right) -> bool:
    """Whether this person has the right in any live project, or runs the installation."""
    if runs_the_installation(user):
        return True
    if not (user.is_authenticated and user.is_active):
        return False
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    mine = Membership.objects.filter(user_id=user.pk, role__in=roles, project__archived_at__isnull=True)
    return bool(mine.exists())


def somewhere(right: Right) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """For what belongs to the whole installation: whoever has the right in some project may call this; else 404."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        return _guarded(view, lambda user: has_right_somewhere(user, right), f"{right.value}_somewhere")

    return decorate


def staff(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For whoever runs the installation; else 404."""
    return _guarded(view, runs_the_installation, "staff")


def _guarded(
    view: Callable[..., HttpResponseBase], may: Callable[[Any], bool], rule: str
) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        if not may(request.user):
            raise Http404
        return view(request, **arguments)

    entry = login_required(guarded)
    entry.access_rule = rule  # type: ignore[attr-defined]
    return entry
