"""Who runs a command, and in which project: commands have no session, so they name a person or act for the owner."""

from django.core.management.base import CommandError
from django.http import Http404

from accounts.models import User
from projects.access import Place, Right, place
from projects.models import Project


def place_of(slug: str, email: str | None, right: Right, what: str) -> Place:
    """Who asks, by default who started the project, and where.

    Raises CommandError, for whom lacks the right in the words of `what` they may not do: “ask no model”.
    """
    project = Project.objects.live().filter(slug=slug).select_related("created_by").first()
    if project is None:
        raise CommandError(f"There is no project {slug}.")
    user = User.objects.filter(email=email.lower()).first() if email else project.created_by
    try:
        if user is not None:
            return place(user, slug, right)
    except Http404:
        pass
    who = email or project.created_by.email
    needed = " or curator" if right == Right.CURATE else ""
    raise CommandError(f"{who} may {what} in {slug}. Name an owner{needed}: --as E-MAIL.")
