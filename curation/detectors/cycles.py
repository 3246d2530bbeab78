"""Prompts whose responses go round in a circle: A is better than B, B than C, and C than A, beyond chance.

Responses of one prompt group are told apart by their text, so that pairs and rankings of several items make one
tournament.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from annotation.models import Item
from curation.analysis.consensus import PEOPLE
from curation.analysis.voted import Voted
from curation.detectors.contract import Found, Said, described
from curation.detectors.scene import Scene
from curation.noise import cycles
from curation.noise.cycles import Cyclicity
from curation.votes import two_of

DRAWS = 5_000
MOST_RESPONSES = 32  # of a prompt: time and memory grow with their square, and a group that large is no prompt
ITEMS_AT_ONCE = 1_000
P_OF_VALUE = (1.0, 0.5, 0.0)  # a, tie, b


@dataclass
class Tournament:
    """What is known of one prompt group: its responses by digest, and every comparison between two of them."""

    responses: dict[bytes, int] = field(default_factory=dict)
    items: dict[int, None] = field(default_factory=dict)
    rows: list[tuple[int, int, float]] = field(default_factory=list)


def find(scene: Scene) -> Said:
    """Every question about two sides on its own."""
    found: list[Found] = []
    looked = large = 0
    for one in scene.facets:
        if one.votes.facet.scale == "sides":
            many = [tournament for tournament in _tournaments(one) if len(tournament.responses) > 2]
            told = [tournament for tournament in many if len(tournament.responses) <= MOST_RESPONSES]
            looked, large = looked + len(told), large + len(many) - len(told)
            found += _found(one, told, scene.seed)
    rest = f" {large:,} with more than {MOST_RESPONSES} were not looked at." if large else ""
    return Said(found, f"{looked:,} prompts have three responses or more that were compared.{rest}")


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
    for row in np.flatnonzero(votes.of_kind(*PEOPLE)).tolist():
        tournament, first, second = numbers[votes.unit[row]]
        if first != second:
            tournament.rows.append((first, second, P_OF_VALUE[votes.value[row]]))
    return list(made.values())


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
        cyclic = cycles.cyclicity(wins, draws=DRAWS, seed=seed)
        energy[names], p_value[names] = cyclic.energy, cyclic.p_value
    flagged = cycles.proposals(Cyclicity(energy, p_value, np.zeros((0, 0)))).flagged
    return [_finding(one, told[number], energy[number], p_value[number]) for number in np.flatnonzero(flagged).tolist()]


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


DETECTOR = described("cycles", "1", find)
