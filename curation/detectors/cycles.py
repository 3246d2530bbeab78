"""Prompts whose responses go round in a circle: A is better than B, B than C, and C than A.

Of a prompt as a whole that is said beyond chance: its comparisons fit no order of its responses. Where an order fits
them as well as chance lets it, single circles are left, and of most nobody knows which label is wrong. But where the
consensus is sure of all three, no order fits what a release would hold, so each such circle is found by itself.

Responses of one prompt group are told apart by their text, so that pairs and rankings of several items make one
tournament.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from annotation.models import Item
from curation.analysis.consensus import PEOPLE
from curation.analysis.voted import Voted
from curation.detectors.contract import Found, Said, described
from curation.detectors.scene import Scene
from curation.models.analyses import SURE
from curation.noise import cycles
from curation.noise.cycles import Cyclicity
from curation.noise.proposals import Booleans, Floats
from curation.votes import Unit, two_of

DRAWS = 5_000
FIRST_DRAWS, WORTH_MORE = 200, 0.05  # of all prompts, and below which p-value a prompt is worth the others
MOST_RESPONSES = 64  # of a prompt: time and memory grow with their square
ITEMS_AT_ONCE = 1_000
LEAST_VOTES = 2
P_OF_VALUE = (1.0, 0.5, 0.0)  # a, tie, b


@dataclass(frozen=True, slots=True)
class Sure:
    """What the consensus is sure of: which of two responses is better, where that was asked, and how sure it is."""

    unit: Unit
    confidence: float


@dataclass
class Tournament:
    """What is known of one prompt group: its responses by digest, and every comparison between two of them."""

    responses: dict[bytes, int] = field(default_factory=dict)
    items: dict[int, None] = field(default_factory=dict)
    rows: list[tuple[int, int, float]] = field(default_factory=list)
    sure: dict[tuple[int, int], Sure] = field(default_factory=dict)
    """By the better and the worse one."""

    def beats(self) -> Booleans:
        """(K, K) what is sure of each two."""
        found = np.zeros((len(self.responses),) * 2, bool)
        for better, worse in self.sure:
            found[better, worse] = True
        return found


def find(scene: Scene) -> Said:
    """Every question about two sides on its own."""
    found: list[Found] = []
    looked = large = cyclic = decided = 0
    for one in scene.facets:
        if one.votes.facet.scale == "sides":
            many = [tournament for tournament in _tournaments(one) if len(tournament.responses) > 2]
            told = [tournament for tournament in many if len(tournament.responses) <= MOST_RESPONSES]
            looked, large = looked + len(told), large + len(many) - len(told)
            counts = [cycles.triads(_majorities(tournament)) for tournament in told]
            cyclic, decided = cyclic + sum(one for one, _ in counts), decided + sum(all_ for _, all_ in counts)
            found += _found(one, told, scene.seed)
    return Said(found, _note(looked, large, cyclic, decided))


def _note(looked: int, large: int, cyclic: int, decided: int) -> str:
    said = [f"{looked:,} prompts have three responses or more that were compared."]
    if large:
        said.append(f"{large:,} with more than {MOST_RESPONSES} were not looked at.")
    if decided:
        share = f"{cyclic / decided:.1%}"
        said.append(f"By majority {cyclic:,} of {decided:,} threes that are decided go in a circle, {share}.")
    return " ".join(said)


def _tournaments(one: Voted) -> list[Tournament]:
    """One for each prompt group."""
    votes = one.votes
    digests = _digests(sorted({unit.item for unit in votes.units}))
    made: dict[int, Tournament] = {}
    numbers: list[tuple[Tournament, int, int]] = []
    for unit, group in zip(votes.units, votes.group.tolist(), strict=True):
        tournament = made.setdefault(group, Tournament())
        places = two_of(unit.place) or (0, 1)
        first, second = (
            tournament.responses.setdefault(digests[unit.item][place], len(tournament.responses)) for place in places
        )
        tournament.items[unit.item] = None
        numbers.append((tournament, first, second))
    _add_sure(one, numbers)
    for row in np.flatnonzero(votes.of_kind(*PEOPLE)).tolist():
        tournament, first, second = numbers[votes.unit[row]]
        if first != second:
            tournament.rows.append((first, second, P_OF_VALUE[votes.value[row]]))
    return list(made.values())


def _add_sure(one: Voted, numbers: Sequence[tuple[Tournament, int, int]]) -> None:
    """Of the same two responses in several items, where the consensus is surest. One label alone makes nothing sure."""
    settled = one.outcome.settled
    is_sure = (settled.votes >= LEAST_VOTES) & (settled.confidence > SURE) & np.isin(settled.value, (0, 2))
    for number in np.flatnonzero(is_sure).tolist():
        tournament, first, second = numbers[number]
        pair = (first, second) if settled.value[number] == 0 else (second, first)
        said = Sure(one.votes.units[number], float(settled.confidence[number]))
        before = tournament.sure.get(pair)
        if first != second and (before is None or before.confidence < said.confidence):
            tournament.sure[pair] = said


def _majorities(told: Tournament) -> Booleans:
    """(K, K) of each two responses, whether the one was preferred more often."""
    lead = np.zeros((len(told.responses),) * 2)
    for first, second, p in told.rows:
        lead[first, second] += p - 0.5
        lead[second, first] += 0.5 - p
    found: Booleans = lead > 0
    return found


def _digests(items: Sequence[int]) -> dict[int, list[bytes]]:
    """Item to the digest of each of its responses."""
    found = {}
    for start in range(0, len(items), ITEMS_AT_ONCE):
        for item in Item.objects.filter(pk__in=items[start : start + ITEMS_AT_ONCE]).only("responses"):
            texts = (item.text_of(place) for place in range(len(item.responses)))
            found[item.pk] = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
    return found


def _found(one: Voted, told: Sequence[Tournament], seed: int) -> list[Found]:
    rows = [(number, *row) for number, tournament in enumerate(told) for row in tournament.rows]
    if not rows:
        return []
    prompts, first, second, p = (np.array(column) for column in zip(*rows, strict=True))
    energy, p_value = np.full(len(told), np.nan), np.full(len(told), np.nan)
    for names, wins in cycles.tournaments(prompts, first, second, p).values():
        energy[names], p_value[names] = _cyclic(wins, seed)
    flagged = cycles.proposals(Cyclicity(energy, p_value, np.zeros((0, 0)))).flagged
    whole = [
        _finding(one, told[number], energy[number], p_value[number]) for number in np.flatnonzero(flagged).tolist()
    ]
    return whole + [found for number in np.flatnonzero(~flagged).tolist() for found in _circles(one, told[number])]


def _cyclic(wins: Floats, seed: int) -> tuple[Floats, Floats]:
    """Energy and p-value of each tournament; most are told by few draws to be nothing."""
    found = cycles.cyclicity(wins, draws=FIRST_DRAWS, seed=seed)
    p_value, more = found.p_value, found.p_value <= WORTH_MORE
    p_value[more] = cycles.cyclicity(wins[more], draws=DRAWS, seed=seed).p_value
    return found.energy, p_value


def _circles(one: Voted, told: Tournament) -> Iterator[Found]:
    """Three that the consensus is sure of and that no order fits. If one is wrong it is likeliest the least sure."""
    for three in cycles.circles(told.beats()).tolist():
        sure = [told.sure[pair] for pair in zip(three, three[1:] + three[:1], strict=True)]
        least = min(sure, key=lambda said: (said.confidence, said.unit))
        shares = ", ".join(f"{said.confidence:.0%}" for said in sure)
        yield Found(
            about="circle:" + ",".join(sorted(".".join(map(str, said.unit)).rstrip(".") for said in sure)),
            words=f"Three labels go in a circle, each of them sure ({shares}): no order of the responses fits all.",
            strength=cycles.chances_of_error([said.confidence for said in sure])[sure.index(least)],
            evidence={
                "confidence": [round(said.confidence, 4) for said in sure],
                "responses": 3,
                "items": [said.unit.item for said in sure],
            },
            question=one.question.key,
            facet=one.votes.facet.key,
            item=least.unit.item,
        )


def _finding(one: Voted, told: Tournament, energy: float, p_value: float) -> Found:
    return Found(
        about=f"group:{min(told.items)}",
        words=f"Its {len(told.responses)} responses go in a circle: no order fits {len(told.rows):,} comparisons.",
        strength=float(np.clip(1 - p_value, 0, 1)),
        evidence={
            "energy": round(float(energy), 4),
            "p_value": round(float(p_value), 6),
            "responses": len(told.responses),
            "comparisons": len(told.rows),
            "items": list(told.items)[:50],
        },
        question=one.question.key,
        facet=one.votes.facet.key,
        item=min(told.items),
    )


DETECTOR = described("cycles", "2", find)
