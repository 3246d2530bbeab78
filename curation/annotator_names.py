"""How annotators are called outside the project, and whom a name means that somebody gave."""

import hmac
from hashlib import sha256
from typing import NamedTuple

from accounts.models import User
from annotation.models import Annotation
from curation.recipes.records import PEOPLE
from projects.models import Project


class Named(NamedTuple):
    """A person by id, or a name that came with an import; one of the two."""

    person: int | None = None
    imported: str = ""


def named(project: Project, name: str) -> list[Named]:
    """All who have labeled something in the project under this e-mail address, or under this name of an import: the
    same person may have done both. Case does not count."""
    said = Annotation.objects.filter(project=project)
    people = User.objects.filter(email__iexact=name).order_by("pk")
    found = [Named(person.pk) for person in people if said.filter(author=person).exists()]
    imported = said.filter(author=None, run=None, imported_name__iexact=name).exclude(imported_name="")
    names = imported.order_by("imported_name").values_list("imported_name", flat=True).distinct()
    return found + [Named(imported=one) for one in names]


def pseudonym(salt: str, origin: str, who: object) -> str:
    """A name for an annotator that is the same in every release of the project and says nothing outside it."""
    mark = hmac.new(salt.encode(), f"pseudonym:{origin}:{who}".encode(), sha256).hexdigest()[:12]
    return f"{'person' if origin == PEOPLE else 'imported'}-{mark}"
