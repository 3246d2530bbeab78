"""One rubric out of several: what says the same becomes one criterion, which names all that it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from modelhooks.contracts import Merged, MergedCriterion, Merging, WrittenCriterion
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.criteria import NOTHING_LEFT, SIEVE, Sieve, fault, key, listed, place
from modelhooks.judging.quotes import spaced
from modelhooks.prompts import prompt

MERGING = "merging-1"
TAKEN = "It takes up a criterion that another one took up."
Place = tuple[int, int]


@dataclass(frozen=True)
class Merger:
    """Makes one rubric of several."""

    setting: Setting

    @property
    def fingerprint(self) -> str:
        """Whatever changes a merged rubric."""
        return self.setting.fingerprint(MERGING, writer="merging", sieve=SIEVE)

    def merge(self, several: Sequence[Merging]) -> list[Merged]:
        """One list for each several."""
        heard = hear(self.setting, [self._question(one) for one in several])
        return [_merged(one, said) for one, said in zip(several, heard, strict=True)]

    def _question(self, one: Merging) -> Question[Answer]:
        shown = "\n".join(_lines(one))
        texts, words = {"criteria": ("the lists of criteria", shown)}, {"most": str(one.most)}
        shape = joining(len(_places(one)), one.most)
        return question(self.setting, prompt(MERGING), shape, (), texts=texts, words=words)


def _places(one: Merging) -> list[tuple[Place, WrittenCriterion]]:
    return [((list_, at), each) for list_, rubric in enumerate(one.rubrics) for at, each in enumerate(rubric)]


def _lines(one: Merging) -> list[str]:
    """Each criterion under a key that counts through all lists."""
    found: list[str] = []
    number = 0
    for list_, rubric in enumerate(one.rubrics, start=1):
        found.append(f"List {list_}:")
        for each in rubric:
            found.append(f"{key(number)}: {spaced(each.text)}")
            number += 1
    return found


def _merged(one: Merging, heard: Heard[Answer]) -> Merged:
    places = _places(one)
    sieve: Sieve[MergedCriterion] = Sieve()
    taken: set[int] = set()
    for each in listed(heard, "criteria"):
        text, numbers = spaced(each.text), set(map(place, each.sources))
        if sieve.lets(text, fault(text), TAKEN if numbers & taken else ""):
            taken |= numbers
            sources = [places[number] for number in sorted(numbers)]
            kind = _kind([source for _, source in sources])
            sieve.kept.append(MergedCriterion(text, kind, tuple(at for at, _ in sources)))
    left_out = tuple(at for number, (at, _) in enumerate(places) if number not in taken)
    reason = heard.trouble or ("" if sieve.kept else NOTHING_LEFT)
    told = (dict(sieve.refused), reason, heard.texts, heard.usage, heard.error)
    return Merged(tuple(sieve.kept), left_out if sieve.kept else (), *told)


def _kind(sources: Sequence[WrittenCriterion]) -> Literal["hard_rule", "principle"]:
    """A hard rule gates, so it stays one only where all that it was made of are."""
    return "hard_rule" if all(one.kind == "hard_rule" for one in sources) else "principle"


@cache
def joining(count: int, most: int) -> type[Answer]:
    """What belongs together, and the criteria that are made of so many."""
    named: Any = Annotated[list[Literal[tuple(map(key, range(count)))]], Field(min_length=1, max_length=count)]  # type: ignore[misc]
    joined = create_model("Joined", __base__=Answer, sources=(named, ...), text=(str, ...))
    criteria: Any = Annotated[list[joined], Field(min_length=1, max_length=most)]  # type: ignore[valid-type]
    return create_model("Joining", __base__=Answer, case=(str, ...), reasoning=(str, ...), criteria=(criteria, ...))
