"""Agreement: worked examples, what identical and independent raters give, symmetries, and intervals that cover."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from curation.aggregation import agreement, alpha, chance
from curation.aggregation.estimates import Estimate, Measure, estimate
from curation.aggregation.labels import make
from tests.curation.aggregation.tables import renamed, shuffled, tables, with_an_idle_annotator

# Krippendorff's worked example: three coders, fifteen units, 0 for what was not coded.
CODERS = [
    [0, 0, 0, 0, 0, 3, 4, 1, 2, 1, 1, 3, 3, 0, 3],
    [1, 0, 2, 1, 3, 3, 4, 3, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 2, 1, 3, 4, 4, 0, 2, 1, 1, 3, 3, 0, 4],
]


def coded():
    coder, unit = np.nonzero(CODERS)
    return make(unit, coder, np.array(CODERS)[coder, unit] - 1, value_count=4, unit_count=15)


def of_table(table):
    """(units, annotators) with -1 for no label."""
    unit, who = np.nonzero(np.asarray(table) >= 0)
    return make(unit, who, np.asarray(table)[unit, who], value_count=int(np.max(table)) + 1)


def by_definition(table, squared):
    """α from its definition: pairs of pairable labels within units over all pairs of pairable labels."""
    units = [[value for value in row if value >= 0] for row in table]
    units = [row for row in units if len(row) >= 2]
    everyone = [value for row in units for value in row]
    within = sum(squared(a, b) / (len(row) - 1) for row in units for i, a in enumerate(row) for b in row[:i]) * 2
    among = sum(squared(a, b) for i, a in enumerate(everyone) for b in everyone[:i]) * 2
    return 1 - (within / len(everyone)) / (among / (len(everyone) * (len(everyone) - 1)))


@pytest.mark.parametrize(
    ("distance", "known"), [(alpha.nominal, 0.691358), (alpha.ordinal, 0.806721), (alpha.interval, 0.810845)]
)
def test_alpha_of_the_worked_example(distance, known):
    assert alpha.alpha(coded().counts(), distance).total() == pytest.approx(known, abs=1e-6)


def test_alpha_with_any_distance_is_its_definition():
    draw = np.random.default_rng(3)
    table = draw.integers(-1, 4, (12, 5))
    apart = np.array([[0, 1, 2, 3], [1, 0, 5, 1], [2, 5, 0, 2], [3, 1, 2, 0]], float)

    found = alpha.alpha(of_table(table).counts(), alpha.fixed(apart)).total()

    assert found == pytest.approx(by_definition(table, lambda a, b: apart[a, b] ** 2), abs=1e-12)


def test_alpha_of_answers_without_a_table_is_alpha_of_the_table():
    table = np.random.default_rng(4).integers(-1, 4, (15, 4))
    labels = of_table(table)

    found = alpha.alpha_of_answers(labels.units, lambda i, j: abs(float(labels.values[i] - labels.values[j])))

    assert found.total() == pytest.approx(alpha.alpha(labels.counts(), alpha.interval).total(), abs=1e-12)


def test_many_answers_are_compared_with_a_sample_of_the_others(monkeypatch):
    labels = of_table(np.random.default_rng(4).integers(0, 3, (400, 4)))
    monkeypatch.setattr(alpha, "MOST_PAIRS", 20_000)

    found = alpha.alpha_of_answers(labels.units, lambda i, j: float(labels.values[i] != labels.values[j]), seed=1)

    assert found.total() == pytest.approx(alpha.alpha(labels.counts()).total(), abs=0.02)


def test_answers_that_cannot_be_compared_count_for_nothing():
    found = alpha.alpha_of_answers(np.array([0, 0, 1, 1, 1]), lambda i, j: None if 4 in (i, j) else float(i != j))

    assert found.parts.tolist() == [[2, 2], [3, 3]]


@pytest.mark.parametrize("apart", [[[0, 1], [2, 0]], [[1, 1], [1, 0]], [[0, -1], [-1, 0]]])
def test_what_is_no_distance_is_refused(apart):
    with pytest.raises(ValueError, match="symmetric"):
        alpha.fixed(np.array(apart, float))


def test_people_who_say_the_same_agree_wholly():
    table = np.repeat(np.random.default_rng(0).integers(0, 3, (50, 1)), 4, axis=1)
    counts = of_table(table).counts()

    found = [measure(counts).total() for measure in (alpha.alpha, chance.agreement, chance.fleiss, chance.gwet)]

    assert found == pytest.approx([1, 1, 1, 1])


def test_people_who_draw_lots_do_not_agree():
    counts = of_table(np.random.default_rng(0).choice(3, (30_000, 3), p=[0.5, 0.3, 0.2])).counts()

    for distance in (alpha.nominal, alpha.ordinal, alpha.interval):
        assert abs(alpha.alpha(counts, distance).total()) < 0.02
    assert abs(chance.fleiss(counts).total()) < 0.02


def test_skewed_prevalence_breaks_kappa_and_not_ac1():
    draw = np.random.default_rng(1)
    truth = draw.random(20_000) < 0.04
    wrong = draw.random((20_000, 3)) < 0.04
    counts = of_table((truth[:, None] ^ wrong).astype(int)).counts()

    found = agreement.of(of_table((truth[:, None] ^ wrong).astype(int)), draws=20)

    assert found.plain.value == pytest.approx(0.923, abs=0.01)
    assert found.fleiss.value == pytest.approx(0.44, abs=0.04)
    assert found.nominal_alpha.value == pytest.approx(found.fleiss.value, abs=1e-3)
    assert chance.gwet(counts).total() == pytest.approx(0.911, abs=0.01)


def test_fleiss_own_example():
    # Fleiss 1971: 30 subjects were too many to print here; these ten with fourteen raters have κ = .210.
    counts = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]

    assert chance.fleiss(np.array(counts, float)).total() == pytest.approx(0.210, abs=5e-4)


@pytest.mark.parametrize(
    ("weights", "name"), [(None, None), (chance.linear, "linear"), (chance.quadratic, "quadratic")]
)
def test_cohen_is_that_of_the_library(weights, name):
    table = np.random.default_rng(5).integers(0, 4, (80, 2))
    table[:40, 1] = table[:40, 0]
    labels = of_table(table)

    found = chance.cohen(labels, 0, 1, None if weights is None else weights(4)).total()

    assert found == pytest.approx(cohen_kappa_score(table[:, 0], table[:, 1], weights=name), abs=1e-12)


def test_cohen_looks_at_what_both_labeled():
    labels = of_table([[0, 0, 2], [1, 1, 0], [0, -1, 1], [-1, 1, 1], [0, 1, 2]])

    assert chance.cohen(labels, 0, 1).total() == pytest.approx(cohen_kappa_score([0, 1, 0], [0, 1, 1]))
    assert chance.cohen(labels.take(labels.annotators != 1), 0, 1).total() is None


def test_gwet_with_weights_forgives_the_neighboring_value():
    near = of_table([[0, 1], [1, 2], [2, 1], [1, 0], [0, 0], [2, 2]]).counts()
    # By hand for linear weights: p = (4·½ + 2)/6, π = ⅓ each, Tw = 3 + 4·½ = 5, chance = 5·⅔/6.
    by_chance = 5 * (2 / 3) / 6

    assert chance.gwet(near, chance.linear(3)).total() == pytest.approx((4 / 6 - by_chance) / (1 - by_chance))
    assert chance.gwet(near, chance.quadratic(3)).total() > chance.gwet(near).total()


MEASURES = {
    "plain": chance.agreement,
    "nominal": alpha.alpha,
    "ordinal": lambda counts: alpha.alpha(counts, alpha.ordinal),
    "interval": lambda counts: alpha.alpha(counts, alpha.interval),
    "fleiss": chance.fleiss,
    "gwet": chance.gwet,
    "gwet linear": lambda counts: chance.gwet(counts, chance.linear(counts.shape[1])),
}


@pytest.mark.parametrize("name", MEASURES)
@settings(max_examples=25, deadline=None)
@given(labels=tables(), seed=st.integers(0, 99))
def test_names_and_order_of_rows_do_not_matter(name, labels, seed):
    found = MEASURES[name](labels.counts()).total()

    told, _, _ = renamed(shuffled(labels, seed), seed)
    again = [MEASURES[name](one.counts()).total() for one in (told, with_an_idle_annotator(labels))]

    assert again == ([None, None] if found is None else pytest.approx([found, found], abs=1e-9))
    assert found is None or (np.isfinite(found) and found <= 1 + 1e-12)


@pytest.mark.parametrize("values", [[], [0], [2, 2, 2]])
def test_where_nothing_can_be_compared_nothing_is_claimed(values):
    labels = make(np.zeros(len(values)), np.arange(len(values)), values, value_count=3, unit_count=1)

    found = agreement.of(labels, draws=5)

    assert (found.alpha, found.nominal_alpha, found.fleiss) == (None, None, None)
    assert (found.labels, found.units) == (len(values), int(len(values) > 1))


def test_the_same_seed_gives_the_same_interval():
    labels = of_table(np.random.default_rng(0).integers(0, 3, (40, 3)))

    assert agreement.of(labels, seed=7) == agreement.of(labels, seed=7)
    assert agreement.of(labels, seed=7) != agreement.of(labels, seed=8)


def test_an_interval_needs_resamples_that_have_a_value():
    # One unit of twenty has two labels: most resamples that lack it say nothing.
    table = np.full((20, 2), -1)
    table[:, 0] = 0
    table[0] = [0, 1]

    found = estimate(alpha.alpha(of_table(table).counts()), seed=0)

    assert (found.low, found.high) == (None, None)


def test_units_of_a_prompt_are_drawn_together():
    # Four copies of each unit say no more than one: the interval must not shrink by half.
    table = np.random.default_rng(2).integers(0, 2, (60, 3))
    once = estimate(chance.agreement(of_table(table).counts()), seed=1)
    copied = chance.agreement(of_table(np.repeat(table, 4, axis=0)).counts())

    clustered = estimate(copied, np.repeat(np.arange(60), 4), seed=1)
    naive = estimate(copied, seed=1)

    assert clustered.high - clustered.low == pytest.approx(once.high - once.low, rel=0.15)
    assert naive.high - naive.low < 0.65 * (clustered.high - clustered.low)


def coverage(repeats, draws):
    """How often the interval of a share holds the truth, four pairs a prompt: by prompts, and by pairs."""
    held = np.zeros(2)
    for seed in range(repeats):
        draw = np.random.default_rng(seed)
        right = (draw.random((100, 4)) < draw.beta(6, 2, 100)[:, None]).ravel()
        measure = Measure(np.column_stack([right, np.ones(400)]), lambda totals: float(totals[0] / totals[1]))
        for at, clusters in enumerate((np.repeat(np.arange(100), 4), None)):
            found = estimate(measure, clusters, draws=draws, seed=seed)
            held[at] += found.low <= 0.75 <= found.high
    return held / repeats


def test_the_interval_by_prompts_covers_at_least_as_often():
    by_prompt, by_pair = coverage(40, 100)

    assert by_prompt >= 0.85
    assert by_prompt >= by_pair


@pytest.mark.nightly
def test_the_interval_by_prompts_covers_as_promised():
    by_prompt, by_pair = coverage(400, 300)
    print(f"intervals of 95 %: by prompts cover {by_prompt:.3f}, by pairs {by_pair:.3f}")

    assert by_prompt == pytest.approx(0.948, abs=0.03)
    assert by_pair == pytest.approx(0.918, abs=0.03)


def test_units_that_are_all_of_one_prompt_have_no_interval_instead_of_one_without_width() -> None:
    counts = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
    measure = chance.agreement(counts)

    alone = estimate(measure, np.zeros(3, np.int64))
    apart = estimate(measure, np.arange(3))

    assert alone == Estimate(pytest.approx(2 / 3), None, None)
    assert apart is not None
    assert apart.low is not None
