"""A hook about planted pairs: it asks for their contrasts, and counts what came of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run
from tests.modelhooks.judging.planted_rubrics import contrasts, turned


class PlantedHook:
    """As many pairs as the run says; every third label is flipped."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        return ((number, 200) for number in range(run.parameters["pairs"]))

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        pairs = contrasts(run.parameters["pairs"], attempts=2)
        return [Asked(one, (turned(pairs[one]) if one % 3 == 0 else pairs[one],)) for one in subjects]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        kept = sum(one.chosen is not None for (one,) in answers.values())
        return Stored({"kept": kept, "rejected": len(answers) - kept})

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        return {}

    def pictures(self, run: Run) -> Resolve:
        return lambda _media: None

    def made_url(self, run: Run) -> str:
        return ""

    def ended(self, run: Run) -> None: ...
