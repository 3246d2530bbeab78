"""How good a reward head is on a set of pairs, measured as its training measures it, and the tables of docs/methods.md."""

from collections.abc import Iterator
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from modelhooks.head import calibration, crossfit, evaluation
from modelhooks.head.calibration import Bin
from modelhooks.head.evaluation import Accuracy, Report
from modelhooks.head.pairs import Pairs

BINS = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a head on one set, every score by heads that never saw the pair's group."""

    pairs: int
    penalty: float
    report: Report
    bins: list[Bin]


def measured(pairs: Pairs, *, penalty: float | None = None, seed: int = 0) -> Measured:
    """As `reward_head.train` measures, for sets of fewer groups too."""
    with threadpool_limits(limits=1):
        chosen = crossfit.choose_penalty(pairs, seed=seed) if penalty is None else penalty
        scores = crossfit.scores(pairs, chosen, seeds=range(seed, seed + crossfit.SEEDS))
        factor, decided = calibration.temperature(scores, pairs.p), pairs.is_decided
        bins = calibration.reliability(factor * scores[decided], pairs.p[decided], BINS)
        return Measured(len(pairs), chosen, evaluation.report(pairs, chosen, scores, seed=seed), bins)


def lines(found: dict[str, Measured]) -> Iterator[str]:
    """The two tables, in Markdown."""
    yield "| | pairs, decided, groups | λ | head | length alone | head less length | groups learnt from: accuracy |"
    yield "|---|---|---|---|---|---|---|"
    for name, one in found.items():
        report = one.report
        assert report.length_only
        assert report.gain
        counts = f"{one.pairs:,}, {report.head.pairs:,}, {report.head.prompts}"
        curve = ", ".join(f"{prompts}: {_share(share)}" for prompts, share in report.curve)
        shown = " | ".join(_bounded(part) for part in (report.head, report.length_only, report.gain))
        yield f"| {name} | {counts} | {one.penalty:g} | {shown} | {curve} |"
    yield ""
    yield "| | promised → came, a fifth of the decided pairs each | expected calibration error |"
    yield "|---|---|---|"
    for name, one in found.items():
        steps = ", ".join(f"{_share(some.confidence)} → {_share(some.accuracy)}" for some in one.bins)
        yield f"| {name} | {steps} | {_share(calibration.expected_error(one.bins))} |"


def _share(share: float) -> str:
    return f"{share:.3f}".replace("0.", ".", 1)


def _bounded(one: Accuracy) -> str:
    return f"{_share(one.share)} ({_share(one.low)} to {_share(one.high)})"
