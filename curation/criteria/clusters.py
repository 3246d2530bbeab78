"""Clusters of points by their directions, how many there are, and which of them would be found again.

Spherical k-means: each point belongs to the center with which its cosine is largest, each center is the direction of
the sum of its points (Dhillon, Modha, *Concept decompositions for large sparse text data using clustering*, 2001), from
several starts that prefer far points (Arthur, Vassilvitskii, *k-means++*, 2007). As many as give the largest silhouette
by centers: (b - a) / max(a, b), where a and b are one minus the cosine with one's own and the next center; the mean
over clusters of the mean over points, so that a large cluster does not hide two small ones that were thrown together.

Stability of a cluster: halves of the points are clustered anew, and the share of points that it has in common with the
most similar cluster there (Jaccard) is its mean over the halves (Hennig, *Cluster-wise assessment of cluster
stability*, 2007). From 0.75 on it is a pattern of the points; below 0.6 it is one of many ways to cut them.

Rows are put in an order of their own first, so that the order in which they come changes nothing.
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Floats, Integers

FEWEST = 5
"""Points of a cluster, on average: twice as many are needed for two."""
LARGEST = 50  # clusters
SAMPLED = 4_000  # points that centers are found by
STARTS, HALF_STARTS, ROUNDS, HALVES = 8, 2, 50, 20
CANDIDATES = 4  # of which each next start is the best
STABLE, LOOSE = 0.75, 0.6


class TooFewPoints(ValueError):
    """There are too few points to tell clusters among them."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """n points in k clusters, the largest first."""

    labels: Integers
    """(n,) from 0 to k - 1."""
    nearness: Floats
    """(n,) the cosine with the own center."""
    stability: Floats
    """(k,) from 0 to 1."""
    silhouette: float


def clusters(points: Floats, *, most: int, seed: int = 0) -> Clusters:
    """Between 2 and `most` of these (n, d) points of length 1. Raises TooFewPoints."""
    if len(points) < 2 * FEWEST:
        raise TooFewPoints(f"Two clusters take at least {2 * FEWEST} points; these are {len(points)}.")
    with threadpool_limits(1):  # the same sums on every machine with the same libraries
        order = np.lexsort(points.T)
        ordered = np.ascontiguousarray(points[order], dtype=float)
        rng = np.random.default_rng(seed)
        sample = ordered[np.sort(rng.permutation(len(ordered))[:SAMPLED])]
        centers, silhouette = _best(sample, min(most, LARGEST, len(sample) // FEWEST), rng)
        labels, nearness = _assigned(ordered, centers)
        stability = _stability(sample, centers, rng)
    by_size = np.lexsort((np.arange(len(centers)), -np.bincount(labels, minlength=len(centers))))
    back = np.argsort(order)
    return Clusters(np.argsort(by_size)[labels][back], nearness[back], stability[by_size], silhouette)


def _best(points: Floats, most: int, rng: np.random.Generator) -> tuple[Floats, float]:
    """The centers of the count with the largest silhouette; of equal ones, fewer."""
    found = [_fitted(points, count, STARTS, rng) for count in range(2, max(2, most) + 1)]
    scores = [_silhouette(points, centers) for centers in found]
    best = int(np.argmax(np.round(scores, 9)))
    return found[best], scores[best]


def _fitted(points: Floats, count: int, starts: int, rng: np.random.Generator) -> Floats:
    """The best centers of several starts."""
    tries = [_settled(points, _spread(points, count, rng)) for _ in range(starts)]
    return max(tries, key=lambda centers: round(float((points @ centers.T).max(axis=1).sum()), 9))


def _spread(points: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Points to start from: of a few drawn by how far they are from those before, the one that leaves the least far."""
    chosen = [int(rng.integers(len(points)))]
    apart = _apart(points, chosen[0])
    while len(chosen) < count:
        reach = np.cumsum(apart)
        drawn = np.minimum(np.searchsorted(reach, rng.random(CANDIDATES) * reach[-1]), len(points) - 1)
        left = [np.minimum(apart, _apart(points, int(one))) for one in drawn]
        best = int(np.argmin([round(float(one.sum()), 9) for one in left]))
        chosen.append(int(drawn[best]))
        apart = left[best]
    return points[chosen]


def _apart(points: Floats, one: int) -> Floats:
    found: Floats = np.clip(1 - points @ points[one], 0, None)
    return found


def _settled(points: Floats, centers: Floats) -> Floats:
    """Centers and points in turn, until no point moves."""
    labels: Integers | None = None
    for _ in range(ROUNDS):
        now, nearness = _assigned(points, centers)
        if labels is not None and np.array_equal(now, labels):
            break
        labels = now
        sums = np.zeros_like(centers)
        np.add.at(sums, labels, points)
        lengths = np.linalg.norm(sums, axis=1)
        empty = lengths < 1e-12
        sums[empty] = points[np.argsort(nearness, kind="stable")[: int(empty.sum())]]  # what fits nowhere begins one
        centers = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return centers


def _assigned(points: Floats, centers: Floats) -> tuple[Integers, Floats]:
    cosines = points @ centers.T
    labels = cosines.argmax(axis=1).astype(np.int64)
    return labels, cosines[np.arange(len(points)), labels]


def _silhouette(points: Floats, centers: Floats) -> float:
    two = np.sort(1 - points @ centers.T, axis=1)[:, :2]
    own, other = np.clip(two[:, 0], 0, None), np.clip(two[:, 1], 1e-12, None)
    labels, _ = _assigned(points, centers)
    sums = np.bincount(labels, (other - own) / np.maximum(own, other), minlength=len(centers))
    return float((sums / np.maximum(np.bincount(labels, minlength=len(centers)), 1)).mean())


def _stability(points: Floats, centers: Floats, rng: np.random.Generator) -> Floats:
    """(k,) of each of the centers' clusters; 0 where no half held a point of it."""
    whole, _ = _assigned(points, centers)
    total, seen = np.zeros(len(centers)), np.zeros(len(centers))
    for _ in range(HALVES):
        half = np.sort(rng.permutation(len(points))[: len(points) // 2])
        again, _ = _assigned(points[half], _fitted(points[half], len(centers), HALF_STARTS, rng))
        common = np.zeros((len(centers), len(centers)))
        np.add.at(common, (whole[half], again), 1)
        sizes, others = common.sum(axis=1), common.sum(axis=0)
        shared = (common / np.maximum(sizes[:, None] + others[None, :] - common, 1)).max(axis=1)
        total += np.where(sizes > 0, shared, 0)
        seen += sizes > 0
    found: Floats = total / np.maximum(seen, 1)
    return found
