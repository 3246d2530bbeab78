"""Those who answered one question about an item: how far they agree, in words, and where an import stands apart."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from annotation.kinds import KINDS, Hint, Subject, Voice
from annotation.kinds.boards import Origin, usual
from annotation.kinds.distances import mean
from annotation.models import Question

OPINIONS = 3
HINTS = 8
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What came with the import or a model says, beside what people say: its hints where it stands apart from them.

    `more` of those are left out; `echo` says how many of the people say all the same.
    """

    name: str
    origin: Origin
    hints: tuple[Hint, ...]
    more: int
    echo: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The voices, and the distance between each two of them by their numbers; None where there is none.

    Every distance is computed once: with many criteria or steps they are what a board costs.
    """

    question: Question
    subject: Subject
    voices: Sequence[Voice]
    distances: dict[Pair, float | None]

    @classmethod
    def of(cls, question: Question, subject: Subject, voices: Sequence[Voice]) -> "Panel":
        compare = KINDS[question.kind].compare
        pairs = combinations(range(len(voices)), 2)
        return cls(
            question,
            subject,
            voices,
            {(one, other): compare(voices[one].value, voices[other].value, question, subject) for one, other in pairs},
        )

    @property
    def is_disputed(self) -> bool | None:
        """None where nothing can be compared. A model disputes nothing that people or an import agree on."""
        models = set(self._from("model"))
        distance, _ = self._between(pair for pair in self.distances if models.isdisjoint(pair))
        if distance is None:
            distance, _ = self._between(self.distances)
        return None if distance is None else distance > 0

    def sentences(self) -> Iterator[str]:
        """People among themselves, and what was imported and models beside them: judges are measured against people."""
        people = self._from("")
        if len(people) > 1:
            whole = "Both people agree" if len(people) == 2 else f"All {len(people)} people agree"
            yield from self._sentence(list(combinations(people, 2)), whole, "People agree")
        for others, named in ((self._from("imported"), "imported labels"), (self._from("model"), "models")):
            if people and others:
                said = f"{named.capitalize()} agree with people"
                yield from self._sentence(list(product(people, others)), said, said)
            elif len(others) > 1:
                said = f"The {len(others)} {named} agree"
                yield from self._sentence(list(combinations(others, 2)), said, said)

    def opinions(self, letters: Sequence[str]) -> Iterator[Opinion]:
        """The first that are no people's and can be compared with what at least one person says."""
        people = self._from("")
        said: dict[str, list[str]] = defaultdict(list)
        for hint in (hint for number in people for hint in self._hints(number, letters)):
            said[hint.field].append(hint.words)
        for number in [*self._from("imported")[:OPINIONS], *self._from("model")[:OPINIONS]]:
            if compared := self._known(product(people, [number])):
                hints = [hint for hint in self._hints(number, letters) if _stands_apart(hint, said[hint.field])]
                more = max(0, len(hints) - HINTS)
                voice = self.voices[number]
                yield Opinion(voice.name, voice.origin, tuple(hints[:HINTS]), more, _echo(compared))

    def _from(self, origin: Origin) -> list[int]:
        return [number for number, voice in enumerate(self.voices) if voice.origin == origin]

    def _known(self, pairs: Iterable[Pair]) -> list[float]:
        found = (self.distances[min(pair), max(pair)] for pair in pairs)
        return [distance for distance in found if distance is not None]

    def _between(self, pairs: Iterable[Pair]) -> tuple[float | None, int]:
        """The mean distance of the pairs that can be compared, and how many those are."""
        known = self._known(pairs)
        return mean(known), len(known)

    def _sentence(self, pairs: Sequence[Pair], whole: str, partly: str) -> Iterator[str]:
        distance, count = self._between(pairs)
        if distance == 0 and count == len(pairs):
            yield f"{whole}."
        elif distance == 0:
            yield f"{partly} in the {count} of {len(pairs)} pairs that can be compared."
        elif distance is not None:
            mean_of = "" if count == 1 else f", the mean of {count} pairs"
            yield f"{partly} to {_percent(1 - distance)}{mean_of}."

    def _hints(self, number: int, letters: Sequence[str]) -> Sequence[Hint]:
        return KINDS[self.question.kind].suggest(self.voices[number].value, self.question, self.subject, letters)


def _stands_apart(hint: Hint, said: Sequence[str]) -> bool:
    """Whether it is not what most people say about its row, or what nobody says where there is no most."""
    most = usual(said)
    return hint.words not in said if most is None else hint.words != most


def _echo(distances: Sequence[float]) -> str:
    same = sum(1 for distance in distances if distance == 0)
    who = "person says" if len(distances) == 1 else "people say"
    return f"{same} of {len(distances)} {who} exactly this"


def _percent(share: float) -> str:
    """Rounded down: “100 %” is said of what agrees wholly."""
    return f"{math.floor(100 * share + 1e-9)} %"
