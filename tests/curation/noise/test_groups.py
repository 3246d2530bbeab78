"""Preference groups: planted ones at several angles, none where there is none, and what makes a group too small."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.metrics import adjusted_rand_score

from curation.noise.groups import Labels, choose, distinguishing, fit


def planted(angle, each, *, annotators=40, dimensions=32, seed=0, sizes=(0.5, 0.5)):
    """Labels of two groups whose rewards lie `angle` degrees apart, two annotators a pair; and who is of which."""
    draw = np.random.default_rng(seed)
    axes = np.linalg.qr(draw.normal(size=(dimensions, 2)))[0]
    half = np.radians(angle / 2)
    rewards = np.stack([np.cos(half) * axes[:, 0] + sign * np.sin(half) * axes[:, 1] for sign in (1, -1)])
    group = np.repeat([0, 1], [round(share * annotators) for share in sizes])
    pairs = draw.normal(size=(annotators * each // 2, dimensions))
    rows = np.repeat(np.arange(len(pairs)), 2)
    who = draw.integers(0, annotators, len(rows))
    chance = expit(8 * (pairs[rows] * rewards[group[who]]).sum(axis=1))
    return Labels(pairs[rows], who, draw.random(len(rows)) < chance, annotators), group, rewards


def test_two_groups_at_a_right_angle_are_found():
    labels, group, rewards = planted(90, 60)

    found = choose(labels, most=2)

    assert found.groups == 2
    assert adjusted_rand_score(group, found.mixture.membership.argmax(axis=1)) >= 0.9
    assert found.gains[2] > 0.05
    order = [int(found.mixture.membership[group == one].sum(axis=0).argmax()) for one in (0, 1)]
    for true, said in zip(rewards, found.mixture.rewards[order], strict=True):
        assert true @ said / np.linalg.norm(said) > 0.85


def test_where_all_prefer_alike_there_is_one_group():
    labels, _, _ = planted(0, 60, seed=1)

    found = choose(labels, most=3)

    assert found.groups == 1
    assert found.mixture.membership.shape == (40, 1)
    assert len(found.reasons) == 2
    assert "are needed" in found.reasons[0]


def test_one_reward_cannot_tell_opposites_and_two_can():
    labels, group, _ = planted(180, 60, seed=2)
    other, _, _ = planted(180, 60, seed=2)
    held_out = np.arange(len(labels.first)) % 5 == 0

    one, two = (fit(labels.take(~held_out), count) for count in (1, 2))
    right = [
        float(((m.probability(other.features, other.annotators) > 0.5) == other.first)[held_out].mean())
        for m in (one, two)
    ]

    assert right[0] <= 0.55
    assert right[1] >= 0.8
    assert adjusted_rand_score(group, two.membership.argmax(axis=1)) == 1.0


def test_a_group_of_three_is_no_group():
    labels, _, _ = planted(180, 100, seed=3, sizes=(0.925, 0.075))

    found = choose(labels, most=2)

    assert found.groups == 1
    assert "3 annotators" in found.reasons[0]


def test_one_group_is_the_minimum_of_the_penalized_loss():
    labels, _, _ = planted(90, 20, dimensions=4)

    def loss(w):
        return -log_expit(labels.sides * (labels.features @ w)).sum() + 5.0 / 2 * w @ w

    assert fit(labels, 1).rewards[0] == pytest.approx(minimize(loss, np.zeros(4)).x, abs=1e-4)


def test_swapped_sides_change_nothing_and_the_same_seed_says_the_same():
    labels, _, _ = planted(90, 40, dimensions=8)
    swap = np.where(np.random.default_rng(0).random(len(labels.first)) < 0.5, -1.0, 1.0)
    swapped = Labels(labels.features * swap[:, None], labels.annotators, labels.first ^ (swap < 0), labels.count)

    plain, mirrored, again = (fit(one, 2, seed=5) for one in (labels, swapped, labels))

    assert mirrored.membership == pytest.approx(plain.membership, abs=1e-6)
    assert (again.membership == plain.membership).all()
    assert plain.membership.sum(axis=1) == pytest.approx(np.ones(40))


def test_the_order_of_labels_does_not_matter():
    labels, _, _ = planted(90, 40, dimensions=8)
    order = np.random.default_rng(1).permutation(len(labels.first))
    shuffled = Labels(labels.features[order], labels.annotators[order], labels.first[order], labels.count)

    plain, other = (fit(one, 2, seed=5) for one in (labels, shuffled))

    assert other.membership == pytest.approx(plain.membership, abs=1e-6)
    assert other.rewards == pytest.approx(plain.rewards, abs=1e-6)


def test_who_has_no_label_belongs_to_no_group_more_than_others_do():
    labels, _, _ = planted(90, 40, dimensions=8)
    more = Labels(labels.features, labels.annotators, labels.first, labels.count + 1)

    found = fit(more, 2)

    share = found.membership[:-1].sum(axis=0)
    assert found.membership[-1] == pytest.approx((share + 1) / (share.sum() + 2), abs=0.02)
    assert np.isfinite(found.log_likelihood)


def test_distinguishing_pairs_are_those_about_which_groups_differ_most():
    labels, _, _ = planted(90, 40, dimensions=8)
    mixture = fit(labels, 2)

    ((one, other, pairs),) = distinguishing(labels.features, mixture, most=3)

    apart = np.abs(labels.features @ (mixture.rewards[0] - mixture.rewards[1]))
    assert (one, other) == (0, 1)
    assert apart[pairs].min() >= np.sort(apart)[-3]


def test_what_makes_no_groups_is_refused():
    labels, _, _ = planted(90, 20, annotators=4, dimensions=4)

    with pytest.raises(ValueError, match="one group"):
        fit(labels, 5)
    with pytest.raises(ValueError, match="no label"):
        choose(labels.take(np.zeros(len(labels.first), bool)))
    with pytest.raises(ValueError, match="not there"):
        Labels(labels.features, labels.annotators, labels.first, 2)
    with pytest.raises(ValueError, match="a pair"):
        Labels(labels.features[:1], labels.annotators, labels.first, 4)


def told_right(mixture, labels, rows):
    """The share of these labels that a mixture tells."""
    return float(((mixture.probability(labels.features, labels.annotators) > 0.5) == labels.first)[rows].mean())


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("angle", "each", "least"),
    [
        (90, 20, 0.85),
        (90, 60, 0.9),
        (90, 200, 0.95),
        (45, 20, 0.45),
        (45, 60, 0.9),
        (45, 200, 0.95),
        (180, 20, 0.9),
        (180, 60, 0.95),
    ],
)
def test_the_whole_table_of_angles(angle, each, least):
    rows = []
    for seed in range(3):
        labels, group, _ = planted(angle, each, dimensions=64, seed=seed)
        whole = fit(labels, 2).membership.argmax(axis=1)
        held_out = np.arange(len(labels.first)) % 5 == 0
        one, two = (told_right(fit(labels.take(~held_out), count), labels, held_out) for count in (1, 2))
        rows.append([adjusted_rand_score(group, whole), one, two])
    alike, one, two = np.mean(rows, axis=0)
    print(f"{angle} degrees, {each} labels each: ARI {alike:.3f}, held out one reward {one:.3f}, two {two:.3f}")

    assert alike >= least
    assert two > one
    if angle == 180:
        assert one <= 0.55


@pytest.mark.nightly
@pytest.mark.parametrize("each", [20, 60, 200])
def test_the_whole_table_without_groups(each):
    found = [choose(planted(0, each, dimensions=64, seed=seed)[0], most=2) for seed in range(3)]
    print(f"no groups, {each} labels each: gain of two {np.mean([one.gains[2] for one in found]):.4f} nats a label")

    assert [one.groups for one in found] == [1, 1, 1]
