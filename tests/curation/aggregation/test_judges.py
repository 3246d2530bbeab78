"""Judges: both orders, lengths, calibration, rates with people, and errors that go together."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.special import expit, logit

from curation.aggregation import confidence, dependence, length_control, orders, prediction_powered
from curation.aggregation.dawid_skene import fit as dawid_skene
from curation.aggregation.labels import UNKNOWN, make
from tests.curation.aggregation.tables import mirrored, tables


def judged(pull, n=4000, seed=0):
    """A judge in both orders with this pull of the place, and which response is better."""
    draw = np.random.default_rng(seed)
    margin = draw.normal(0, 1.5, n)
    wins = [draw.random(n) < expit(1.2 * margin + way * pull) for way in (1, -1)]
    values = np.r_[np.where(wins[0], 0, 2), np.where(wins[1], 0, 2)]
    labels = make(np.tile(np.arange(n), 2), np.zeros(2 * n), values, value_count=3, swapped=np.repeat([0, 1], n))
    return labels, np.where(margin > 0, 0, 2), margin


@pytest.mark.parametrize("pull", [0.0, 0.5, 1.5])
def test_the_pull_of_the_place_is_measured(pull):
    labels, truth, margin = judged(pull)
    chances = [expit(1.2 * margin + pull), expit(1.2 * margin - pull)]

    found = orders.of(labels, 0)

    stays = chances[0] * chances[1] + (1 - chances[0]) * (1 - chances[1])
    assert found.consistent.value == pytest.approx(stays.mean(), abs=0.03)
    assert found.first.value == pytest.approx((chances[0].mean() + 1 - chances[1].mean()) / 2, abs=0.03)
    first = logit(chances[0].mean()) / 2 + logit(1 - chances[1].mean()) / 2
    assert found.bias == pytest.approx(first, abs=0.1)
    kept = found.verdicts != 1
    assert (found.verdicts[kept] == truth[kept]).mean() > (labels.values[:4000] == truth).mean() + 0.08


def test_verdicts_by_hand():
    # Unit 0 the same twice, 1 turned, 2 one order only, 3 a tie and a side.
    labels = make(
        [0, 0, 1, 1, 2, 3, 3], np.zeros(7), [0, 0, 0, 2, 0, 1, 2], value_count=3, swapped=[0, 1, 0, 1, 0, 0, 1]
    )

    found = orders.of(labels, 0)

    assert found.verdicts.tolist() == [0, 1, UNKNOWN, 1]
    assert (found.consistent.hits, found.consistent.count) == (1, 3)
    assert (found.first.hits, found.first.count) == (5, 6)


def test_pairs_whose_orders_contradict_each_other_are_told_by_the_place_that_won():
    # Units 0 and 1 go to whatever stands first, 2 to whatever stands second, 3 to the same response; 4 wavers to a tie.
    labels = make(
        [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
        np.zeros(10),
        [0, 2, 0, 2, 2, 0, 0, 0, 0, 1],
        value_count=3,
        swapped=np.tile([0, 1], 5),
    )

    assert orders.of(labels, 0).torn == (2, 1)


def test_one_order_tells_no_pull():
    labels = make([0, 1], [0, 0], [0, 0], value_count=3)

    assert orders.of(labels, 0).bias == 0
    assert orders.of(labels, 0).consistent is None


@settings(max_examples=30, deadline=None)
@given(tables())
def test_orders_of_mirrored_pairs_are_the_same(labels):
    for judge in range(labels.annotator_count):
        found, other = orders.of(labels, judge), orders.of(mirrored(labels), judge)

        assert (found.consistent, found.first) == (other.consistent, other.first)
        assert other.bias == pytest.approx(found.bias)
        assert (other.verdicts == np.where(found.verdicts == UNKNOWN, UNKNOWN, 2 - found.verdicts)).all()


def test_chances_of_both_orders_are_one():
    assert orders.combined(np.array([0.8, 0.6]), np.array([0.4, 0.6])) == pytest.approx([0.7, 0.5])


def length_biased(effect, n=3000, seed=0):
    """Wins of a response that is a little better, for a judge who likes length by this much."""
    draw = np.random.default_rng(seed)
    quality, longer = draw.normal(0.3, 1, n), draw.normal(200, 400, n)
    wins = draw.random(n) < expit(quality + effect * np.tanh(longer / longer.std()))
    return wins.astype(float), longer, expit(quality).mean()


@pytest.mark.parametrize("effect", [0.0, 1.0, 2.0])
def test_length_is_taken_out_of_a_win_rate(effect):
    wins, longer, true = length_biased(effect)

    found = length_control.fit(wins, longer, np.arange(len(wins)), draws=60)

    assert found.controlled.value == pytest.approx(true, abs=0.03)
    assert found.controlled.low <= found.controlled.value <= found.controlled.high
    assert (found.length.low > 0) == (effect > 0)
    assert effect == 0 or found.raw > found.controlled.value + 0.04


def test_telling_losses_for_wins_mirrors_the_controlled_rate():
    wins, longer, _ = length_biased(1.0, 300)

    found, other = (
        length_control.fit(one, way * longer, np.arange(300), draws=5) for one, way in ((wins, 1), (1 - wins, -1))
    )

    assert other.controlled.value == pytest.approx(1 - found.controlled.value)
    assert other.length.value == pytest.approx(found.length.value)


def test_a_covariate_explains_what_it_explains():
    draw = np.random.default_rng(0)
    hard, longer = draw.normal(size=(2000, 1)), draw.normal(0, 1, 2000)
    longer += 1.5 * hard[:, 0]
    wins = (draw.random(2000) < expit(1.5 * hard[:, 0])).astype(float)

    without, with_it = (
        length_control.fit(wins, longer, np.arange(2000), covariates=one, draws=20) for one in (None, hard)
    )

    assert without.length.low > 0.5
    assert abs(with_it.length.value) < 0.3


def test_the_regression_is_where_its_slope_is_zero():
    draw = np.random.default_rng(1)
    features = np.column_stack([np.ones(50), draw.normal(size=50)])
    wins, weights = draw.integers(0, 2, 50).astype(float), draw.integers(0, 3, 50).astype(float)

    at = length_control.newton(features, wins, weights)

    slope = features.T @ (weights * (wins - expit(features @ at)))
    assert slope == pytest.approx([1e-6 * at[0], length_control.RIDGE * at[1]], abs=1e-9)


@pytest.mark.parametrize("wins", [np.ones(20), np.zeros(20), np.full(20, 0.5)])
def test_all_wins_are_no_error(wins):
    found = length_control.fit(wins, np.zeros(20), np.arange(20), draws=10)

    assert found.controlled.value == pytest.approx(wins[0], abs=0.01)
    assert length_control.fit(np.zeros(0), np.zeros(0), np.zeros(0, int)) is None


def test_only_slight_wins_of_the_much_longer_become_ties():
    values = np.array([0, 0, 0, 2, 2, 1, 0])
    slight = np.array([True, True, False, True, True, True, True])
    longer = np.array([500, 501, 900, -501, 501, 900, -900], float)

    found = length_control.without_slight_longer_wins(values, slight, longer, value_count=3)

    assert found.tolist() == [0, 1, 0, 1, 2, 1, 0]
    with pytest.raises(ValueError, match="tie"):
        length_control.without_slight_longer_wins(values, slight, longer, value_count=2)


def powered(repeats, seed=0):
    """Coverage of people alone and of both; how much narrower both are. N = 5,000, n = 300."""
    draw = np.random.default_rng(seed)
    held, widths = np.zeros(2), np.zeros(2)
    for _ in range(repeats):
        people = draw.random(5300) < 0.58
        judge = np.where(draw.random(5300) < 0.8, people, draw.random(5300) < 0.75).astype(float)
        found = prediction_powered.rate(people[:300].astype(float), judge[:300], judge[300:])
        held += [found.people_low <= 0.58 <= found.people_high, found.low <= 0.58 <= found.high]
        widths += [found.people_high - found.people_low, found.high - found.low]
    return held / repeats, 1 - widths[1] / widths[0]


def test_a_judge_beside_people_narrows_the_interval_and_does_not_move_it():
    (people, both), narrower = powered(200)

    assert min(people, both) >= 0.9
    assert narrower == pytest.approx(0.38, abs=0.06)


@pytest.mark.nightly
def test_the_rate_covers_as_promised():
    (people, both), _ = powered(3000)
    print(f"win rates, intervals of 95 %: with a judge they cover {both:.3f}, without one {people:.3f}")

    assert both == pytest.approx(0.95, abs=0.015)


def test_a_judge_who_says_nothing_does_not_count():
    draw = np.random.default_rng(0)
    people = draw.integers(0, 2, 200).astype(float)

    always = prediction_powered.rate(people, np.ones(200), np.ones(500))
    alone = prediction_powered.rate(people, draw.random(200), np.zeros(0))

    for found in (always, alone):
        assert (found.weight, found.value) == (0, pytest.approx(people.mean()))
        assert found.high == pytest.approx(found.people_high)


def test_a_rate_needs_people():
    assert prediction_powered.rate(np.ones(1), np.ones(1), np.ones(9)) is None
    with pytest.raises(ValueError, match="same items"):
        prediction_powered.rate(np.ones(3), np.ones(2), np.ones(9))


def scored(n, seed, steepness=2.5):
    """Scores of an overconfident judge, and what people say."""
    draw = np.random.default_rng(seed)
    true = draw.normal(0, 1.5, n)
    return steepness * true, (draw.random(n) < expit(true)).astype(float), expit(true)


def excess(curve, n=20_000):
    """Nats more than who knows the true chances."""
    scores, better, true = scored(n, 99)
    return confidence.log_loss(curve(scores), better) - confidence.log_loss(true, better)


def test_a_temperature_is_right_with_few_labels_and_a_curve_with_many():
    few, many = scored(200, 0)[:2], scored(4000, 1)[:2]

    assert excess(confidence.by_temperature(*few)) < 0.02
    assert excess(confidence.by_isotonic(*few)) > excess(confidence.by_temperature(*few))
    assert excess(confidence.by_isotonic(*many)) < 0.01
    assert confidence.fit(*few).kind == "temperature"
    assert confidence.fit(*many).kind == "isotonic"
    assert confidence.by_temperature(*many).factor == pytest.approx(1 / 2.5, abs=0.05)


@pytest.mark.nightly
@pytest.mark.parametrize(("n", "by_factor", "by_curve"), [(50, 0.05, 0.15), (200, 0.01, 0.06), (1000, 0.002, 0.012)])
def test_the_table_of_calibration(n, by_factor, by_curve):
    found = np.mean(
        [
            [excess(fit(*scored(n, seed)[:2])) for fit in (confidence.by_temperature, confidence.by_isotonic)]
            for seed in range(30)
        ],
        axis=0,
    )

    print(f"calibration by {n} labels, nats too many: by a factor {found[0]:.4f}, by a curve {found[1]:.4f}")

    assert found[0] <= by_factor
    assert found[0] < found[1] <= by_curve


@pytest.mark.parametrize("fit", [confidence.by_temperature, confidence.by_isotonic])
def test_a_calibration_mirrors_and_never_falls(fit):
    curve = fit(*scored(500, 2)[:2])
    at = np.linspace(-9, 9, 201)

    assert curve(-at) == pytest.approx(1 - curve(at), abs=1e-9)
    assert np.diff(curve(at)).min() >= -1e-12
    assert ((curve(at) > 0) & (curve(at) < 1)).all()


def test_nothing_calibrates_nothing():
    none = np.zeros(0)

    assert confidence.fit(none, none).factor == 1
    assert (confidence.brier(none, none), confidence.log_loss(none, none)) == (None, None)
    assert confidence.brier(np.array([0.8, 0.4]), np.array([1.0, 0.0])) == pytest.approx((0.04 + 0.16) / 2)
    with pytest.raises(ValueError, match="labels"):
        confidence.by_isotonic(none, none)


def erring(common, n=500, judges=8, rate=0.3, seed=0):
    """Judges who all are wrong together on this share of units' draws, each else alone; the truth."""
    draw = np.random.default_rng(seed)
    truth = draw.choice([0, 2], n)
    together = draw.random((n, 1)) < rate
    alone = draw.random((n, judges)) < rate
    wrong = np.where(draw.random((n, judges)) < common, together, alone)
    said = np.where(wrong, 2 - truth[:, None], truth[:, None])
    labels = make(np.repeat(np.arange(n), judges), np.tile(np.arange(judges), n), said.ravel(), value_count=3)
    return labels, truth


@pytest.mark.parametrize("common", [0.0, 0.5, 0.8, 1.0])
def test_errors_that_go_together_are_measured(common):
    labels, truth = erring(common)

    found = dependence.of(labels, truth)

    # Two judges share the common draw with chance common².
    assert found.correlation == pytest.approx(common**2, abs=0.06)
    assert found.independent == pytest.approx(8 / (1 + 7 * found.correlation))


def test_known_truths_make_a_consensus_as_sure_as_it_may_be():
    labels, truth = erring(0.9, rate=0.35)
    fitted = dawid_skene(labels, symmetric=True)
    known = np.where(np.arange(500) < 40, truth, UNKNOWN)

    softened = confidence.raised(fitted.posterior, confidence.trust(fitted.posterior, known))

    right = (fitted.posterior.argmax(axis=1) == truth)[40:].mean()
    assert fitted.confidence.mean() > right + 0.2
    assert softened.max(axis=1).mean() == pytest.approx(right, abs=0.1)
    assert softened.sum(axis=1) == pytest.approx(np.ones(500))
    assert (softened.argmax(axis=1) == fitted.posterior.argmax(axis=1)).all()


def test_a_consensus_of_independent_people_is_believed():
    labels, truth = erring(0.0, n=2000, judges=3)
    fitted = dawid_skene(labels, symmetric=True)

    assert confidence.trust(fitted.posterior, truth) > 0.85
    assert confidence.raised(fitted.posterior, 1.0) == pytest.approx(fitted.posterior)


def test_without_known_truths_nobody_knows_how_sure_a_consensus_may_be():
    assert confidence.trust(np.full((30, 2), 0.5), np.where(np.arange(30) < 19, 1, UNKNOWN)) is None


def test_little_that_is_known_measures_nothing():
    labels, truth = erring(0.5)
    few = np.where(np.arange(500) < 19, truth, UNKNOWN)
    faultless = make(labels.units, labels.annotators, truth[labels.units], value_count=3)

    assert dependence.of(labels, few) is None
    assert dependence.of(faultless, truth) is None


def test_length_beyond_others_is_what_is_added_to_their_own_pull():
    draw = np.random.default_rng(5)
    longer, margin = draw.normal(0, 100, 4000), draw.normal(0, 1, 4000)
    much = np.tanh(longer / longer.std())
    others, wins = (draw.random(4000) < expit(margin + pull * much) for pull in (0.8, 2.0))

    found = length_control.beyond(wins.astype(float), others.astype(float), longer, np.arange(4000))
    same = length_control.beyond(others.astype(float), others.astype(float), longer, np.arange(4000))

    assert found.low < found.value < found.high
    assert found.value == pytest.approx(1.2 / 1.15, abs=0.2)  # less by what the margin, which is not known, hides
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert length_control.beyond(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, int)) is None
