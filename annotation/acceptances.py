"""Which answers of models stand without a person: decided on a floor above, named in the setting ACCEPTED_ANSWERS."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

from projects.models import Project


class Accepted(NamedTuple):
    """The decision by which a model's answer to a question stands without a person, as it is now."""

    item: int
    annotation: int
    question: str
    model: str
    by: str
    """Who decided so."""
    at: datetime
    confidence: float
    """Answers so certain or more stand."""
    target: float
    """How right they had to be at least."""
    at_least: float
    """How right they were at least, by the lower bound, when it was decided."""
    analysis: int
    """The number of the one that it rests on."""


Find = Callable[[Project, Collection[int]], Iterable[Accepted]]
"""Of the items with these ids, ordered by item and annotation."""


def about(project: Project, items: Collection[int]) -> Mapping[int, Sequence[Accepted]]:
    """What is accepted about each of these items; an item without any is not in it."""
    if not items:
        return {}
    find: Find = import_string(settings.ACCEPTED_ANSWERS)
    found: dict[int, list[Accepted]] = defaultdict(list)
    for one in find(project, items):
        found[one.item].append(one)
    return found


def by_annotation(project: Project, items: Collection[int]) -> Mapping[int, Accepted]:
    """The same by the annotation that stands."""
    return {one.annotation: one for several in about(project, items).values() for one in several}
