"""Which head takes over: the rule, its numbers, and heads as bytes, on planted pairs and by hand."""

from dataclasses import replace

import numpy as np
import pytest

from modelhooks.head import files, promotion
from modelhooks.head.calibration import Davidson
from modelhooks.head.ensemble import Ensemble
from modelhooks.head.evaluation import Accuracy
from modelhooks.head.logistic import Weights
from modelhooks.head.pairs import Pairs
from modelhooks.head.promotion import Measured, Rival, Spoken
from modelhooks.head.reserve import EVERY, is_reserved, order
from modelhooks.head.reward_head import RewardHead, train
from tests.modelhooks.head.planted import planted


def with_length(pairs: Pairs, *, tells: bool, shift: int = 0, seed: int = 9) -> Pairs:
    """The same pairs with a length that names the better one, or that says nothing; prompts numbered from `shift`."""
    draw = np.random.default_rng(seed)
    longer = np.where(pairs.p > 0.5, 0.7, -0.7) if tells else draw.normal(size=len(pairs))
    return replace(pairs, nuisance=longer[:, None], groups=pairs.groups + shift)


def at(share: float, low: float, high: float) -> Accuracy:
    return Accuracy(share, low, high, 100, 90)


def measured(*, gain: Accuracy, log_loss: float = 0.5, rival: Rival | None = None) -> Measured:
    spoken = Spoken(0.0, 0, None)
    return Measured(
        at(0.6, 0.5, 0.7), at(0.55, 0.45, 0.65), gain, log_loss, spoken, [], 0.0, 0.0, 0.0, rival
    )  # fmt: skip


def test_a_head_that_knows_more_than_length_is_told_apart_from_one_that_does_not() -> None:
    all_of_them = planted(700, seed=3).pairs
    learned, asked = all_of_them.take(np.arange(500)), all_of_them.take(np.arange(500, 700))
    head = train(learned, penalty=1.0).head

    blind = promotion.measure(head, with_length(learned, tells=False), with_length(asked, tells=False))
    told = promotion.measure(head, with_length(learned, tells=True), with_length(asked, tells=True))

    assert blind.head == told.head
    assert blind.gain.low > 0.1
    assert promotion.verdict(blind).is_promoted
    assert told.length_only.share == 1.0
    assert told.gain.high <= 0
    assert not promotion.verdict(told).is_promoted


def test_the_same_head_saves_nothing_against_itself_and_a_worse_one_something() -> None:
    all_of_them = planted(700, seed=3).pairs
    learned = with_length(all_of_them.take(np.arange(500)), tells=False)
    asked = with_length(all_of_them.take(np.arange(500, 700)), tells=False)
    head = train(learned, penalty=1.0).head
    own = promotion.scores(head, asked)

    itself = promotion.measure(head, learned, asked, in_office=own).rival
    guessing = promotion.measure(head, learned, asked, in_office=np.zeros(len(asked))).rival

    assert itself is not None
    assert guessing is not None
    assert (itself.saved.share, itself.saved.low, itself.saved.high) == (0, 0, 0)
    assert guessing.log_loss == pytest.approx(np.log(2))
    assert guessing.saved.low > 0
    assert guessing.head.share == 0.5  # who says nothing is half right


def test_a_prompt_on_both_sides_is_an_error_and_so_are_ties_alone() -> None:
    pairs = with_length(planted(60).pairs, tells=False)
    head = train(pairs, penalty=1.0).head
    ties = replace(with_length(planted(60).pairs, tells=False, shift=100), p=np.full(60, 0.5))

    with pytest.raises(ValueError, match="A frozen prompt was trained on"):
        promotion.measure(head, pairs, pairs)
    with pytest.raises(ValueError, match="Every frozen pair is a tie"):
        promotion.measure(head, pairs, ties)


@pytest.mark.parametrize(
    ("gain", "before", "is_promoted", "words"),
    [
        (at(0.05, 0.01, 0.09), None, True, "5 points (1 to 9) above length alone."),
        (at(0.05, 0.0, 0.09), None, False, "a gain of 5 points (0 to 9)."),
        (at(-0.02, -0.004, 0.01), None, False, "a gain of −2 points (0 to 1)."),
        (at(0.05, 0.01, 0.09), 0.6, True, "and its log-loss fell from 0.6000 to 0.5000."),
        (at(0.05, 0.01, 0.09), 0.5, False, "its log-loss of 0.5000 is not below the 0.5000"),
        (at(0.05, -0.01, 0.09), 0.4, False, "; and its log-loss of 0.5000 is not below"),
    ],
)
def test_the_rule_in_words(gain: Accuracy, before: float | None, is_promoted: bool, words: str) -> None:
    rival = None if before is None else Rival(at(0.6, 0.5, 0.7), before, at(0.0, 0.0, 0.0))

    found = promotion.verdict(measured(gain=gain, rival=rival))

    assert (found.is_promoted, words in found.sentence) == (is_promoted, True), found.sentence


def small() -> RewardHead:
    weights = Weights(np.array([0.1, -1e-9, 3.0]), np.array([0.5]))
    return RewardHead(weights, Ensemble(np.arange(6.0).reshape(2, 3) / 7), 10.0, 1.25, Davidson(1.5, -0.2), None)


def test_a_head_survives_its_bytes_and_touched_bytes_are_another_head() -> None:
    head = small()
    weights, rest = files.write(head)

    back = files.read(weights, rest)

    assert back.as_json() == head.as_json()
    known = files.fingerprint(weights, rest, "e")
    assert known == files.fingerprint(*files.write(back), "e")
    others = {
        files.fingerprint(weights[:-8] + b"\0" * 8, rest, "e"),
        files.fingerprint(weights, {**rest, "factor": 1.26}, "e"),
        files.fingerprint(weights, rest, "another"),
    }
    assert len(others | {known}) == 4


@pytest.mark.parametrize(
    ("weights", "change"),
    [(b"", {}), (b"abc", {}), (None, {"shapes": {"direction": [2]}}), (None, {"ties": {"factor": 1.0}})],
)
def test_what_is_no_head_is_damaged(weights: bytes | None, change: dict[str, object]) -> None:
    whole, rest = files.write(small())

    with pytest.raises(files.Damaged, match="cannot be read"):
        files.read(whole if weights is None else weights, {**rest, **change})


def test_one_prompt_in_five_is_kept_back_by_its_name_alone() -> None:
    names = [f"group-{number}" for number in range(5_000)]

    kept = [is_reserved("salt", "better", name) for name in names]
    elsewhere = [is_reserved("salt", "worse", name) for name in names]

    assert abs(sum(kept) - 5_000 / EVERY) < 120  # four standard deviations
    assert kept == [is_reserved("salt", "better", name) for name in names]
    assert 100 < sum(a and b for a, b in zip(kept, elsewhere, strict=True)) < 300  # another question, another draw
    assert len({order("salt", "better", name) for name in names}) == 5_000
