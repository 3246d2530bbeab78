"""Clusters that were planted are found with their number, in whatever order points come; where none was, it shows."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from curation.criteria.clusters import LOOSE, STABLE, Clusters, TooFewPoints, clusters
from curation.noise.proposals import Floats, Integers


def planted(sizes: list[int], *, spread: float = 0.5, dimensions: int = 32, seed: int = 1) -> tuple[Floats, Integers]:
    """Points around random directions, and which they are around."""
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(len(sizes), dimensions))
    truth = np.repeat(np.arange(len(sizes)), sizes)
    centers /= np.linalg.norm(centers, axis=1, keepdims=True)
    noise = rng.normal(size=(len(truth), dimensions)) * spread / np.sqrt(dimensions)
    return unit(centers[truth] + noise), truth


def unit(points: Floats) -> Floats:
    scaled: Floats = points / np.linalg.norm(points, axis=1, keepdims=True)
    return scaled


@pytest.mark.parametrize("sizes", [[60, 40], [80, 50, 30, 20], [200, 20, 20, 20, 20, 20]])
def test_planted_clusters_are_found_with_their_number_and_sizes(sizes: list[int]) -> None:
    points, truth = planted(sizes)

    found = clusters(points, most=10)

    assert np.bincount(found.labels).tolist() == sorted(sizes, reverse=True)
    assert adjusted_rand_score(truth, found.labels) == 1
    assert found.stability.min() >= STABLE
    assert found.silhouette > 0.5


def test_noisy_clusters_are_found_for_the_most_part() -> None:
    points, truth = planted([70, 50, 40], spread=1.2)

    found = clusters(points, most=8)

    assert adjusted_rand_score(truth, found.labels) > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_points_changes_nothing(seed: int) -> None:
    points, _ = planted([40, 30, 20], spread=1.5)
    order = np.random.default_rng(seed).permutation(len(points))

    one, other = clusters(points, most=6), clusters(points[order], most=6)

    assert np.array_equal(one.labels[order], other.labels)
    assert np.array_equal(one.nearness[order], other.nearness)
    assert np.array_equal(one.stability, other.stability)
    assert one.silhouette == other.silhouette


def test_a_turn_of_all_points_changes_no_cluster() -> None:
    points, truth = planted([40, 30, 20])
    turn, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(32, 32)))

    assert adjusted_rand_score(clusters(points @ turn, most=6).labels, truth) == 1


@pytest.mark.parametrize("seed", range(3))
def test_points_without_clusters_are_told_to_have_no_stable_one(seed: int) -> None:
    points = unit(np.random.default_rng(seed).normal(size=(300, 32)))

    assert clusters(points, most=8).stability.max() < LOOSE


def test_more_points_than_are_sampled_all_belong_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curation.criteria.clusters.SAMPLED", 60)
    points, truth = planted([300, 200, 100])

    assert adjusted_rand_score(truth, clusters(points, most=6).labels) == 1


def test_the_same_point_many_times_is_no_reason_to_fail() -> None:
    found: Clusters = clusters(np.tile(unit(np.ones((1, 8))), (12, 1)), most=4)

    assert len(found.labels) == 12
    assert np.isfinite(found.nearness).all()
    assert np.isfinite(found.stability).all()


def test_too_few_points_are_told_so() -> None:
    with pytest.raises(TooFewPoints, match="at least 10 points; these are 9"):
        clusters(unit(np.random.default_rng(0).normal(size=(9, 8))), most=4)
