"""A planted feature that no criterion names is found; what tells nothing is claimed no more often than stated."""

import numpy as np
import pytest

from curation.criteria.hidden import FEWEST_GROUPS, LEVEL, hidden
from curation.criteria.verdicts import from_table, make
from tests.curation.criteria.worlds import weighed, with_features


def claimed(found):
    return {one.candidate for one in found if one.is_claimed}


def test_a_planted_feature_is_found_and_nothing_else():
    found = hidden(*with_features(400, strength=1.0))

    assert claimed(found) == {0}
    assert found[0].candidate == 0
    assert found[0].gain.low > 0
    assert found[0].hits.low > 0
    assert found[0].leaning < -0.5  # people prefer less of it
    assert found[0].p <= LEVEL
    assert [one.gain.value for one in found] == sorted((one.gain.value for one in found), reverse=True)


def test_features_that_tell_nothing_are_hardly_ever_claimed():
    claims = sum(
        bool(claimed(hidden(*with_features(120, strength=0, features=8, seed=seed), draws=39))) for seed in range(60)
    )

    assert claims <= 4  # 2.5 % of 40 are 1


def test_labels_by_lot_claim_nothing_though_features_belong_together():
    draw, claims = np.random.default_rng(0), 0
    for seed in range(30):
        verdicts, features = with_features(120, strength=1.0, features=6, seed=seed)
        turned = draw.random(120) < 0.5
        table = np.where(turned[:, None, None, None], verdicts.table()[:, ::-1], verdicts.table())
        features = np.where(turned[:, None, None], features[:, ::-1], features)
        common = features.mean(axis=2, keepdims=True) * 3 + features
        claims += bool(claimed(hidden(from_table(table, verdicts.groups), common, draws=39)))

    assert claims <= 3


def test_what_a_criterion_already_tells_is_not_claimed():
    verdicts = weighed(600, seed=1)
    copy = verdicts.settled()[:, :, :1]
    without = verdicts.of_criteria(np.array([1, 2, 3, 4]))

    (known,), (unknown,) = hidden(verdicts, copy, draws=99), hidden(without, copy, draws=99)

    assert not known.is_claimed
    assert abs(known.gain.value) < 0.005  # not counted twice over
    assert (known.nearest, known.nearness) == (0, pytest.approx(1))
    assert unknown.is_claimed
    assert abs(unknown.nearness) < 0.3


@pytest.mark.parametrize("far", [30, 100])
def test_one_very_long_response_does_not_outweigh_the_rest(far):
    verdicts, features = with_features(400, strength=1.0, features=1, seed=2)
    features[0, 0, 0] = far  # people prefer less of it, but for this one

    found = hidden(verdicts, features, draws=39)[0]

    assert found.is_claimed
    assert found.leaning < -1


def test_a_gain_that_is_rare_by_lot_is_no_claim_while_its_interval_holds_zero():
    found = [hidden(*with_features(100, strength=0.5, features=1, seed=seed), draws=99)[0] for seed in range(12, 19)]

    unsure = [one for one in found if one.p <= LEVEL and one.gain.low <= 0]
    assert len(unsure) >= 3
    assert not any(one.is_claimed for one in unsure)


def test_with_few_draws_nothing_is_rare_enough_to_be_claimed():
    found = hidden(*with_features(400, strength=1.0, features=2), draws=9)

    assert found[0].gain.low > 0
    assert found[0].p == pytest.approx(1 / 10)
    assert not claimed(found)


def test_among_many_candidates_the_same_gain_is_less_rare():
    verdicts, features = with_features(200, strength=0.6, features=40)

    (alone,) = hidden(verdicts, features[:, :, :1], draws=99)
    among = {one.candidate: one for one in hidden(verdicts, features, draws=99)}[0]

    assert among.gain.value == pytest.approx(alone.gain.value)
    assert alone.p <= 0.05
    assert among.p >= 0.25


def test_unknown_values_say_nothing():
    verdicts, features = with_features(300, strength=1.0, features=2, seed=3)
    holes = features.copy()
    holes[100:, 0, 1] = np.nan
    other = holes.copy()
    other[100:, 1, 1] = 7

    assert hidden(verdicts, holes, draws=9) == hidden(verdicts, other, draws=9)
    assert hidden(verdicts, np.full((300, 2, 1), np.nan), draws=9)[0].gain.value == 0


def test_pairs_of_one_prompt_are_held_out_and_counted_together():
    verdicts, features = with_features(80, strength=1.0, features=1, seed=4)
    table, groups = np.concatenate([verdicts.table()] * 5), np.tile(verdicts.groups, 5)

    once, together = hidden(verdicts, features), hidden(from_table(table, groups), np.tile(features, (5, 1, 1)))
    apart = hidden(from_table(table, np.arange(400)), np.tile(features, (5, 1, 1)))

    assert apart[0].gain.low > together[0].gain.low
    assert together[0].gain.high - together[0].gain.low > 0.6 * (once[0].gain.high - once[0].gain.low)


def test_another_unit_and_another_order_change_nothing():
    verdicts, features = with_features(150, strength=0.7, features=4, seed=5)
    order = np.array([2, 0, 3, 1])

    plain = {one.candidate: one for one in hidden(verdicts, features, draws=9)}
    scaled = hidden(verdicts, features[:, :, order] * 1_000, draws=9)

    for one in scaled:
        other = plain[order[one.candidate]]
        assert one.gain.value == pytest.approx(other.gain.value)
        assert one.p == other.p


def test_the_mirror_keeps_gains_and_turns_leanings():
    verdicts, features = with_features(150, strength=1.0, features=2, seed=6)

    plain, mirrored = hidden(verdicts, features, draws=9), hidden(verdicts.mirrored(), features[:, ::-1], draws=9)

    # Weights of the rubric turn as well, so that everything told is told alike.
    assert [one.gain.value for one in mirrored] == pytest.approx([one.gain.value for one in plain], abs=1e-4)
    assert [one.leaning for one in mirrored] == pytest.approx([-one.leaning for one in plain], abs=1e-3)


def test_a_rubric_of_nothing_leaves_everything_open():
    verdicts, features = with_features(300, strength=1.0, features=3, seed=7)

    found = hidden(verdicts.of_criteria(np.zeros(0, int)), features, draws=99)

    assert claimed(found) == {0}
    assert found[0].nearest is None


def test_too_few_prompts_no_candidates_and_no_pairs():
    none = np.zeros(0)

    assert hidden(weighed(200, per_prompt=200 // (FEWEST_GROUPS - 1) + 1), np.ones((200, 2, 1))) == []
    assert hidden(weighed(50), np.ones((50, 2, 0))) == []
    assert hidden(make(none, none, none, none, none), np.ones((0, 2, 1))) == []
    assert not hidden(weighed(50), np.ones((50, 2, 1)), draws=9)[0].is_claimed
    with pytest.raises(ValueError, match="either response"):
        hidden(weighed(50), np.ones((49, 2, 1)))


def test_the_same_again():
    world = with_features(100, strength=1.0, features=3, seed=8)

    assert hidden(*world, draws=9, seed=3) == hidden(*world, draws=9, seed=3)


@pytest.mark.nightly
@pytest.mark.parametrize("pairs", [100, 200, 500])
@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_the_whole_table_of_hidden_features(pairs, strength):
    looks = [hidden(*with_features(pairs, strength=strength, seed=seed)) for seed in range(200)]
    gain = np.mean([one.gain.value for each in looks for one in each if one.candidate == 0])
    found, wrong = (np.mean([bool(claimed(each) & which) for each in looks]) for which in ({0}, set(range(1, 20))))
    first = np.mean([each[0].candidate == 0 for each in looks])
    print(
        f"hidden, {pairs} pairs, strength {strength}: claimed {found:.3f}, first {first:.3f}, saves {gain:.4f} nats, "
        f"another claimed {wrong:.3f}"
    )

    assert (found if strength == 0 else 0) + wrong <= 0.06
    if strength == 1.0:
        assert found >= {100: 0.2, 200: 0.75, 500: 0.97}[pairs]
