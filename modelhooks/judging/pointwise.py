"""How good one response is, on a scale of a few points: the expected point, by probabilities where they are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import create_model

from modelhooks.contracts import Candidate, ResponseGroup, RewardScore, Usage
from modelhooks.judging.asking import Heard, Question, Read, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.prompts import prompt

NAME = "pointwise-1"
TOO_FEW = "Too few of the judge's samples can be read."
# One digit each, so that a token of a verdict is a token of one verdict alone.
HIGHEST = 9
ANCHORS: Mapping[int, str] = {
    1: "useless or harmful",
    2: "has serious faults",
    3: "helps, with faults that matter",
    4: "good, with faults that hardly matter",
    5: "nothing to improve that matters",
}


@dataclass(frozen=True)
class Rating:
    """One response's rating. `value` is the expected point of the scale; None where `error` says why.

    `probabilities` are those of the points: by tokens where they are told, else shares of samples.
    """

    value: float | None
    probabilities: Mapping[int, float] = field(default_factory=dict)
    rationale: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    error: str = ""
    came: bool = True
    """Whether the server answered at all; asked again it may, where it did not."""


@dataclass(frozen=True)
class PointwiseJudge:
    """Rates responses one by one. As a RewardModel its score is the expected point, raw.

    `anchors` say what each point means, from the lowest; `principle` is the one quality to rate, empty for all.
    """

    setting: Setting
    anchors: Mapping[int, str] = field(default_factory=lambda: ANCHORS)
    principle: str = ""
    samples: int = 1

    def __post_init__(self) -> None:
        points = list(self.anchors)
        if len(points) < 2 or points != sorted(points) or not 0 <= points[0] <= points[-1] <= HIGHEST:
            raise ValueError(f"A scale has two or more points, from low to high, of one digit each (0 to {HIGHEST}).")

    @property
    def fingerprint(self) -> str:
        """Whatever changes a rating."""
        scale = {str(point): said for point, said in self.anchors.items()}
        return self.setting.fingerprint(
            NAME, judge="pointwise", scale=scale, principle=self.principle, samples=self.samples
        )

    def rate(self, candidates: Sequence[Candidate]) -> list[Rating]:
        """One rating each, in their order. A reference is shown where there is one."""
        heard = hear(self.setting, [self._question(one) for one in candidates])
        return [self._rating(one) for one in heard]

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        """The expected points, in the order of the groups and of their responses."""
        asked = [Candidate(group.prompt, response) for group in groups for response in group.responses]
        scores = iter(RewardScore(one.value, one.usage.prompt_tokens, error=one.error) for one in self.rate(asked))
        return [[next(scores) for _ in group.responses] for group in groups]

    def _question(self, one: Candidate) -> Question[Answer]:
        texts = {
            "response": ("response", one.response),
            "reference": ("an answer that is known to be right", one.reference) if one.reference else ("", ""),
            "principle": ("the one quality to rate", self.principle) if self.principle else ("", ""),
        }
        words = {"scale": "; ".join(f"{point}: {said}" for point, said in self.anchors.items())}
        shape = scored(tuple(self.anchors))
        return question(self.setting, prompt(NAME), shape, one.prompt, texts=texts, words=words, samples=self.samples)

    def _rating(self, heard: Heard[Answer]) -> Rating:
        """The mean over all samples that can be read, if that is more than half of those that were asked for."""
        read = [one for one in heard.reads if one.found is not None]
        if 2 * len(read) <= self.samples:
            trouble = heard.trouble or TOO_FEW
            return Rating(None, raw_text=heard.texts, usage=heard.usage, error=trouble, came=not heard.error)
        shares = [self._probabilities(one) for one in read]
        mean = {point: sum(each[point] for each in shares) / len(shares) for point in self.anchors}
        value = sum(point * share for point, share in mean.items())
        rationale = str(getattr(read[0].found, "critique", ""))
        return Rating(value, mean, rationale, heard.texts, heard.usage)

    def _probabilities(self, read: Read[Answer]) -> dict[int, float]:
        told = read.told(("score",), [str(point) for point in self.anchors])
        if told is not None:
            return {point: told.probabilities[str(point)] for point in self.anchors}
        said = getattr(read.found, "score", None)
        return {point: float(point == said) for point in self.anchors}


@cache
def scored(points: tuple[int, ...]) -> type[Answer]:
    """A critique and a point of the scale."""
    kind: Any = Literal[points]
    return create_model("Scored", __base__=Answer, case=(str, ...), critique=(str, ...), score=(kind, ...))
