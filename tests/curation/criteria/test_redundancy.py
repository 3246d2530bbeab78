"""Copies of a criterion are found through a judge who errs; companions, opposites and chains are no copies."""

import numpy as np
import pytest

from curation.criteria.redundancy import Cluster, redundancy
from curation.criteria.verdicts import from_table, make
from tests.curation.criteria.planted import COPIES, COPY, NAMES, REVERSED, judged, rubric


def asked(true, *, flips=0.1, seed=0, repeats=2):
    """(responses, criteria) truths, two responses a pair, judged with errors."""
    draw = np.random.default_rng(seed)
    pairs = np.asarray(true, bool).reshape(-1, 2, np.shape(true)[1])
    return from_table(judged(pairs, flips, repeats, draw), np.arange(len(pairs)))


def test_a_copy_is_found_where_the_raw_correlation_misses_it():
    found = [redundancy(rubric(seed=seed), similarity=COPIES) for seed in range(20)]

    assert all(one.raw[0, COPY] < 0.8 for one in found)
    assert np.mean([one.raw[0, COPY] for one in found]) == pytest.approx(0.62, abs=0.04)
    assert np.mean([one.corrected[0, COPY] for one in found]) == pytest.approx(1, abs=0.04)
    assert all({one.clusters[0].kept, *one.clusters[0].merged} == {0, COPY} for one in found)
    assert {len(one.clusters) for one in found} == {1}


@pytest.mark.nightly
@pytest.mark.parametrize("pairs", [50, 200])
def test_the_whole_table_of_planted_copies(pairs):
    found = [redundancy(rubric(pairs, seed=seed), similarity=COPIES) for seed in range(1_000)]
    by_verdicts = [redundancy(rubric(pairs, seed=seed)).clusters for seed in range(1_000)]
    caught, alone = ([only_the_copy(one) for one in each] for each in ([one.clusters for one in found], by_verdicts))
    wrong = [any({one.kept, *one.merged} != {0, COPY} for one in clusters) for clusters in by_verdicts]
    raw, corrected = (np.mean([getattr(one, name)[0, COPY] for one in found]) for name in ("raw", "corrected"))
    print(
        f"copies, {pairs} pairs: raw {raw:.3f}, corrected {corrected:.3f}, found {np.mean(caught):.3f}, without texts "
        f"{np.mean(alone):.3f}, by raw φ {np.mean([one.raw[0, COPY] >= 0.8 for one in found]):.3f}; another proposed "
        f"without texts {np.mean(wrong):.3f}"
    )

    assert np.mean(caught) >= 0.95
    assert np.mean(wrong) <= 0.02


def only_the_copy(clusters):
    return len(clusters) == 1 and {clusters[0].kept, *clusters[0].merged} == {0, COPY}


def test_without_texts_the_copy_alone_is_found_too():
    found = [redundancy(rubric(seed=seed)).clusters for seed in range(20)]

    assert sum(len(one) == 1 and {one[0].kept, *one[0].merged} == {0, COPY} for one in found) >= 18
    assert not any({cluster.kept, *cluster.merged} != {0, COPY} for one in found for cluster in one)


def test_the_correction_is_the_correlation_across_repeats_over_the_reliabilities():
    table = rubric(300, seed=1).table().reshape(600, len(NAMES), 2)

    def across(j, k):
        return np.corrcoef(np.r_[table[:, j, 0], table[:, j, 1]], np.r_[table[:, k, 1], table[:, k, 0]])[0, 1]

    found = redundancy(rubric(300, seed=1)).corrected

    assert found[0, 4] == pytest.approx(across(0, 4) / np.sqrt(across(0, 0) * across(4, 4)))
    assert np.allclose(found, found.T, equal_nan=True)


def test_companions_between_the_two_bars_need_alike_texts():
    draw = np.random.default_rng(2)
    one = draw.random(4_000) < 0.5
    other = one ^ (draw.random(4_000) < 0.07)  # φ = .86
    verdicts = asked(np.stack([one, other], axis=1))

    assert redundancy(verdicts).corrected[0, 1] == pytest.approx(0.86, abs=0.03)
    assert redundancy(verdicts).clusters == ()
    assert redundancy(verdicts, similarity=np.full((2, 2), 0.85)).clusters != ()
    assert redundancy(verdicts, similarity=np.full((2, 2), 0.84)).clusters == ()


def test_alike_texts_that_are_answered_otherwise_are_no_copies():
    verdicts = rubric(seed=3)

    assert redundancy(verdicts.of_criteria(np.array([0, 1, 2])), similarity=np.ones((3, 3))).clusters == ()


def test_an_opposite_is_no_copy():
    one = np.random.default_rng(4).random(600) < 0.5
    verdicts = asked(np.stack([one, ~one], axis=1))

    assert redundancy(verdicts).corrected[0, 1] <= -0.9
    assert redundancy(verdicts, similarity=np.ones((2, 2))).clusters == ()
    assert redundancy(rubric(1_000)).corrected[1, REVERSED] < -0.5


def test_a_chain_of_likenesses_joins_only_what_is_alike_with_the_one_kept():
    draw = np.random.default_rng(5)
    first = draw.random(8_000) < 0.5
    second = first ^ (draw.random(8_000) < 0.06)
    third = second ^ (draw.random(8_000) < 0.06)
    verdicts = asked(np.stack([first, second, third], axis=1))
    texts = np.ones((3, 3))

    by_the_end = redundancy(verdicts, similarity=texts, worth=np.array([3.0, 2.0, 1.0]))
    by_the_middle = redundancy(verdicts, similarity=texts, worth=np.array([1.0, 3.0, 2.0]))

    assert by_the_end.corrected[0, 2] < 0.8 < by_the_end.corrected[0, 1]
    assert by_the_end.clusters == (Cluster(0, (1,)),)
    assert by_the_middle.clusters == (Cluster(1, (0, 2)),)


def test_the_one_that_tells_more_is_kept():
    draw = np.random.default_rng(6)
    true = np.stack([draw.random(400) < 0.7, draw.random(400) < 0.3], axis=1)  # preferred, rejected
    cells = np.stack([true, true], axis=2)
    noisy, exact = (judged(cells[:, :, [at]], flips, 2, draw) for at, flips in ((0, 0.2), (1, 0.02)))
    verdicts = from_table(np.concatenate([noisy, exact], axis=2), np.arange(400))

    assert redundancy(verdicts).clusters == (Cluster(1, (0,)),)


def test_what_was_asked_once_or_is_all_noise_is_not_corrected():
    assert np.isnan(redundancy(rubric(repeats=1)).corrected).all()
    assert redundancy(rubric(repeats=1), similarity=np.ones((7, 7))).clusters == ()
    noise = from_table((np.random.default_rng(7).random((300, 2, 2, 2)) < 0.5).astype(float), np.arange(300))
    assert np.isnan(redundancy(noise, similarity=np.ones((2, 2))).corrected).all()


def test_what_never_varies_is_like_nothing():
    verdicts = from_table(np.ones((100, 2, 2, 2)), np.arange(100))

    assert redundancy(verdicts, similarity=np.ones((2, 2))).clusters == ()


def test_few_verdicts_say_nothing():
    draw = np.random.default_rng(8)
    one = draw.random(28) < 0.5

    assert redundancy(asked(np.stack([one, one], axis=1), flips=0.0)).clusters == ()  # 56 verdicts on 28 responses
    one = draw.random(60) < 0.5
    assert redundancy(asked(np.stack([one, one], axis=1), flips=0.0)).clusters != ()


def test_holes_are_left_out_two_by_two():
    table = rubric(400, seed=9).table()
    holes = np.random.default_rng(0).random(table.shape) < 0.2
    table[holes] = np.nan

    found = redundancy(from_table(table, np.arange(400)), similarity=COPIES)

    assert {found.clusters[0].kept, *found.clusters[0].merged} == {0, COPY}
    both = np.isfinite(table[:, :, 0, :]) & np.isfinite(table[:, :, COPY, :])
    assert found.raw[0, COPY] == pytest.approx(np.corrcoef(table[:, :, 0, :][both], table[:, :, COPY, :][both])[0, 1])


def test_mirrored_sides_and_renamed_criteria_change_nothing():
    verdicts = rubric(seed=10)
    order = np.random.default_rng(1).permutation(len(NAMES))

    plain = redundancy(verdicts, similarity=COPIES)
    renamed = redundancy(verdicts.of_criteria(order), similarity=COPIES[np.ix_(order, order)])

    assert np.allclose(redundancy(verdicts.mirrored()).corrected, plain.corrected, equal_nan=True)
    assert np.allclose(renamed.corrected, plain.corrected[np.ix_(order, order)], equal_nan=True)
    assert {order[renamed.clusters[0].kept], *order[list(renamed.clusters[0].merged)]} == {0, COPY}


def test_a_rubric_of_one_and_of_none():
    none = np.zeros(0)

    assert redundancy(make(none, none, none, none, none)).clusters == ()
    assert redundancy(rubric().of_criteria(np.array([0]))).clusters == ()
