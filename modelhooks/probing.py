"""The hook of a run that asks our own probes: which of two responses a checkpoint puts first, and what is kept of it.

`WAYS` says how a checkpoint of a contract is asked; what stands in none of them compares nothing and is not probed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelhooks.asking import Ordered, Scaled
from modelhooks.contracts import AttributeScores, Candidate, Comparison, Judgment, Ranked, Rated, ResponseGroup
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.judging.probe_set import Probe, probe_set
from modelhooks.models import Probed, Run

HOOK = "probe"
SCALE = (
    (1, "says nothing, or is wrong throughout"),
    (2, "is wrong in what matters"),
    (3, "is partly right"),
    (4, "is right, with gaps"),
    (5, "is right and says why, or is all that was asked for"),
)
Said = Probed.Said
FIRST: Mapping[str | None, Probed.Said] = {"first": Said.RIGHT, "second": Said.OTHER, "tie": Said.TIE, None: Said.NONE}


@dataclass(frozen=True, slots=True)
class Way:
    """What is asked of a probe, and what the answers say about its two responses."""

    inputs: Callable[[Probe], tuple[Any, ...]]
    read: Callable[[Sequence[Any]], Probed.Said]


class Probes:
    """Every probe is a subject, by its number from 1."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """All of them."""
        for number, one in enumerate(probe_set(), 1):
            yield number, len(one.right) + len(one.other)

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """Both responses of each, as the contract takes them."""
        way = WAYS[run.checkpoint.contract]
        return [Asked(number, way.inputs(probe_set()[number - 1])) for number in subjects]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """A row for each probe."""
        way = WAYS[run.checkpoint.contract]
        rows = [Probed(run=run, number=number, said=way.read(said)) for number, said in answers.items()]
        Probed.objects.bulk_create(rows)
        return Stored()

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """By what they are about and their number."""
        return {number: Named(f"{probe_set()[number - 1].kind} {number}") for number in subjects}

    def pictures(self, run: Run) -> Resolve:
        """They show none."""
        return lambda _media: None

    def made_url(self, run: Run) -> str:
        """What came of it stands on the judge's page."""
        return ""

    def ended(self, run: Run) -> None:
        """There is nothing to count."""


def _pair(one: Probe) -> tuple[ResponseGroup, ...]:
    return (ResponseGroup(one.prompt, (one.right, one.other)),)


def _scaled(one: Probe) -> tuple[Scaled, ...]:
    return tuple(Scaled(Candidate(one.prompt, text), SCALE) for text in (one.right, one.other))


def _by_numbers(right: float | None, other: float | None) -> Probed.Said:
    if right is None or other is None:
        return Said.NONE
    return Said.TIE if right == other else Said.RIGHT if right > other else Said.OTHER


def _scores(answers: Sequence[Any]) -> Probed.Said:
    right, other = (one.overall if isinstance(one, AttributeScores) else one for one in answers[0])
    return _by_numbers(right.raw, other.raw)


def _judged(answers: Sequence[Judgment]) -> Probed.Said:
    return FIRST[answers[0].preference]


def _ranked(answers: Sequence[Ranked]) -> Probed.Said:
    groups = answers[0].groups
    if groups is None or answers[0].disputed:
        return Said.NONE
    right, other = (next(place for place, group in enumerate(groups) if one in group) for one in (0, 1))
    return _by_numbers(-right, -other)


def _rated(answers: Sequence[Rated]) -> Probed.Said:
    return _by_numbers(answers[0].value, answers[1].value)


WAYS: dict[str, Way] = {
    "preference": Way(lambda one: (Comparison(one.prompt, one.right, one.other),), _judged),
    "reward": Way(_pair, _scores),
    "attributes": Way(_pair, _scores),
    "ranking": Way(lambda one: tuple(Ordered(group) for group in _pair(one)), _ranked),
    "rating": Way(_scaled, _rated),
}
"""By contract."""
