"""What one answer says in the names that consensus has, to be held against another answer or the consensus."""

from collections.abc import Mapping
from typing import Any

from annotation.kinds import KINDS
from annotation.kinds.votes import Facet
from annotation.models import Question

Values = Mapping[tuple[str, str], str]
"""Facet and place to the name of the value that was voted there."""


def values(question: Question, answer: Any) -> Values:
    """Every vote in an answer to the question."""
    kind = KINDS[question.kind]
    facets = {facet.key: facet for facet in kind.facets(question)}
    said = kind.votes(answer, list(facets.values()))
    return {(vote.facet, vote.place): _name(facets[vote.facet], vote.value) for vote in said}


def _name(facet: Facet, value: int) -> str:
    return facet.values[value] if facet.values else str(value)
