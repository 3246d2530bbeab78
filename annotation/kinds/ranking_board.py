"""Several rankings side by side: a row for each annotator, the responses at their places, the disputed ones marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotation.kinds.boards import Voice, is_split, usual

Groups = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Placed:
    """One response at its place; `is_apart` where others put it elsewhere, and more of them."""

    letter: str
    is_apart: bool


@dataclass(frozen=True, slots=True)
class Order:
    """One annotator's ranking: what stands at each place; a tie leaves places behind it empty."""

    voice: Voice
    places: tuple[tuple[Placed, ...], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """`pairs` are the responses about whose order not all agree, of `count` pairs altogether."""

    numbers: tuple[int, ...]
    orders: tuple[Order, ...]
    pairs: tuple[str, ...]
    count: int


def board(voices: Sequence[Voice], letters: Sequence[str]) -> Board:
    """The rankings of these voices, whose values are tie groups of places in `letters`."""
    ranked = [_ranks(voice.value) for voice in voices]
    common = [usual(ranks[number] for ranks in ranked) for number in range(len(letters))]
    pairs = list(combinations(range(len(letters)), 2))
    orders = []
    for voice, ranks in zip(voices, ranked, strict=True):
        placed = [
            (rank, Placed(letter, rank != common[number]))
            for number, (rank, letter) in enumerate(zip(ranks, letters, strict=True))
        ]
        places = tuple(tuple(one for rank, one in placed if rank == place) for place in range(len(letters)))
        orders.append(Order(voice, places))
    return Board(
        numbers=tuple(range(1, len(letters) + 1)),
        orders=tuple(orders),
        pairs=tuple(_disputed(pairs, ranked, letters)),
        count=len(pairs),
    )


def _ranks(groups: Groups) -> list[int]:
    """For each response how many stand before it: a tie for the first place leaves nobody the second."""
    ahead, found = 0, {}
    for group in groups:
        found.update(dict.fromkeys(group, ahead))
        ahead += len(group)
    return [found[number] for number in sorted(found)]


def _disputed(
    pairs: Sequence[tuple[int, int]], ranked: Sequence[Sequence[int]], letters: Sequence[str]
) -> Iterator[str]:
    for one, other in pairs:
        if is_split((ranks[one] > ranks[other]) - (ranks[one] < ranks[other]) for ranks in ranked):
            yield f"{letters[one]} and {letters[other]}"
