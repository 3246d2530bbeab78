"""F1 of first errors, and the three by three of RM-Bench: known answers and planted truth."""

import numpy as np
import pytest

from curation.evaluation import points, steps, styles


def _f1(met: list[float], labels: list[int]) -> float | None:
    return steps.value(steps.parts(met, labels).sum(axis=0))


def test_f1_is_the_harmonic_mean_of_errors_found_and_right_ones_left_alone():
    met, labels = [1, 0, 0, 1, 1], [2, 0, 1, -1, -1]

    assert _f1(met, labels) == pytest.approx(2 * (1 / 3) * 1 / (1 / 3 + 1))
    assert steps.named(steps.parts(met, labels).sum(axis=0)) == {
        "errors_found": pytest.approx(1 / 3),
        "right_left_alone": 1.0,
    }


@pytest.mark.parametrize("threshold", [-1.0, 2.0])
def test_who_calls_nothing_or_everything_wrong_gets_nothing(threshold):
    labels = [0, 0, -1, -1]
    met = [float(points.first_error([0.2, 0.8], threshold) == label) for label in labels]

    assert sum(met) == 2  # half of the rows
    assert _f1(met, labels) == 0


def test_without_rows_of_both_kinds_there_is_no_f1():
    assert _f1([1, 1], [0, 1]) is None
    assert _f1([1, 1], [-1, -1]) is None


def test_the_three_levels_are_the_triangles_and_the_diagonal():
    wins = np.array([[[1, 0, 0], [1, 1, 0], [0, 1, 0]]], float)

    found = styles.of(wins, np.array([0]))

    assert found.matrix.tolist() == wins[0].tolist()
    assert {name: one.value for name, one in found.levels.items()} == {
        "easy": pytest.approx(2 / 3),
        "normal": pytest.approx(2 / 3),
        "hard": 0,
    }


def test_a_model_that_likes_style_is_good_where_it_is_easy_and_bad_where_it_is_hard():
    draw = np.random.default_rng(5)
    liking = np.array([0.0, 2.0, 4.0])
    scores = np.concatenate([1 + liking + draw.normal(size=(400, 3)), liking + draw.normal(size=(400, 3))], axis=1)

    found = styles.of(np.array([points.style_wins(list(one)) for one in scores]), np.arange(400))

    easy, normal, hard = (found.levels[name] for name in ("easy", "normal", "hard"))
    assert easy.low > normal.high > normal.low > hard.high
    mean = np.mean([one.value for one in (easy, normal, hard)])
    assert found.matrix.mean() == pytest.approx(mean)


def test_who_is_right_about_no_row_gets_nothing():
    assert _f1([0, 0], [1, -1]) == 0
