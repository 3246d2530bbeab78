"""Marks of several annotators side by side: the text with what they marked, and place by place who calls it what."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString

from annotation.kinds import quotes
from annotation.kinds.base import Subject
from annotation.kinds.boards import Voice
from annotation.kinds.spans_distance import names
from ui.rendering.marks import highlighted

PLACES = 60
"""Places listed of one response; what is beyond them is counted."""
LONGEST = 8_000
"""Characters of a response that is shown whole. A longer one is told by its places alone."""
LOOKS = ("some", "most", "all")

Mark = tuple[int, Mapping[str, Any]]
"""The number of a voice, and one of its marks."""
Titles = tuple[Mapping[str, str], Mapping[str, str]]
"""The words for errors, and those for severities, by their keys."""


@dataclass(frozen=True, slots=True)
class Call:
    """What one or more annotators call a place; empty `words` where they marked nothing there."""

    words: str
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch in which marks touch: its words, and what everybody calls it. Split unless all call it the same."""

    number: int
    words: str
    calls: tuple[Call, ...]
    is_split: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One response. `text` is empty where it is too long to show whole; `more` places are left out."""

    letter: str
    text: SafeString | None
    places: tuple[Place, ...]
    more: int

    @property
    def disputed(self) -> int:
        return sum(1 for place in self.places if place.is_split)


def board(voices: Sequence[Voice], subject: Subject, letters: Sequence[str], titles: Titles) -> tuple[Side, ...]:
    """A side for each response."""
    marks: dict[int, list[Mark]] = defaultdict(list)
    for number, voice in enumerate(voices):
        for span in voice.value["spans"]:
            marks[span["response"]].append((number, span))
    return tuple(
        _side(letter, judged.text, marks[place], voices, titles)
        for place, (letter, judged) in enumerate(zip(letters, subject.responses, strict=True))
    )


def _side(letter: str, text: str, marks: Sequence[Mark], voices: Sequence[Voice], titles: Titles) -> Side:
    clusters = list(_clusters(marks))
    return Side(
        letter=letter,
        text=highlighted(_pieces(text, marks, len(voices))) if len(text) <= LONGEST else None,
        places=tuple(
            _place(number, text, cluster, voices, titles) for number, cluster in enumerate(clusters[:PLACES], 1)
        ),
        more=max(0, len(clusters) - PLACES),
    )


def _clusters(marks: Sequence[Mark]) -> Iterator[list[Mark]]:
    """Marks that share characters with one another, one behind the other, in the order of the text."""
    held: list[Mark] = []
    reach = 0
    for mark in sorted(marks, key=lambda one: (one[1]["start"], one[1]["end"], one[0])):
        if held and mark[1]["start"] >= reach:
            yield held
            held = []
        held.append(mark)
        reach = max(reach, mark[1]["end"]) if len(held) > 1 else mark[1]["end"]
    if held:
        yield held


def _place(number: int, text: str, cluster: Sequence[Mark], voices: Sequence[Voice], titles: Titles) -> Place:
    named: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    for voice, span in cluster:
        named[voice].add(names(span)[-1])
    told: dict[str, list[Voice]] = defaultdict(list)
    for voice in sorted(named):
        told[", ".join(sorted(_called(name, titles) for name in named[voice]))].append(voices[voice])
    silent = tuple(voice for place, voice in enumerate(voices) if place not in named)
    calls = [Call(words, tuple(said)) for words, said in told.items()]
    end = max(span["end"] for _, span in cluster)
    return Place(
        number=number,
        words=quotes.cited(text, cluster[0][1]["start"], end),
        calls=(*calls, Call("", silent)) if silent else tuple(calls),
        is_split=bool(silent) or len(calls) > 1,
    )


def _called(name: Sequence[str], titles: Titles) -> str:
    """An error in words, with how bad it is in brackets where that is said."""
    error, *severity = (known.get(key, key) for key, known in zip(name, titles, strict=False))
    return f"{error} ({severity[0]})" if severity else error


def _pieces(text: str, marks: Sequence[Mark], count: int) -> Iterator[tuple[str, str]]:
    """The text cut where marks begin and end, each piece with its look: how many of the annotators marked it."""
    changes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for voice, span in marks:
        changes[span["start"]].append((voice, 1))
        changes[span["end"]].append((voice, -1))
    depth = [0] * count
    for here, there in pairwise(sorted({0, *changes, len(text)})):
        for voice, change in changes[here]:
            depth[voice] += change
        yield text[here:there], _look(sum(1 for one in depth if one), count)


def _look(marked: int, count: int) -> str:
    if not marked:
        return ""
    return LOOKS[2] if marked == count else LOOKS[1] if 2 * marked > count else LOOKS[0]
