"""Labeled pairs as points, for detectors that learn what people prefer.

The points are those of the embedder of the question's newest reward head, as far as they are kept; where there is no
head, those of any embedder that has seen these texts. Else they are the words of the responses, which cost nothing and
are enough to see what is plainly contradicted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from modelhooks import embedders
from modelhooks.head import pairs
from modelhooks.head.pairs import Integers, Pairs, Vectors
from modelhooks.labels import Voted, labels
from modelhooks.models import Head
from modelhooks.services.embeddings import kept, known_by
from projects.models import Project

MOST_PAIRS = 50_000
AT_ONCE = 500
LOOKED_AT = 50  # pairs, to find out who has seen the texts
WORDS = "fake"  # the embedder that every worker has
KEPT = "points of the texts that were kept"


@dataclass(frozen=True, slots=True)
class Compared:
    """n labeled pairs of one question."""

    question: str
    items: Sequence[int]
    pairs: Pairs
    by: str
    """What the points were made by, for a sentence."""
    unseen: int
    """Labeled pairs that are not here, because no point is kept for them or there are too many."""


def compared(project: Project, question: str, last: int) -> Compared | None:
    """Every pair with a vote of a person or an import, as points; None where there is none."""
    voted = list(labels().voted(project, question, last=last, with_imported=True))
    if not voted:
        return None
    head = Head.objects.filter(project=project, question=question, finished_at__isnull=False).exclude(embedder="")
    newest = head.order_by("-number").values_list("embedder", "number").first()
    fingerprint, by = (newest[0], f"what reward head {newest[1]} reads") if newest else (_seen_by(project, voted), KEPT)
    if fingerprint:
        found = _compared(project, question, voted[:MOST_PAIRS], fingerprint, by)
        if 2 * len(found.items) >= len(voted[:MOST_PAIRS]):
            return found
    return _compared(project, question, voted[:MOST_PAIRS], "", "the words of the responses")


def _seen_by(project: Project, voted: Sequence[Voted]) -> str:
    """The fingerprint of the embedder that knows most of the first texts; empty where none knows any."""
    texts = labels().texts(project, [one.subject for one in voted[:LOOKED_AT]])
    return known_by([text for both in texts.values() for text in both])


def _compared(project: Project, question: str, voted: Sequence[Voted], fingerprint: str, by: str) -> Compared:
    chosen: list[Voted] = []
    first, second, lengths = [], [], []
    for one, vectors, sizes in _points(project, voted, fingerprint):
        chosen.append(one)
        first.append(vectors[0])
        second.append(vectors[1])
        lengths.append(sizes)
    size = np.array(lengths, float).reshape(-1, 2)
    made = pairs.make(
        np.array(first, np.float32).reshape(len(chosen), -1),
        np.array(second, np.float32).reshape(len(chosen), -1),
        np.array([one.p for one in chosen]),
        _numbered([one.group for one in chosen]),
        lengths=(size[:, 0], size[:, 1]),
        weights=np.array([len(one.annotations) for one in chosen], float),
    )
    return Compared(question, [one.subject for one in chosen], made, by, len(voted) - len(chosen))


def _points(
    project: Project, voted: Sequence[Voted], fingerprint: str
) -> Iterator[tuple[Voted, Vectors, tuple[int, int]]]:
    """The pairs whose two responses have a point each, with both and their lengths in characters."""
    for start in range(0, len(voted), AT_ONCE):
        some = voted[start : start + AT_ONCE]
        texts = labels().texts(project, [one.subject for one in some])
        there = [one for one in some if one.subject in texts]
        both = [text for one in there for text in texts[one.subject]]
        points = kept(fingerprint, both) if fingerprint else list(embedders.load(WORDS).embed(both))
        for number, one in enumerate(there):
            left, right = points[2 * number], points[2 * number + 1]
            if left is not None and right is not None:
                yield one, np.stack([left, right]), (len(both[2 * number]), len(both[2 * number + 1]))


def _numbered(groups: Sequence[str]) -> Integers:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], np.int64)
