"""Responses in steps, and what people said about the steps: what the recipes for process reward models share."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from annotation.kinds import Judged
from curation.recipes.drops import Drop
from curation.recipes.panel import Said
from curation.recipes.parameters import QuestionOf
from curation.recipes.records import AnnotationRecord, ItemRecord

Label = int | None
"""1 good, 0 neutral, -1 wrong; None is not answered."""

QUESTION = QuestionOf(name="question", title="Which question is read", kinds=("steps",))
KINDS = ("steps",)


class Solution(NamedTuple):
    """One response of an item, cut as those saw it who judged it."""

    place: int
    steps: list[str]
    """The words of each step, without the white space around them."""
    said: list[Said]
    """What each annotator said about this response: `{"labels": [...], "final"?: ...}`."""

    def labels(self) -> Iterator[list[Label]]:
        """Each annotator's labels, one for each step."""
        return (one.value["labels"] for one in self.said)

    @property
    def place_in_votes(self) -> str:
        """Where votes and so the consensus on this response lie: by the way of cutting that most of them name."""
        named = Counter(str(one.value.get("splitter")) for one in self.said)
        return f"{self.place}.{min(named, key=lambda splitter: (-named[splitter], splitter))}"

    def annotations(self) -> list[AnnotationRecord]:
        """What it was said in."""
        return [one.annotation for one in self.said]


def solutions(item: ItemRecord, said: Sequence[Said]) -> Iterator[Solution | Drop]:
    """Each response that somebody judged, or why it is left out, in the item's own order."""
    for place, response in enumerate(item.responses):
        parts = [Said(part, one.annotation) for one in said if (part := _part(one.value, place))]
        yield _solution(place, response, parts) if parts else Drop.QUESTION_MISSING


def _part(value: Any, place: int) -> Any:
    return value[place] if isinstance(value, list) and place < len(value) else None


def _solution(place: int, response: dict[str, Any], parts: list[Said]) -> Solution | Drop:
    cuts = {_cut(response, str(part.value.get("splitter"))) for part in parts}
    if len(cuts) > 1:
        return Drop.STEPS_DIFFER
    steps = [words.strip() for words in cuts.pop()]
    if any(len(part.value["labels"]) != len(steps) for part in parts):
        return Drop.STEPS_DIFFER
    return Solution(place, steps, parts) if steps and all(steps) else Drop.EMPTY


def _cut(response: dict[str, Any], splitter: str) -> tuple[str, ...]:
    """The steps that an answer speaks of: by the splitter that it names, or as the source or a person cut them."""
    judged = Judged.from_turns(response["messages"], response.get("steps")).cut_as(splitter)
    return tuple(judged.text[start:end] for start, end in judged.steps)
