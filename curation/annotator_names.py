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


def named(project: Project, name: str) -> Named | None:
    """Who has labeled something in the project under this e-mail address, or under this name of an import."""
    said = Annotation.objects.filter(project=project)
    person = User.objects.filter(email__iexact=name).first()
    if person and said.filter(author=person).exists():
        return Named(person.pk)
    if name and said.filter(author=None, run=None, imported_name=name).exists():
        return Named(imported=name)
    return None


def pseudonym(salt: str, origin: str, who: object) -> str:
    """A name for an annotator that is the same in every release of the project and says nothing outside it."""
    mark = hmac.new(salt.encode(), f"pseudonym:{origin}:{who}".encode(), sha256).hexdigest()[:12]
    return f"{'person' if origin == PEOPLE else 'imported'}-{mark}"
