"""Steps labeled without people: go on from each step many times, and count how often that ends in the right answer.

Source: Wang et al., *Math-Shepherd*, 2024, hard and soft estimation; Luo et al., *OmegaPRM*, 2024, and Du et al., *MM-
PRM*, 2025, for the search of the first error by halving. Counts are kept, not only their ratio, since 1 of 1 is not 16
of 16.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelhooks.contracts import Candidate, Generation, Generator, Messages, Usage, Verifier
from modelhooks.judging.fences import Draw, draw, fence, texts_of
from modelhooks.prompts import prompt

NAME = "continue-1"
BETWEEN = "\n\n"
ENDING = "“The answer is”, and then the answer alone"


@dataclass(frozen=True)
class Problem:
    """A task, a solution to it in steps, and the answer that is known to be right."""

    prompt: Messages
    steps: tuple[str, ...]
    reference: str


@dataclass(frozen=True)
class Estimate:
    """How often going on from a place ended right: `right` of `told`. `untold` could not be verified, or did not come.

    Those count for nothing; with none told there is no estimate.
    """

    right: int
    told: int
    untold: int = 0

    @property
    def hard(self) -> bool | None:
        """Whether any ended right (hard estimation); None without an estimate."""
        return self.right > 0 if self.told else None

    @property
    def soft(self) -> float | None:
        """The share that ended right (soft estimation); None without an estimate."""
        return self.right / self.told if self.told else None

    @property
    def target(self) -> float | None:
        """What a model is trained on: (right + ½) / (told + 1), which is never quite 0 or 1."""
        return (self.right + 0.5) / (self.told + 1) if self.told else None

    @property
    def error(self) -> float | None:
        """The standard error of the target: √(p(1 - p) / (told + 2))."""
        p = self.target
        return None if p is None else math.sqrt(p * (1 - p) / (self.told + 2))


@dataclass(frozen=True)
class Walk:
    """Who goes on, who says whether it ended right, how often, and how the rest is drawn."""

    generator: Generator
    verifier: Verifier
    rollouts: int = 16
    parameters: Mapping[str, Any] = field(default_factory=lambda: {"temperature": 0.7})
    ending: str = ENDING
    draw: Draw = field(default=draw, repr=False)


@dataclass(frozen=True)
class Labeled:
    """One solution's estimates, by how many steps were kept; those that were not needed are missing. And the cost."""

    estimates: Mapping[int, Estimate]
    first_error: int | None = None
    """The first step (from 0) from which nothing ended right; the number of steps where there is none. None: not
    known.
    """
    usage: Usage = field(default_factory=Usage)


def label_steps(walk: Walk, problems: Sequence[Problem]) -> list[Labeled]:
    """Every step of every solution: what going on after it comes to. The last step is verified alone."""
    places = [(number, kept) for number, one in enumerate(problems) for kept in range(1, len(one.steps) + 1)]
    found = estimates(walk, [(problems[number], kept) for number, kept in places])
    labeled: list[dict[int, Estimate]] = [{} for _ in problems]
    usages = [Usage() for _ in problems]
    for (number, kept), (estimate, usage) in zip(places, found, strict=True):
        labeled[number][kept] = estimate
        usages[number] += usage
    return [
        Labeled(each, _first_error(each, len(one.steps)), usage)
        for one, each, usage in zip(problems, labeled, usages, strict=True)
    ]


def find_first_errors(walk: Walk, problems: Sequence[Problem]) -> list[Labeled]:
    """The first error of every solution, by halving: at most ⌈log₂ steps⌉ + 1 places of each are gone on from.

    Where nothing ends right after the middle, the error stands there or before; else after it. All solutions are
    searched side by side, so that each round is one call. A place without an estimate ends a search: its error is not
    known.
    """
    found: list[dict[int, Estimate]] = [{} for _ in problems]
    usages = [Usage() for _ in problems]
    # The error's step number is at least `low`; after `high` steps nothing ends right, if that is known to be so.
    spans = {number: (0, len(one.steps)) for number, one in enumerate(problems) if one.steps}
    asked = dict.fromkeys(spans, 0)
    for number in spans:
        asked[number] = len(problems[number].steps)
    while asked:
        answers = estimates(walk, [(problems[number], kept) for number, kept in asked.items()])
        for (number, kept), (estimate, usage) in zip(list(asked.items()), answers, strict=True):
            found[number][kept] = estimate
            usages[number] += usage
            spans[number] = _narrowed(spans[number], kept, estimate, len(problems[number].steps))
        asked = {number: _middle(span) for number, span in spans.items() if span[1] - span[0] > 1}
    return [
        Labeled(each, _searched(each, spans.get(number, (0, 0)), len(problems[number].steps)), usages[number])
        for number, each in enumerate(found)
    ]


def _middle(span: tuple[int, int]) -> int:
    return (span[0] + span[1]) // 2


def _narrowed(span: tuple[int, int], kept: int, estimate: Estimate, steps: int) -> tuple[int, int]:
    """Right after `kept` steps: the error comes later. Never right: it is among them. Nobody knows: the search ends."""
    if estimate.hard is None or (estimate.hard and kept == steps):
        return (kept, kept)
    return (kept, span[1]) if estimate.hard else (span[0], kept)


def _searched(found: Mapping[int, Estimate], span: tuple[int, int], steps: int) -> int | None:
    if any(estimate.hard is None for estimate in found.values()):
        return None
    return steps if not steps or found[steps].hard else span[0]


def _first_error(found: Mapping[int, Estimate], steps: int) -> int | None:
    """The step before which going on still ends right, and after which it never does."""
    if any(found[kept].hard is None for kept in range(1, steps + 1)):
        return None
    return next((kept - 1 for kept in range(1, steps + 1) if not found[kept].hard), steps)


def estimates(walk: Walk, places: Sequence[tuple[Problem, int]]) -> list[tuple[Estimate, Usage]]:
    """What going on after so many steps comes to, for each place; a whole solution is only verified."""
    rests = iter(_drawn(walk, [(one, one.steps[:kept]) for one, kept in places if kept < len(one.steps)]))
    begun = [(one, one.steps[:kept], next(rests) if kept < len(one.steps) else None) for one, kept in places]
    return [(ends.estimate, ends.usage) for ends in _verified(walk, begun)]


@dataclass(frozen=True)
class Ends:
    """The rests that were written from one place, each with whether it ended right, and what they cost."""

    rests: tuple[tuple[str, bool | None], ...]
    lost: int = 0
    usage: Usage = field(default_factory=Usage)

    @property
    def estimate(self) -> Estimate:
        """How many ended right."""
        told = [is_right for _, is_right in self.rests if is_right is not None]
        return Estimate(sum(told), len(told), len(self.rests) - len(told) + self.lost)


def go_on(walk: Walk, places: Sequence[tuple[Problem, Sequence[str]]]) -> list[Ends]:
    """Go on from each place, steps of a solution to a problem, as often as the walk says, and see where it ends."""
    drawn = _drawn(walk, places)
    return _verified(walk, [(one, kept, each) for (one, kept), each in zip(places, drawn, strict=True)])


def _drawn(walk: Walk, places: Sequence[tuple[Problem, Sequence[str]]]) -> list[list[Generation]]:
    prompts = [_to_go_on(walk, one.prompt, kept) for one, kept in places]
    return walk.generator.generate(prompts, n=walk.rollouts, parameters=walk.parameters) if prompts else []


def _verified(walk: Walk, places: Sequence[tuple[Problem, Sequence[str], Sequence[Generation] | None]]) -> list[Ends]:
    """All rests of all places, verified in one call."""
    asked = [
        Candidate(one.prompt, BETWEEN.join([*kept, *tail]), one.reference)
        for one, kept, generations in places
        for tail in _tails(generations)
    ]
    verdicts = iter(walk.verifier.verify(asked))
    return [
        Ends(
            tuple((BETWEEN.join(tail), next(verdicts).is_correct) for tail in _tails(generations)),
            sum(not _is_whole(each) for each in generations or ()),
            sum((each.usage for each in generations or ()), Usage()),
        )
        for _, _, generations in places
    ]


def _tails(generations: Sequence[Generation] | None) -> list[list[str]]:
    """What is put after the steps that were kept: each rest that came whole, or nothing after a whole solution."""
    if generations is None:
        return [[]]
    return [[one.text.strip()] for one in generations if _is_whole(one)]


def _is_whole(one: Generation) -> bool:
    return not one.error and one.finish_reason != "length" and bool(one.text.strip())


def _to_go_on(walk: Walk, task: Messages, kept: Sequence[str]) -> Messages:
    """The question to go on with, in our words; the task and what was kept of its solution are fenced."""
    begun = BETWEEN.join(kept)
    around = fence([*texts_of(task), begun], walk.draw)
    words = {
        "code": around.code,
        "conversation": around.conversation(task),
        "begun": around.around("the solution so far", begun),
        "ending": walk.ending,
    }
    return tuple({"role": role, "content": text} for role, text in prompt(NAME).filled(words))
