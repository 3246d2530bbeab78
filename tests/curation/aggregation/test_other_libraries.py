"""The same figures as evalica, choix, statsmodels and cleanlab come to, which nothing but these tests needs."""

import choix
import evalica
import numpy as np
import pandas as pd
import pytest
from cleanlab.filter import find_label_issues
from scipy.special import expit, logit
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from annotation.intervals import wilson
from curation.aggregation import alpha, chance, comparison_posterior
from curation.aggregation.bradley_terry import fit
from curation.aggregation.comparisons import Comparisons
from curation.aggregation.labels import make
from curation.aggregation.outcomes import Davidson, Graded
from curation.aggregation.skill import share
from curation.noise.confident import disputed
from curation.noise.raters import benjamini_hochberg
from modelhooks.head.abstention import lower_bound

DISTANCES = {"nominal": alpha.nominal, "ordinal": alpha.ordinal, "interval": alpha.interval}


@pytest.fixture
def told():
    """600 labels of 150 units by eight people on five values, four of them at a unit."""
    draw = np.random.default_rng(0)
    truth = draw.integers(0, 5, 150)
    units = np.repeat(np.arange(150), 4)
    who = np.concatenate([draw.permutation(8)[:4] for _ in range(150)])
    said = np.where(draw.random(600) < 0.6, truth[units], draw.integers(0, 5, 600))
    return make(units, who, said, value_count=5)


@pytest.mark.parametrize("name", list(DISTANCES))
def test_alpha_is_that_of_evalica(told, name):
    table = np.full((8, 150), np.nan)
    table[told.annotators, told.units] = told.values
    table[:, :30] = np.where(np.arange(8)[:, None] < 3, table[:, :30], np.nan)  # some units keep few labels
    kept = ~np.isnan(table[told.annotators, told.units])

    ours = alpha.alpha(told.take(kept).counts(), DISTANCES[name]).total()

    assert ours == pytest.approx(evalica.alpha(pd.DataFrame(table), distance=name).alpha, abs=1e-9)


def test_fleiss_is_that_of_statsmodels(told):
    counts = told.counts()

    assert chance.fleiss(counts).total() == pytest.approx(fleiss_kappa(counts), abs=1e-9)


WEIGHTS = [(None, None), ("linear", chance.linear(5)), ("quadratic", chance.quadratic(5))]


@pytest.mark.parametrize(("name", "weights"), WEIGHTS)
def test_cohen_is_that_of_statsmodels(told, name, weights):
    table = np.full((8, 150), -1)
    table[told.annotators, told.units] = told.values
    both = (table[0] >= 0) & (table[1] >= 0)
    counts = np.zeros((5, 5))
    np.add.at(counts, (table[0, both], table[1, both]), 1)

    theirs = cohens_kappa(counts, wt=name, return_results=False)

    assert chance.cohen(told, 0, 1, weights).total() == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize(("hits", "count"), [(0, 20), (3, 17), (40, 41), (150, 150)])
def test_intervals_of_shares_are_those_of_statsmodels(hits, count):
    exact, scored = (proportion_confint(hits, count, method=name) for name in ("beta", "wilson"))
    found = share(hits, count)

    assert found is not None
    assert (found.low, found.high) == pytest.approx(np.nan_to_num(exact, nan=0.0), abs=1e-9)
    assert wilson(hits, count) == pytest.approx(scored, abs=1e-3)
    assert lower_bound(hits, count, 0.1) == pytest.approx(
        proportion_confint(hits, count, 0.2, method="beta")[0], abs=1e-9
    )


@pytest.mark.parametrize("seed", range(5))
def test_false_discoveries_are_held_down_as_by_statsmodels(seed):
    p = np.random.default_rng(seed).random(40) ** 3

    assert (benjamini_hochberg(p, 0.1) == multipletests(p, 0.1, method="fdr_bh")[0]).all()


@pytest.fixture
def compared():
    """4,000 comparisons of twelve players, with ties, and nobody's place known."""
    draw = np.random.default_rng(1)
    strength = draw.normal(0, 1, 12)
    first = draw.integers(0, 12, 4000)
    second = (first + draw.integers(1, 12, 4000)) % 12
    d = strength[first] - strength[second]
    shares = np.stack([np.exp(d / 2), np.full(4000, 0.6), np.exp(-d / 2)])
    outcome = (draw.random(4000) > np.cumsum(shares / shares.sum(axis=0), axis=0)[:2]).sum(axis=0)
    zero = np.zeros(4000, np.int64)
    return Comparisons(first, second, outcome, zero, zero, 12, 1)


@pytest.fixture
def flat(monkeypatch):
    """Priors that say next to nothing, as the other libraries have none."""
    monkeypatch.setattr(comparison_posterior, "SPREAD_OF_SCORES", 1e3)
    monkeypatch.setattr(comparison_posterior, "SPREAD_OF_SHAPES", 1e3)


@pytest.mark.usefixtures("flat")
def test_scores_with_ties_are_those_of_newman_in_evalica(compared):
    winners = np.array([evalica.Winner.X, evalica.Winner.Draw, evalica.Winner.Y], object)[compared.outcome]

    ours = fit(compared, Davidson(), reliabilities=False, place=False)
    theirs = evalica.newman(
        compared.first.tolist(), compared.second.tolist(), winners.tolist(), limit=5000, tolerance=1e-10
    )

    scores = np.log(theirs.scores.sort_index().to_numpy())
    assert ours.scores == pytest.approx(scores - scores.mean(), abs=2e-3)
    assert np.exp(ours.shape[0]) == pytest.approx(2 * theirs.v, abs=2e-3)


@pytest.mark.usefixtures("flat")
def test_scores_without_ties_are_those_of_choix_and_evalica(compared):
    decided = compared.outcome != 1
    first, second = compared.first[decided], compared.second[decided]
    won = compared.outcome[decided] == 0
    zero = np.zeros(len(first), np.int64)
    told = Comparisons(first, second, np.where(won, 0, 1), zero, zero, 12, 1)

    ours = fit(told, Graded(2), reliabilities=False, place=False).scores

    pairs = [(a, b) if a_won else (b, a) for a, b, a_won in zip(first.tolist(), second.tolist(), won, strict=True)]
    assert ours == pytest.approx(choix.opt_pairwise(12, pairs, alpha=1e-9), abs=2e-3)
    winners = [evalica.Winner.X if one else evalica.Winner.Y for one in won]
    theirs = evalica.bradley_terry(first.tolist(), second.tolist(), winners, limit=5000, tolerance=1e-10)
    scores = np.log(theirs.scores.sort_index().to_numpy())
    assert ours == pytest.approx(scores - scores.mean(), abs=2e-3)


def test_disputed_labels_are_those_of_cleanlab_where_sides_are_exchanged():
    # Told once as they are and once mirrored, the thresholds of both classes are one.
    draw = np.random.default_rng(2)
    scores = draw.normal(0, 2, 500)
    first = draw.random(500) < expit(scores)
    first ^= draw.random(500) < 0.15
    p = expit(scores)
    both = np.column_stack([np.concatenate([1 - p, p]), np.concatenate([p, 1 - p])])

    theirs = find_label_issues(
        np.concatenate([first, ~first]).astype(int), both, filter_by="confident_learning", n_jobs=1
    )

    ours = disputed(logit(p), first.astype(float)).flagged
    assert ours.sum() > 30
    assert (theirs[:500] == ours).all()
    assert (theirs[500:] == ours).all()
