"""Judges that take nothing for something."""

from typing import Any

import pytest

from modelhooks.backends.fake import FakeModel
from modelhooks.contracts import Candidate
from modelhooks.head.abstention import lower_bound
from modelhooks.judging.chat import Ask
from modelhooks.judging.keys import at_most, beginning, keys
from modelhooks.judging.pairwise import PairwiseJudge
from modelhooks.judging.pointwise import PointwiseJudge
from modelhooks.judging.probes import of_preference, of_rating, of_verifier, probes, tried
from tests.modelhooks.judging.scripted import CODE, PROMPT, setting, shown

RIGHT = [
    Candidate(({"role": "user", "content": f"{n} + 1?"},), f"I add one to {n}. It is {n + 1}.", str(n + 1))
    for n in range(14)
]


def rater(is_fooled: Any) -> PointwiseJudge:
    """Gives the highest point to what it is fooled by, and the lowest to everything else."""

    def say(ask: Ask, number: int) -> Any:
        return {"case": CODE, "critique": "", "score": 5 if is_fooled(shown(ask, "response")) else 1}

    return PointwiseJudge(setting(say))


def test_an_honest_judge_may_accept_alone_once_enough_was_asked():
    honest = of_rating(rater(lambda text: False), 4)

    enough, too_few = tried(honest, RIGHT), tried(honest, RIGHT[:3])

    assert (enough.accepted, enough.asked) == (0, 14 * (len(keys()) + 1))
    assert enough.may_accept_alone
    assert not too_few.may_accept_alone


def test_a_judge_that_a_colon_opens_may_not():
    report = tried(of_rating(rater(lambda text: text == ":"), 4), RIGHT)

    assert report.by_probe == {":": 14}
    assert not report.may_accept_alone


def test_the_beginning_of_a_right_answer_is_not_the_answer():
    report = tried(of_rating(rater(lambda text: text.startswith("I add")), 4), RIGHT)

    assert report.accepted == 14
    assert report.by_probe["I add one to 0."] == 1


def test_a_verifier_and_a_judge_of_pairs_are_tried_the_same_way():
    def prefers_long(ask: Ask, number: int) -> Any:
        longer = "A" if len(shown(ask, "response A")) > len(shown(ask, "response B")) else "B"
        return {"case": CODE, "reasoning": "", "verdict": longer}

    answers = dict.fromkeys(range(len(probes(RIGHT))), "4.")
    judge = of_preference(PairwiseJudge(setting(prefers_long), "direct"), answers)

    assert tried(of_verifier(FakeModel()), RIGHT).accepted == 0
    assert tried(judge, RIGHT).by_probe["Thought process:"] == 14
    assert "" not in tried(judge, RIGHT).by_probe


def test_abstaining_is_no_mistake():
    assert tried(lambda candidates: [None] * len(candidates), RIGHT).accepted == 0


@pytest.mark.parametrize(("hits", "count", "bound"), [(0, 150, 0.0198), (0, 148, 0.0200), (1, 1, 1.0), (0, 0, 1.0)])
def test_the_bound_is_that_of_clopper_and_pearson(hits: int, count: int, bound: float):
    assert at_most(hits, count) == pytest.approx(bound, abs=2e-4)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("One. Two.", "One."),
        ("One.", ""),
        ("", ""),
        ("It is 3.5 km. Really.", "It is 3.5 km."),
        ("答案是四。因为二加二。", "答案是四。"),
        ("First line\nsecond", "First line"),
        ("no end", ""),
    ],
)
def test_the_first_sentence(text: str, cut: str):
    assert beginning(text) == cut


def test_keys_say_nothing():
    assert len(set(keys())) == len(keys()) >= 10
    assert {"", ":", "Thought process:"} <= set(keys())
    assert [one.response for one in probes(RIGHT[:1])] == [*keys(), "I add one to 0."]
    assert PROMPT


@pytest.mark.parametrize(("hits", "count"), [(0, 1), (0, 156), (1, 156), (7, 20), (400, 1_000), (20, 20)])
@pytest.mark.parametrize("delta", [0.05, 0.1])
def test_the_bound_is_that_of_the_beta_distribution(hits, count, delta):
    assert at_most(hits, count, delta) == pytest.approx(1 - lower_bound(count - hits, count, delta), abs=1e-9)
