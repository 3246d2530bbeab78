"""Criteria of known worth: dead, reversed and dull ones are found, good ones are kept, too few pairs say nothing."""

from collections import Counter

import numpy as np
import pytest

from curation.criteria.validation import FEWEST_GROUPS, FEWEST_PAIRS, Standing, validate
from curation.criteria.verdicts import from_table, make
from tests.curation.criteria.planted import DEAD, GOOD, NAMES, NOISE, REVERSED, rubric


def standings(verdicts, **asked):
    return [one.standing for one in validate(verdicts, **asked)]


def table(of_preferred, of_rejected):
    """One criterion, asked once, each pair a prompt of its own."""
    return from_table(np.array([of_preferred, of_rejected], float).T[:, :, None, None], np.arange(len(of_preferred)))


def planted_standings(draws, *, repeats, first=0):
    found = [standings(rubric(seed=first + n, repeats=repeats)) for n in range(draws)]
    return [Counter(one) for one in zip(*found, strict=True)]


def test_planted_criteria_are_told_apart():
    found = planted_standings(50, repeats=2)

    assert sum(found[one][Standing.KEPT] for one in GOOD) >= 144
    assert found[DEAD] == {Standing.DEAD: 50}
    # The rule itself keeps one in twenty that says nothing, so about 47 of 50 are rejected.
    assert 50 - found[NOISE][Standing.KEPT] >= 44
    assert found[REVERSED][Standing.REVERSED] >= 44
    assert not found[REVERSED][Standing.KEPT]


@pytest.mark.nightly
@pytest.mark.parametrize("repeats", [1, 2])
def test_the_whole_table_of_planted_criteria(repeats):
    found = planted_standings(1_000, repeats=repeats)
    for name, one in zip(NAMES, found, strict=True):
        print(f"criteria asked {repeats} times: {name}", {str(word): n / 1_000 for word, n in sorted(one.items())})

    assert sum(found[one][Standing.KEPT] for one in GOOD) >= 0.97 * 3_000
    assert found[DEAD][Standing.DEAD] == 1_000
    assert found[REVERSED][Standing.REVERSED] >= 0.90 * 1_000
    assert 0.93 <= 1 - found[NOISE][Standing.KEPT] / 1_000 <= 0.97


def test_discrimination_is_the_difference_of_the_two_rates_with_its_ordinary_interval():
    preferred, rejected = [1] * 30 + [0] * 10, [1] * 10 + [0] * 30

    found = validate(table(preferred, rejected))[0]
    apart = np.subtract(preferred, rejected)

    assert found.discrimination.value == pytest.approx(0.5)
    assert found.discrimination.low == pytest.approx(0.5 - 2.0227 * apart.std(ddof=1) / np.sqrt(40), abs=1e-4)
    assert (found.met.value, found.coverage.value, found.pairs, found.prompts) == (0.5, 1.0, 40, 40)
    assert found.standing == Standing.KEPT


def test_the_upper_bound_of_a_reversed_criterion_is_two_sided_and_the_lower_bound_of_a_kept_one_is_not():
    # Pairs told rightly, wrongly and not at all: Δ lies 1.8 standard errors from zero.
    right, wrong = 29, 17
    preferred = [1] * right + [0] * wrong + [1, 0] * 27
    rejected = [0] * right + [1] * wrong + [1, 0] * 27

    found = validate(table(preferred, rejected))[0]

    assert found.discrimination.low < 0 < found.discrimination.value
    assert found.standing == Standing.KEPT
    assert validate(table(rejected, preferred))[0].standing == Standing.UNDISCRIMINATING


@pytest.mark.parametrize(("met", "standing"), [(95, Standing.UNDISCRIMINATING), (96, Standing.DEAD)])
def test_dead_is_what_more_than_95_of_100_meet(met, standing):
    side = np.arange(100) < met

    assert standings(table(side, side)) == [standing]
    assert standings(table(~side, ~side)) == [standing]


def test_too_few_pairs_say_nothing_not_even_that_nobody_fails():
    assert standings(table(np.ones(FEWEST_PAIRS - 1), np.zeros(FEWEST_PAIRS - 1))) == [Standing.UNKNOWN]
    assert standings(table(np.ones(FEWEST_PAIRS), np.zeros(FEWEST_PAIRS))) == [Standing.KEPT]
    assert standings(table(np.ones(FEWEST_PAIRS - 1), np.ones(FEWEST_PAIRS - 1))) == [Standing.UNKNOWN]


def test_many_pairs_of_few_prompts_say_nothing():
    verdicts = rubric(200, per_prompt=11)

    assert len(np.unique(verdicts.groups)) == FEWEST_GROUPS - 1
    assert set(standings(verdicts)) == {Standing.UNKNOWN}
    assert not any(one.stands for one in validate(verdicts))


def test_pairs_decided_on_one_side_count_as_covered_and_not_as_told():
    preferred, rejected = np.ones(60), np.zeros(60)
    rejected[:40] = np.nan

    found = validate(table(preferred, rejected))[0]

    assert (found.standing, found.pairs) == (Standing.UNKNOWN, 20)
    assert found.coverage.value == pytest.approx(80 / 120)


def test_what_was_not_asked_does_not_lower_coverage():
    found = validate(make(*(np.array(c) for c in ([0, 1], [0, 1], [0, 0], [1.0, np.nan], np.arange(50)))))[0]

    assert found.coverage.value == 0.5
    assert found.discrimination is None


def test_a_pitfall_that_rejected_responses_meet_speaks_for_what_people_prefer():
    verdicts = rubric(seed=1)
    polarity = np.ones(len(NAMES), int)
    polarity[REVERSED] = -1

    assert standings(verdicts)[REVERSED] == Standing.REVERSED
    assert standings(verdicts, polarity=polarity)[REVERSED] == Standing.KEPT


def test_the_mirror_turns_discrimination_round_and_nothing_else():
    verdicts = rubric(seed=2)

    for one, other in zip(validate(verdicts), validate(verdicts.mirrored()), strict=True):
        assert other.discrimination.value == pytest.approx(-one.discrimination.value)
        assert other.discrimination.low == pytest.approx(-one.discrimination.high)
        assert (other.met, other.coverage, other.changed) == (one.met, one.coverage, one.changed)
        assert other.reliability == pytest.approx(one.reliability)


def test_renamed_pairs_criteria_and_repeats_change_nothing():
    verdicts = rubric(60, seed=3)
    draw = np.random.default_rng(0)
    pairs, criteria = draw.permutation(60), draw.permutation(len(NAMES))
    values = verdicts.table()[pairs][:, :, criteria][:, :, :, ::-1]

    plain, renamed = validate(verdicts), validate(from_table(values, verdicts.groups[pairs] * 3))

    for place, one in zip(criteria, renamed, strict=True):
        other = plain[place]
        assert one.standing == other.standing
        assert one.discrimination.low == pytest.approx(other.discrimination.low)
        assert one.reliability == pytest.approx(other.reliability)


def test_another_asking_turns_what_the_judge_errs_in():
    found = validate(rubric(2_000, flips=0.1))

    # Two askings differ where one of the two erred: 2 · .1 · .9. What lasts is (1 - 2 · .1)².
    assert found[0].changed.value == pytest.approx(0.18, abs=0.02)
    assert found[0].reliability == pytest.approx(0.64, abs=0.04)
    assert found[0].changed.low < found[0].changed.value < found[0].changed.high


def test_asked_once_nothing_is_known_of_another_asking():
    found = validate(rubric(repeats=1))[0]

    assert (found.changed, found.reliability) == (None, None)


def test_of_forty_criteria_that_say_nothing_few_stand_at_a_false_discovery_rate():
    draw, kept, standing = np.random.default_rng(4), 0, 0
    for _ in range(20):
        verdicts = from_table((draw.random((100, 2, 40, 1)) < 0.5).astype(float), np.arange(100))
        found = validate(verdicts)
        kept += sum(one.standing in (Standing.KEPT, Standing.REVERSED) for one in found)
        standing += sum(one.stands for one in found)

    assert 30 <= kept <= 90  # 7.5 % of 800
    assert standing <= 6
    assert all(one.stands for one in (validate(rubric(seed=5))[at] for at in GOOD))


def test_what_could_have_been_found_is_found_eight_times_in_ten():
    draw = np.random.default_rng(6)
    detectable = np.mean([validate(rubric(100, seed=seed, repeats=1))[NOISE].detectable for seed in range(20)])
    rates = 0.5 + detectable / 2, 0.5 - detectable / 2

    found = [standings(table(*(draw.random(100) < rate for rate in rates)))[0] for _ in range(300)]

    assert np.mean([one == Standing.KEPT for one in found]) == pytest.approx(0.8, abs=0.07)


def test_levels_count_by_how_far_up_they_stand():
    draw = np.random.default_rng(7)
    low = draw.integers(0, 4, 80) / 4

    found = validate(table(low + 0.25, low))[0]

    assert found.discrimination.value == pytest.approx(0.25)
    assert found.standing == Standing.KEPT


def test_nothing_to_validate():
    none = np.zeros(0)

    assert validate(make(none, none, none, none, none)) == []
    only = validate(make(none, none, none, none, none, criterion_count=1))[0]
    assert (only.standing, only.coverage, only.met, only.discrimination) == (Standing.UNKNOWN, None, None, None)
    assert (only.detectable, only.p, only.pairs) == (None, 1.0, 0)
    single = validate(table([1.0], [0.0]))[0]
    assert (single.standing, single.discrimination.value, single.discrimination.low) == (Standing.UNKNOWN, 1.0, None)


def test_the_same_again():
    assert validate(rubric(seed=8)) == validate(rubric(seed=8))
