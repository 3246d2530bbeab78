"""A model is asked what everybody knows before it is asked anything else."""

import json
from typing import Any

import pytest

from modelhooks.backends.fake import FakeModel
from modelhooks.contracts import RewardScore, StepScore
from modelhooks.judging import health
from modelhooks.judging.chat import Ask
from modelhooks.judging.pairwise import PairwiseJudge
from modelhooks.judging.pointwise import PointwiseJudge
from modelhooks.judging.rubrics import GradingJudge
from modelhooks.judging.steps import StepJudge
from tests.modelhooks.judging.scripted import CODE, Scripted, failed, setting, shown


def obedient(ask: Ask, number: int) -> Any:
    """What a server that enforces forms makes a model say, whatever it would like to say."""
    if ask.shape is None:
        return "Hello."
    (word,) = ask.shape.model_json_schema()["properties"]["capital"]["const"].split()
    return {"capital": word}


def test_a_server_that_enforces_a_form_is_healthy():
    assert health.chat(Scripted(obedient)).is_healthy


@pytest.mark.parametrize("said", ["Paris", {"capital": "Paris"}, {"answer": "Paris"}, "```json\n{}\n```", ""])
def test_a_server_that_does_not_is_refused(said: Any):
    found = health.chat(Scripted(lambda ask, number: "Hello." if ask.shape is None else said))

    assert not found.is_healthy
    assert "does not enforce" in found.faults[0]


def test_a_server_that_does_not_answer_is_refused_in_its_own_words():
    assert health.chat(Scripted(lambda ask, number: failed())).faults == (failed().error,)


def test_the_word_is_another_each_time():
    chat = Scripted(obedient)

    health.chat(chat)
    health.chat(chat)

    assert len({json.dumps(ask.shape.model_json_schema()) for ask in chat.asked if ask.shape}) == 2


def pair_judge(prefers: Any) -> PairwiseJudge:
    def say(ask: Ask, number: int) -> Any:
        return {"case": CODE, "reasoning": "", "verdict": prefers(ask)}

    return PairwiseJudge(setting(say), "direct")


def knows(ask: Ask) -> str:
    return "A" if "= 42" in shown(ask, "response A") else "B"


@pytest.mark.parametrize(
    ("prefers", "is_healthy"),
    [
        (knows, True),
        (lambda ask: {"A": "B", "B": "A"}[knows(ask)], False),
        (lambda ask: "A", False),
        (lambda ask: "tie", False),
        (lambda ask: "?", False),
    ],
)
def test_a_judge_of_pairs_has_to_decide_an_easy_case(prefers: Any, is_healthy: bool):
    assert health.preference(pair_judge(prefers)).is_healthy is is_healthy


class Scores:
    def __init__(self, *raw: float | None) -> None:
        self.raw = raw

    def score(self, groups: Any) -> list[list[RewardScore]]:
        return [[RewardScore(one, error="" if one is not None else "Away.") for one in self.raw]]

    def score_steps(self, solutions: Any) -> list[list[StepScore]]:
        return [[StepScore(one, "" if one is not None else "Away.") for one in self.raw]]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ((9, 8, 7, 2, -3, -4), ""),
        ((0.99, 0.98, 0.97, 0.4, 0.3, 0.2), "squashed"),
        ((1.0, 1.0, 1.0, 1.0, 1.0, 1.0), "squashed"),
        ((-3, 8, 7, 2, 9, -4), "wrong answer"),
        ((float("nan"), 8, 7, 2, 1, -4), "not a number"),
        ((5, 5, 5, 5, 5, 5), "the same"),
        ((9, 8, None, 2, -3, -4), "Away"),
    ],
)
def test_a_reward_model_has_to_know_an_easy_case_and_squash_nothing(raw: Any, fault: str):
    found = health.reward(Scores(*raw))

    assert found.is_healthy is (not fault)
    assert any(fault in one for one in found.faults) or not fault


@pytest.mark.parametrize(
    ("raw", "is_healthy"), [((0.9, 0.1, 0.1), True), ((0.1, 0.9, 0.1), False), ((0.9, None, 0), False)]
)
def test_a_model_of_steps_has_to_see_a_wrong_sum(raw: Any, is_healthy: bool):
    assert health.steps(Scores(*raw)).is_healthy is is_healthy


def test_judges_in_words_pass_the_checks_of_their_contracts():
    def rate(ask: Ask, number: int) -> Any:
        return {"case": CODE, "critique": "", "score": 5 if "42" in shown(ask, "response") else 1}

    def grade(ask: Ask, number: int) -> Any:
        verdict = "yes" if "42" in shown(ask, "response") else "no"
        return {"case": CODE, "c1": {"reasoning": "", "evidence": "", "verdict": verdict}}

    def check(ask: Ask, number: int) -> Any:
        verdicts = ["right" if "= 30" in shown(ask, f"step {one}") else "wrong" for one in (1, 2, 3)]
        return {"case": CODE, "steps": [{"check": "", "verdict": one} for one in verdicts]}

    assert health.reward(PointwiseJudge(setting(rate))).is_healthy
    assert health.rubric(GradingJudge(setting(grade))).is_healthy
    assert health.steps(StepJudge(setting(check))).is_healthy
    assert not health.rubric(GradingJudge(setting(lambda ask, number: "?"))).is_healthy


def test_a_model_that_knows_nothing_is_found_out():
    seeds = [FakeModel(str(seed)) for seed in range(20)]

    assert 0 < sum(health.preference(one).is_healthy for one in seeds) < 20
