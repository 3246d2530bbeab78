"""What is known to be true about places of items: of gold, as it is known now."""

from collections.abc import Iterator, Sequence

from annotation.kinds import KINDS
from annotation.kinds.votes import Facet
from annotation.models import Gold, Question
from annotation.queries.gold import items_of, known_of
from projects.models import Project

Truths = dict[tuple[str, int, str], int]
"""Facet, item and place to the number of the facet's value."""


def truths(project: Project, question: Question, facets: Sequence[Facet]) -> Truths:
    """Of every gold item that knows the question. Where several answers are accepted, what they all say alike.

    One query, two where the form has changed since.
    """
    found: Truths = {}
    for item, gold in items_of(project, [question.key]).items():
        found.update({(facet, item, place): value for (facet, place), value in _agreed(gold, question, facets)})
    return found


def _agreed(gold: Gold, question: Question, facets: Sequence[Facet]) -> Iterator[tuple[tuple[str, str], int]]:
    known = known_of(gold, question)
    if known is None:
        return
    told = [
        {(vote.facet, vote.place): vote.value for vote in KINDS[question.kind].votes(value, facets)}
        for value in known.accepted
    ]
    for place in told[0].keys() if told else ():
        values = {one.get(place) for one in told}
        if len(values) == 1:
            yield place, told[0][place]
