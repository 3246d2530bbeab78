"""What a model said besides its answer, in words: scores, votes, its reasons and its own words.

Read from the provenance that `annotation.opinions` writes; responses stand in the item's own order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VOTES = {"first": "A better", "second": "B better", "tie": "tie"}
MOST = 40  # numbers of one line


@dataclass(frozen=True, slots=True)
class Said:
    """A model's own words and numbers."""

    run_id: int
    facts: tuple[tuple[str, str], ...]
    rationale: str
    raw: tuple[str, ...]

    @property
    def has_more(self) -> bool:
        """Whether there is something to unfold."""
        return bool(self.rationale or self.raw)


def said(run_id: int, source: Mapping[str, Any]) -> Said:
    """The provenance of a run's annotation in words."""
    return Said(
        run_id=run_id,
        facts=tuple(_facts(source)),
        rationale=str(source.get("rationale") or ""),
        raw=tuple(str(text) for text in source.get("raw") or () if text),
    )


def _facts(source: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if scores := source.get("scores"):
        yield "Scores", " · ".join(f"{letter} {_numbers(one)}" for letter, one in _lettered(scores))
    if attributes := source.get("attributes"):
        yield "Attributes", " · ".join(f"{letter} {_named(one)}" for letter, one in _lettered(attributes) if one)
    if any(probabilities := source.get("probabilities") or []):
        yield (
            "Probability of its verdicts",
            " · ".join(f"{letter} {_named(one)}" for letter, one in _lettered(probabilities) if one),
        )
    if votes := source.get("votes"):
        yield "Votes", ", ".join(f"{VOTES.get(name, name)} {count}" for name, count in votes.items())
    if (likely := source.get("p_first")) is not None:
        yield "Probability that A is better", f"{likely:.2f}"
    if (is_same := source.get("consistent_under_swap")) is not None:
        yield "Shown the other way round", "it says the same" if is_same else "it says something else"
    if places := source.get("mean_places"):
        yield "Mean places", " · ".join(f"{letter} {place + 1:.3g}" for letter, place in _lettered(places))
    if disputed := source.get("disputed"):
        yield "Cannot order", ", ".join(f"{_letter(a)} and {_letter(b)}" for a, b in disputed[:MOST])
    if cut := source.get("truncated"):
        yield "Longer than it reads", ", ".join(_letter(place) for place in cut)


def _lettered(values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    return ((_letter(place), value) for place, value in enumerate(values))


def _letter(place: int) -> str:
    return LETTERS[place] if place < len(LETTERS) else str(place + 1)


def _numbers(value: Any) -> str:
    """One number, or one for each step."""
    numbers = value if isinstance(value, list) else [value]
    shown = " ".join("–" if number is None else f"{number:.4g}" for number in numbers[:MOST])
    return f"{shown} …" if len(numbers) > MOST else shown


def _named(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in list(values.items())[:MOST])
