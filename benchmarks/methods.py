"""The methods of curation at a million labels, on one thread, beside their budgets; `make bench-methods` prints the slow tables, too.

    python benchmarks/methods.py [LABELS] [SEED]

Seconds of CPU are what counts, for the machine may be busy; how busy it was is printed with them.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is loaded

import numpy as np  # noqa: E402

from curation.aggregation import agreement, alpha, bradley_terry, cautious, dawid_skene  # noqa: E402
from curation.aggregation.comparisons import Comparisons  # noqa: E402
from curation.aggregation.labels import Labels, make  # noqa: E402
from curation.aggregation.outcomes import Davidson, Graded  # noqa: E402

PLAYERS, COMPARERS = 2_000, 50


def labeled(count: int, seed: int) -> Labels:
    """Five labels a unit on three values by 200 people, a tenth of whom draw lots."""
    draw = np.random.default_rng(seed)
    units = count // 5
    truth = draw.choice(3, units, p=[0.42, 0.16, 0.42])
    first, step = draw.integers(0, 200, units), draw.integers(1, 40, units)
    who = (first[:, None] + np.arange(5) * step[:, None]) % 200
    knows = np.where(np.arange(200) < 20, 0.0, draw.beta(8, 2.5, 200))[who]
    said = np.where(draw.random((units, 5)) < knows, truth[:, None], draw.choice(3, (units, 5), p=[0.4, 0.2, 0.4]))
    return make(np.repeat(np.arange(units), 5), who.ravel(), said.ravel(), value_count=3)


def compared(count: int, seed: int, *, ties: float) -> Comparisons:
    """Comparisons of 2,000 by fifty, five of whom draw lots; `ties` is how likely one is between equals, before norming."""
    draw = np.random.default_rng(seed)
    scores = draw.normal(0, 1.2, PLAYERS)
    first = draw.integers(0, PLAYERS, count)
    second = (first + draw.integers(1, PLAYERS, count)) % PLAYERS
    place, who = draw.choice([-1, 1], count), draw.integers(0, COMPARERS, count)
    d = np.where(who < 5, 0.0, scores[first] - scores[second] + 0.3 * place)
    odds = np.stack([np.exp(d / 2), np.full(count, ties), np.exp(-d / 2)])
    outcome = (draw.random(count) > np.cumsum(odds / odds.sum(axis=0), axis=0)[:2]).sum(axis=0)
    return Comparisons(first, second, outcome if ties else outcome // 2, who, place, PLAYERS, COMPARERS)


def timed(name: str, budget: float | None, work: Callable[[], object]) -> None:
    """One line: seconds of CPU, of the clock, and whether the budget is held."""
    begin, cpu = time.perf_counter(), time.process_time()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - begin
    told = "" if budget is None else f"   budget {budget:g}: {'held' if cpu <= budget else 'MISSED'}"
    print(f"{name:<52}{cpu:7.2f} CPU s {wall:7.2f} s{told}", flush=True)


def main(count: int = 1_000_000, seed: int = 0) -> None:
    load = os.getloadavg()[0]
    print(
        f"{count:,} labels, seed {seed}, {datetime.now(UTC):%Y-%m-%d}, one thread, load {load:.1f} on {os.cpu_count()} CPUs"
    )
    labels = labeled(count, seed)
    counts = labels.counts()
    timed("Dawid–Skene", 3, lambda: dawid_skene.fit(labels, symmetric=True))
    timed("the consensus that knows of shared errors", None, lambda: cautious.settle(labels, symmetric=True))
    two, three = (compared(count, seed, ties=ties) for ties in (0.0, 0.6))
    timed("Bradley–Terry", 2, lambda: bradley_terry.fit(two, Graded(2), reliabilities=False, place=False))
    timed("Davidson with ties, place and reliabilities", 20, lambda: bradley_terry.fit(three, Davidson()))
    timed("Krippendorff's α, ordered values", None, lambda: alpha.alpha(counts, alpha.ordinal).total())
    timed("α, κ, AC1 and shares with intervals, 200 resamples", None, lambda: agreement.of(labels, draws=200))


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:]))
