"""An answer about steps as votes: each step, where the first error is, and the final answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotation.kinds.base import Asked
from annotation.kinds.steps_distance import first_error_place
from annotation.kinds.votes import Facet, Vote, one_of

STEP = Facet("step", "Steps", "levels", ("-1", "0", "1"))
FIRST_ERROR = Facet("first_error", "First error", "first_error")
FINAL = Facet("final", "Final answer", "names", ("wrong", "none", "right"))


def facets(question: Asked) -> tuple[Facet, ...]:
    return (STEP, FIRST_ERROR, FINAL) if question.settings.get("final_answer") else (STEP, FIRST_ERROR)


def votes(parts: Sequence[Mapping[str, Any] | None], asked: Sequence[Facet]) -> Iterator[Vote]:
    """Places are `response.splitter`, and `response.splitter.step`: steps cut in another way are other steps."""
    for number, part in enumerate(parts):
        if part:
            found = _votes_on(part, f"{number}.{part['splitter']}")
            yield from (vote for vote in found if FINAL in asked or vote.facet != FINAL.key)


def _votes_on(part: Mapping[str, Any], place: str) -> Iterator[Vote]:
    labels = part["labels"]
    for step, label in enumerate(labels):
        if label is not None:
            yield Vote(STEP.key, f"{place}.{step}", label + 1)
    first = first_error_place(labels)
    if first is not None:
        yield Vote(FIRST_ERROR.key, place, first, out_of=len(labels))
    if part.get("final") and (vote := one_of(FINAL, place, part["final"])):
        yield vote
