"""Answers that are picked from a list, laid out on it: who stands at which answer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from annotation.kinds.base import Option
from annotation.kinds.boards import Voice, is_split

Pick = tuple[Voice, Collection[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """One answer that can be picked, and who picked it."""

    label: str
    side: str
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """One row of answers: the scale from low to high or left to right, and the ways out of it.

    `silent` are those who answered the question and not this row of it.
    """

    title: str
    letter: str
    scale: tuple[Place, ...]
    ways_out: tuple[Place, ...]
    silent: tuple[Voice, ...]
    is_split: bool

    @property
    def common(self) -> tuple[Place, ...]:
        """What everybody picked who picked anything, where all picked the same."""
        return () if self.is_split else tuple(place for place in (*self.scale, *self.ways_out) if place.voices)


def spread(
    scale: Iterable[Option],
    picks: Sequence[Pick],
    *,
    ways_out: Iterable[Option] = (),
    title: str = "",
    letter: str = "",
) -> Spread:
    """Everybody at the values that they picked; of an empty pick the voice is silent."""
    return Spread(
        title=title,
        letter=letter,
        scale=tuple(_place(option, picks) for option in scale),
        ways_out=tuple(_place(option, picks) for option in ways_out),
        silent=tuple(voice for voice, chosen in picks if not chosen),
        is_split=is_split(frozenset(chosen) for _, chosen in picks if chosen),
    )


def _place(option: Option, picks: Sequence[Pick]) -> Place:
    return Place(option.label, option.side, tuple(voice for voice, chosen in picks if option.value in chosen))
