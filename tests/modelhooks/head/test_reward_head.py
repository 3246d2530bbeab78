"""A whole head on planted pairs: honest scores, calibration, abstention, and what it says of itself."""

import json

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binom

from modelhooks.head import crossfit
from modelhooks.head.abstention import cutoff, lower_bound
from modelhooks.head.calibration import Davidson, expected_error, fit_davidson, reliability, temperature
from modelhooks.head.ensemble import bootstrap, uncertainty_weighted, worst_case
from modelhooks.head.evaluation import accuracy
from modelhooks.head.pairs import Pairs, length_nuisance
from modelhooks.head.reward_head import RewardHead, TooFewPairs, is_better, outcomes, train
from tests.modelhooks.head.planted import planted


def test_folds_keep_prompts_whole_and_hold_each_out_once():
    groups = np.repeat(np.arange(23), 3)

    held = list(crossfit.folds(groups, 5, seed=1))

    assert (np.sum(held, axis=0) == 1).all()
    for one in held:
        assert not set(groups[one]) & set(groups[~one])


def test_crossfitted_scores_do_not_know_their_own_label():
    # Labels that are coin flips: whatever a head remembers of its own pair would show as accuracy above one half.
    draw = np.random.default_rng(0)
    pairs = Pairs(
        draw.normal(size=(400, 100)), np.zeros((400, 0)), (draw.random(400) < 0.5) * 1.0, np.arange(400), np.ones(400)
    )

    scores = crossfit.scores(pairs, 1.0)

    assert ((scores > 0) == (pairs.p > 0.5)).mean() < 0.56


def test_twins_of_one_prompt_do_not_teach_each_other():
    draw = np.random.default_rng(0)
    half = draw.normal(size=(200, 300))
    twice = np.vstack([half, half + 1e-3 * draw.normal(size=half.shape)])
    p = np.tile((draw.random(200) < 0.5) * 1.0, 2)
    alone, zero, ones = np.arange(400), np.zeros((400, 0)), np.ones(400)

    leaked = crossfit.scores(Pairs(twice, zero, p, alone, ones), 1.0)
    honest = crossfit.scores(Pairs(twice, zero, p, alone % 200, ones), 1.0)

    assert ((leaked > 0) == (p > 0.5)).mean() > 0.8
    assert ((honest > 0) == (p > 0.5)).mean() < 0.58


def test_the_penalty_follows_the_noise():
    clear, noisy = planted(600, scale=20, seed=1).pairs, planted(600, scale=0.7, seed=1).pairs

    assert crossfit.choose_penalty(clear) < crossfit.choose_penalty(noisy)


def test_temperature_undoes_a_planted_overconfidence():
    draw = np.random.default_rng(0)
    true = draw.normal(0, 1.2, 20_000)
    p = (draw.random(20_000) < expit(true)) * 1.0

    assert temperature(2.5 * true, p) == pytest.approx(1 / 2.5, rel=0.05)
    assert temperature(-true, p) < 0.02  # a head that is always wrong is listened to as little as may be


def test_davidson_finds_planted_ties_and_is_mirrored():
    draw = np.random.default_rng(0)
    scores, truth = draw.normal(0, 2, 20_000), Davidson(1.5, -0.4)
    told = truth.probabilities(scores)
    said = np.array([draw.multinomial(1, row) for row in told], float)

    found = fit_davidson(scores, said)

    assert (found.factor, found.log_tie) == (pytest.approx(1.5, rel=0.05), pytest.approx(-0.4, abs=0.05))
    assert found.probabilities(-scores) == pytest.approx(found.probabilities(scores)[:, ::-1])
    assert found.probabilities(scores).sum(axis=1) == pytest.approx(1)
    assert np.isfinite(found.probabilities(np.array([1e6, -1e6]))).all()


def test_soft_labels_become_shares_of_three_outcomes():
    assert outcomes(np.array([1.0, 0.5, 0.0, 0.75])).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0]]


def test_bins_say_what_was_promised_and_what_came():
    draw = np.random.default_rng(0)
    scores = draw.normal(0, 2, 5_000)
    p = (draw.random(5_000) < expit(scores)) * 1.0

    honest, boastful = reliability(scores, p), reliability(3 * scores, p)

    assert sum(one.count for one in honest) == 5_000
    assert expected_error(honest) < 0.02 < 0.08 < expected_error(boastful)
    assert reliability(np.array([]), np.array([])) == []


def test_the_interval_covers_and_widens_where_pairs_share_prompts():
    draw = np.random.default_rng(0)
    covered, widths = 0, {"alone": [], "shared": []}
    for _ in range(60):
        of_prompt = draw.beta(7, 3, 60)
        hits = (draw.random((60, 5)) < of_prompt[:, None]).astype(float).ravel()
        shared = accuracy(hits, np.repeat(np.arange(60), 5))
        alone = accuracy(hits, np.arange(300))
        covered += shared.low <= 0.7 <= shared.high
        widths["shared"].append(shared.high - shared.low)
        widths["alone"].append(alone.high - alone.low)

    assert covered >= 52
    assert np.mean(widths["shared"]) > 1.1 * np.mean(widths["alone"])


def test_a_lower_bound_is_the_share_at_which_so_many_hits_would_be_rare():
    bound = lower_bound(45, 50, 0.1)

    assert binom.sf(44, 50, bound) == pytest.approx(0.1, abs=1e-6)
    assert lower_bound(0, 10, 0.1) == 0


def test_a_cutoff_misses_its_target_no_more_often_than_agreed():
    draw = np.random.default_rng(0)
    missed = accepted = 0
    for _ in range(200):
        confidence = draw.uniform(0.5, 1, 500)
        found = cutoff(confidence, (draw.random(500) < confidence) * 1.0, target=0.9)
        if found:
            accepted += 1
            missed += (1 + found.confidence) / 2 < 0.9  # the mean accuracy above the cut-off

    assert accepted > 40
    assert missed <= 20


def test_a_cutoff_never_parts_equal_confidences_and_may_not_exist():
    same = np.full(100, 0.8)
    found = cutoff(same, np.ones(100), target=0.9)

    assert found is not None
    assert (found.items, found.confidence, found.accuracy) == (100, 0.8, 1.0)
    assert cutoff(same, np.tile([1.0, 0.0], 50), target=0.9) is None
    assert cutoff(same[:5], np.ones(5), target=0.9) is None


def test_a_trained_head_is_as_good_as_it_says_on_pairs_it_never_saw():
    all_of = planted(5_000, seed=2)
    trained = train(all_of.pairs.take(np.arange(1_500)))
    rest = all_of.pairs.take(np.arange(1_500, 5_000))

    says, confidence = trained.head.prefers(rest.differences)
    right = (trained.head.weights.score(rest.differences) > 0) == (rest.p > 0.5)

    assert trained.report.head.low - 0.01 <= right.mean() <= trained.report.head.high + 0.03
    assert trained.calibration_error < 0.05
    assert trained.head.cutoff is not None
    spoken = says != 0
    assert 0.2 < spoken.mean() < 1
    assert right[spoken].mean() > 0.88 > right[~spoken].mean()
    assert (confidence >= 0.5).all()
    ratings = trained.head.rate(np.vstack([rest.differences, np.zeros_like(rest.differences)]))
    n = len(rest)
    assert ratings[:n] - ratings[n:] == pytest.approx(
        trained.head.factor * trained.head.weights.score(rest.differences)
    )


def test_the_curve_rises_with_what_there_is_to_learn():
    trained = train(planted(1_200, seed=4).pairs)

    prompts = [one for one, _ in trained.report.curve]
    assert prompts == sorted(prompts)
    assert trained.report.curve[-1][1] > trained.report.curve[0][1] + 0.05


def test_labels_that_only_follow_length_are_shown_to_be_that():
    draw = np.random.default_rng(0)
    longer = draw.normal(size=800)
    features = np.c_[longer + 0.3 * draw.normal(size=800), draw.normal(size=(800, 20))]
    p = (draw.random(800) < expit(2 * longer)) * 1.0
    pairs = Pairs(features, length_nuisance(longer, np.zeros(800)), p, np.arange(800), np.ones(800))

    trained = train(pairs)

    assert trained.report.length_only is not None
    assert trained.report.gain is not None
    assert trained.report.length_only.share > 0.75
    assert trained.report.gain.low < 0
    assert not is_better(trained, None)


def test_a_head_is_promoted_only_where_it_gains():
    trained = train(planted(400, seed=5).pairs)

    assert is_better(trained, None)
    assert is_better(trained, trained.report.log_loss + 0.01)
    assert not is_better(trained, trained.report.log_loss)


def test_resampled_heads_agree_where_there_is_much_to_learn_from():
    few, many = planted(60, seed=6).pairs, planted(2_000, seed=6).pairs
    asked = planted(200, seed=6).pairs.differences

    def shaken(pairs):
        heads = bootstrap(pairs, 10.0)
        return float((heads.deviation(asked) / np.abs(heads.mean(asked)).mean()).mean())

    assert shaken(many) < shaken(few) / 2


def test_ensembles_are_as_careful_as_their_formula():
    ratings = np.array([[1.0, 5.0], [3.0, 5.0]])

    assert worst_case(ratings).tolist() == [1.0, 5.0]
    assert uncertainty_weighted(ratings, 0.5).tolist() == [1.5, 5.0]


def test_the_same_pairs_give_the_same_head_and_it_survives_json():
    pairs = planted(300, ties=0.1, seed=7).pairs
    one, two = train(pairs, penalty=10.0), train(pairs, penalty=10.0)

    again = RewardHead.from_json(json.loads(json.dumps(one.head.as_json())))

    assert one.head.as_json() == two.head.as_json() == again.as_json()
    assert (again.rate(pairs.differences) == one.head.rate(pairs.differences)).all()


def test_too_little_is_refused_in_a_sentence():
    with pytest.raises(TooFewPairs, match="20 prompts at least; there are 10"):
        train(planted(10).pairs)
    with pytest.raises(TooFewPairs):
        train(planted(50, ties=1.0).pairs)
