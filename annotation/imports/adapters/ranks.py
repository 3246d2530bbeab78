"""Rankings as files say them: by a rank each, or by some responses that are better than all others."""

from collections.abc import Sequence
from typing import Any

from annotation.imports.canonical import CanonicalLabel, Refused

FEWEST, MOST = 2, 10
"""How many responses can be ranked."""
FORM = ({"key": "order", "kind": "ranking", "title": "Which is best? Order them.", "settings": {}},)
"""The form whose question such labels answer."""


def by_rank(annotator: str, ranks: Sequence[int], **more: Any) -> list[CanonicalLabel]:
    """The label of responses with these ranks, the lowest being the best; equal ranks share a place.

    One response alone has no order, hence no label. Raises `Refused` for more responses than can be ranked.
    """
    groups = [[n for n, rank in enumerate(ranks) if rank == place] for place in sorted(set(ranks))]
    return _ranking(annotator, groups, len(ranks), more)


def first_are_better(annotator: str, good: int, bad: int, **more: Any) -> list[CanonicalLabel]:
    """The label of `good` responses that are better than the `bad` ones behind them, none of them compared further."""
    groups = [list(range(good)), list(range(good, good + bad))]
    return _ranking(annotator, [group for group in groups if group], good + bad, more)


def _ranking(annotator: str, groups: list[list[int]], count: int, more: dict[str, Any]) -> list[CanonicalLabel]:
    if count > MOST:
        raise Refused(f"There are {count} responses to rank; {MOST} is the limit.")
    if count < FEWEST:
        return []
    return [CanonicalLabel(annotator=annotator, kind="ranking", answer={"groups": groups}, **more)]
