"""Steps labeled by going on from them: a planted policy whose chances are known, and searches that waste nothing."""

import math
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelhooks.contracts import Candidate, Generation, Solution, StepScore, Usage, Verification
from modelhooks.stepwise.bidirectional import Bidirectional
from modelhooks.stepwise.rollouts import Estimate, Problem, Walk, find_first_errors, label_steps
from tests.modelhooks.judging.scripted import CODE

PROMPT = ({"role": "user", "content": "How many? <|im_end|>"},)


class Policy:
    """Goes on from a solution and ends right with a chance that depends on how many of its steps were kept."""

    def __init__(self, chance: Callable[[int], float | None], seed: int = 0) -> None:
        self.chance = chance
        self.draw = random.Random(seed)
        self.prompts: list[Any] = []

    def generate(self, prompts: Sequence[Any], *, n: int, parameters: Any) -> list[list[Generation]]:
        self.prompts += prompts
        return [[self._end(prompt, place) for place in range(n)] for prompt in prompts]

    def _end(self, prompt: Any, place: int) -> Generation:
        chance = self.chance(len(re.findall(r"\[step \d+\]", prompt[1]["content"])))
        if chance is None:
            return Generation("", "error", usage=Usage(requests=1), error="Away.")
        answer = 7 if self.draw.random() < chance else 0
        return Generation(f"The answer is {answer}", "stop", usage=Usage(completion_tokens=3, requests=int(place == 0)))


class LastWord:
    """Right where the last number is the reference; not told where there is none."""

    def verify(self, candidates: Sequence[Candidate]) -> list[Verification]:
        return [self._one(one) for one in candidates]

    def _one(self, one: Candidate) -> Verification:
        numbers = re.findall(r"answer is (\d+)", one.response)
        return Verification(numbers[-1] == one.reference if numbers else None, "" if numbers else "No answer.")


def problem(steps: int, answer: int = 7) -> Problem:
    words = [f"[step {number}]" for number in range(steps)]
    if words:
        words[-1] += f" The answer is {answer}"
    return Problem(PROMPT, tuple(words), "7")


def walk(chance: Callable[[int], float | None], rollouts: int = 16, seed: int = 0) -> Walk:
    return Walk(Policy(chance, seed), LastWord(), rollouts, draw=lambda: CODE)


def test_soft_labels_are_within_two_standard_errors_of_the_truth():
    truth = {kept: 0.1 + 0.08 * kept for kept in range(1, 10)}
    labeled = label_steps(walk(truth.__getitem__), [problem(10)] * 40)

    inside = [
        abs(each.estimates[kept].target - truth[kept]) <= 2 * each.estimates[kept].error
        for each in labeled
        for kept in range(1, 10)
    ]
    assert sum(inside) / len(inside) >= 0.9


def test_the_last_step_is_verified_and_not_gone_on_from():
    right, wrong = label_steps(walk(lambda kept: 1.0, 4), [problem(3), problem(3, answer=5)])

    assert right.estimates == {1: Estimate(4, 4), 2: Estimate(4, 4), 3: Estimate(1, 1)}
    assert wrong.estimates[3] == Estimate(0, 1)
    assert (right.first_error, wrong.first_error) == (3, 2)
    assert right.usage == Usage(completion_tokens=24, requests=2)


def test_what_did_not_come_or_cannot_be_told_counts_for_nothing():
    away = label_steps(walk(lambda kept: None, 4), [problem(2)])[0]
    mute = Walk(Policy(lambda kept: 1.0), LastWord(), 4)
    untold = label_steps(mute, [Problem(PROMPT, ("[step 0]", "no end"), "7")])[0]

    assert away.estimates[1] == Estimate(0, 0, 4)
    assert (away.estimates[1].soft, away.estimates[1].hard, away.estimates[1].target) == (None, None, None)
    assert away.first_error is None
    assert untold.estimates[2] == Estimate(0, 0, 1)
    assert untold.first_error is None


def test_rests_that_were_cut_off_are_not_verified():
    class Cut(Policy):
        def _end(self, prompt: Any, place: int) -> Generation:
            return Generation("The answer is 7", "length" if place else "stop")

    (found,) = label_steps(Walk(Cut(lambda kept: 1.0), LastWord(), 4), [problem(2)])

    assert found.estimates[1] == Estimate(1, 1, 3)


def test_counts_are_kept_and_turned_into_targets():
    one = Estimate(3, 4, 1)

    assert (one.hard, one.soft, one.target) == (True, 0.75, pytest.approx(0.7))
    assert one.error == pytest.approx(math.sqrt(0.7 * 0.3 / 6))
    assert Estimate(0, 4).hard is False
    assert 0 < Estimate(0, 16).target < Estimate(16, 16).target < 1


@settings(deadline=None)
@given(st.integers(1, 40), st.data())
def test_the_first_error_is_found_by_halving(steps: int, data: st.DataObject):
    planted = data.draw(st.integers(0, steps))
    asked = walk(lambda kept: 1.0 if kept <= planted else 0.0, 1)

    (found,) = find_first_errors(asked, [problem(steps, 7 if planted == steps else 5)])

    assert found.first_error == planted
    assert len(found.estimates) <= math.ceil(math.log2(steps)) + 1
    assert len(asked.generator.prompts) <= math.ceil(math.log2(steps))


def test_searches_go_side_by_side_and_a_right_solution_is_not_gone_on_from():
    class Counted(LastWord):
        calls = 0

        def verify(self, candidates: Sequence[Candidate]) -> list[Verification]:
            self.calls += 1
            return super().verify(candidates)

    verifier = Counted()
    policy = Policy(lambda kept: 1.0 if kept <= 2 else 0.0)
    problems = [problem(8, 5), problem(8), problem(0), problem(4, 5)]

    found = find_first_errors(Walk(policy, verifier, 2), problems)

    assert [one.first_error for one in found] == [2, 8, 0, 2]
    assert list(found[1].estimates) == [8]
    assert verifier.calls == 4  # whole solutions, then ⌈log₂ 8⌉ rounds


def test_a_search_that_cannot_be_told_ends():
    (found,) = find_first_errors(walk(lambda kept: None, 2), [problem(8, 5)])

    assert found.first_error is None
    assert len(found.estimates) == 2


def test_both_ways_of_labeling_find_the_same_error():
    problems = [problem(6, 5)] * 3

    searched = find_first_errors(walk(lambda kept: 1.0 if kept <= 3 else 0.0, 2), problems)
    labeled = label_steps(walk(lambda kept: 1.0 if kept <= 3 else 0.0, 2), problems)

    assert [one.first_error for one in searched] == [one.first_error for one in labeled] == [3, 3, 3]


def test_what_is_gone_on_from_stands_behind_fences():
    asked = walk(lambda kept: 1.0, 1)

    label_steps(asked, [problem(2)])

    system, user = asked.generator.prompts[0]
    assert (system["role"], user["role"]) == ("system", "user")
    assert f"<<<{CODE} the solution so far\n[step 0]\n>>>{CODE}" in user["content"]
    assert "[step 1]" not in user["content"]
    assert "<|im_end|>" not in user["content"]
    assert "“The answer is”" in user["content"]


# --- both directions ---


class Reader:
    """A step's score is how much of what it has read so far is longer than three letters; it knows nothing of the
    rest.
    """

    fingerprint = "reader"

    def score_steps(self, solutions: Any) -> list[list[Any]]:
        return [
            [
                StepScore(None, "Too long.") if "x" * 9 in step else StepScore(len("".join(one.steps[:end])) / 100)
                for end, step in enumerate(one.steps, start=1)
            ]
            for one in solutions
        ]


def test_a_step_is_read_from_both_ends():
    one = Solution(PROMPT, ("a", "bb", "ccc"))

    (both,) = Bidirectional(Reader()).score_steps([one])
    (ahead,) = Bidirectional(Reader(), 0.0).score_steps([one])
    (back,) = Bidirectional(Reader(), 1.0).score_steps([one])

    assert [step.value for step in ahead] == [0.01, 0.03, 0.06]
    assert [step.value for step in back] == [0.06, 0.05, 0.03]
    assert [step.value for step in both] == pytest.approx([0.035, 0.04, 0.045])


def test_a_step_without_one_of_its_scores_has_none():
    (scores,) = Bidirectional(Reader()).score_steps([Solution(PROMPT, ("a", "x" * 9))])

    assert scores[0].value is not None
    assert (scores[1].value, scores[1].error) == (None, "Too long.")


def test_the_mixture_is_in_the_fingerprint():
    assert Bidirectional(Reader(), 0.2).fingerprint != Bidirectional(Reader(), 0.3).fingerprint
    with pytest.raises(ValueError, match="0 to 1"):
        Bidirectional(Reader(), 1.5)
