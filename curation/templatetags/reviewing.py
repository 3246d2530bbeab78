"""What waits for a curator, on the tabs of every page of a project."""

from typing import NamedTuple

from django import template

from curation.queries.review_queue import MOST_ON_TABS, count_briefly
from projects.access import Place

register = template.Library()


class Waiting(NamedTuple):
    """Items for review, and findings about people, models and questions: "12", "99+", or nothing where none is."""

    review: str
    quality: str


@register.simple_tag
def waiting(place: Place) -> Waiting:
    """In one query."""
    return Waiting(*(_shown(found) for found in count_briefly(place.project)))


def _shown(found: int) -> str:
    return f"{MOST_ON_TABS}+" if found > MOST_ON_TABS else f"{found}" if found else ""
