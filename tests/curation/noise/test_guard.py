"""Guard rails: each condition by itself, its sentence, and a detector tried on planted flips."""

from dataclasses import replace

import numpy as np
import pytest

from curation.noise import planted
from curation.noise.confident import by_head
from curation.noise.guard import Evidence, admit, decide
from curation.noise.planted import PlantedTest, flip
from curation.noise.proposals import Proposals, Suggestion
from modelhooks.head.evaluation import Accuracy
from tests.modelhooks.head.planted import planted as planted_pairs

PASSED = PlantedTest(0.2, 400, 350, 0.9, 0.86, 0.7, 0.85, 0.80, 0.82, Accuracy(0.02, 0.0, 0.04, 500, 500))
GOOD = Evidence(
    pairs=2_000,
    accuracy=Accuracy(0.75, 0.70, 0.80, 2_000, 2_000),
    length_only=Accuracy(0.60, 0.57, 0.63, 2_000, 2_000),
    audited=50,
    confirmed=32,
    planted=PASSED,
)


def test_a_drop_stands_alone_where_everything_has_been_shown():
    decision = decide(Suggestion.DROP, GOOD)

    assert decision.stands_alone
    assert decision.reasons == ("Every guard rail holds on this project's own labels.",)
    assert decide(Suggestion.SOFT, GOOD).stands_alone


@pytest.mark.parametrize(
    ("worse", "sentence"),
    [
        ({"pairs": 1_999}, "There are 1,999 labeled pairs; 2,000 are needed."),
        ({"accuracy": None}, "The head's accuracy has not been measured on prompts that it never saw."),
        (
            {"accuracy": Accuracy(0.75, 0.69, 0.80, 2_000, 2_000)},
            "The head's accuracy may be as low as 69%; at least 70% are needed.",
        ),
        ({"length_only": None}, "It is not known what the length of responses alone would have got."),
        (
            {"length_only": Accuracy(0.68, 0.65, 0.7, 2_000, 2_000)},
            "The head may be no better than 70.0%, and length alone gets 68.0%; it has to be 3 points better.",
        ),
        ({"audited": 49, "confirmed": 49}, "People have looked at 49 flagged pairs; 50 are needed."),
        (
            {"confirmed": 30},
            "People confirmed 30 of 50 flagged pairs, which may mean as few as 47%; at least 50% are needed.",
        ),
        ({"planted": None}, "The test with planted flips has not been run on this project's labels."),
        (
            {"planted": replace(PASSED, precision_at_least=0.49)},
            "Of what it flags among planted flips, maybe only 49% were planted; at least 50% are needed.",
        ),
        (
            {"planted": replace(PASSED, dropped=0.79, gain=Accuracy(-0.01, -0.021, 0.0, 500, 500))},
            "With planted flips dropped, a head was right in 79.0% of held-out pairs, and in 80.0% with them left in; "
            "dropping may cost 2.1 points.",
        ),
    ],
)
def test_one_thing_that_is_missing_turns_a_drop_into_a_review_and_says_so(worse, sentence):
    decision = decide(Suggestion.DROP, replace(GOOD, **worse))

    assert decision.allowed == Suggestion.REVIEW
    assert decision.reasons == (sentence,)


def test_nothing_is_flipped_by_itself_however_good_the_evidence():
    decision = decide(Suggestion.FLIP, GOOD)

    assert decision.allowed == Suggestion.REVIEW
    assert decision.reasons == ("A label is never turned round without a person.",)


def test_what_is_not_known_speaks_against_it():
    decision = decide(Suggestion.DROP, Evidence(pairs=0))

    assert not decision.stands_alone
    assert len(decision.reasons) == 4
    assert decide(Suggestion.REVIEW, Evidence(pairs=0)).stands_alone
    with pytest.raises(ValueError, match="confirmed"):
        decide(Suggestion.DROP, Evidence(pairs=0, audited=1, confirmed=2))


def test_proposals_become_reviews_where_they_may_not_stand_alone():
    words = np.array(["keep", "drop", "flip", "soft", "review"])
    proposals = Proposals("m", np.zeros(5), words, np.where(words == "soft", 0.4, np.nan))

    refused, reasons = admit(proposals, Evidence(pairs=0))
    allowed, _ = admit(proposals, GOOD)

    assert refused.suggested.tolist() == ["keep", *["review"] * 4]
    assert allowed.suggested.tolist() == ["keep", "drop", "review", "soft", "review"]
    assert {one.wanted for one in reasons} == set(Suggestion)


def test_a_detector_that_finds_planted_flips_passes_and_one_that_guesses_does_not():
    pairs = planted_pairs(3_000, dimensions=32, scale=20.0).pairs
    draw = np.random.default_rng(5)

    good = planted.run(lambda one: by_head(one, 30.0, seeds=1).flagged, pairs, 30.0)
    guess = planted.run(lambda one: draw.random(len(one)) < 0.2, pairs, 30.0)

    assert good.planted == 4 * 600  # each pair is in four trainings of five
    assert good.precision_at_least > 0.7
    assert good.recall > 0.5
    assert good.flipped < good.untouched
    assert decide(Suggestion.DROP, replace(GOOD, planted=good)).stands_alone
    assert guess.precision == pytest.approx(0.2, abs=0.04)
    assert not decide(Suggestion.DROP, replace(GOOD, planted=guess)).stands_alone


def test_a_detector_that_knows_what_was_planted_gets_everything_right_and_helps():
    pairs = planted_pairs(1_000, dimensions=32, scale=20.0).pairs

    knowing = planted.run(lambda one: one.p != pairs.p[one.groups], pairs, 30.0, share=0.35)

    assert (knowing.precision, knowing.recall) == (1.0, 1.0)
    assert knowing.dropped > knowing.flipped + 0.03
    assert knowing.gain.share == pytest.approx(knowing.dropped - knowing.flipped)


def test_a_detector_is_refused_where_nothing_can_be_learnt():
    noise = planted_pairs(1_000, dimensions=32, scale=0.1).pairs

    test = planted.run(lambda one: by_head(one, 100.0, seeds=1).flagged, noise, 100.0)

    assert not decide(Suggestion.DROP, replace(GOOD, planted=test)).stands_alone


def test_flips_turn_decided_labels_only_and_as_many_as_said():
    pairs = planted_pairs(500, ties=0.4).pairs

    turned, which = flip(pairs, 0.2, seed=3)

    assert which.sum() == round(0.2 * pairs.is_decided.sum())
    assert (turned.p[which] == 1 - pairs.p[which]).all()
    assert (turned.p[~which] == pairs.p[~which]).all()
    assert not (which & ~pairs.is_decided).any()
    tied = pairs.take(~pairs.is_decided)
    with pytest.raises(ValueError, match="nothing to flip"):
        planted.run(lambda one: np.zeros(len(one), bool), tied, 1.0)
    with pytest.raises(ValueError, match="two prompts"):
        planted.run(lambda one: np.zeros(len(one), bool), pairs.take(np.arange(1)), 1.0)
