"""What a detector's proposal may do without a person: a decision with its reasons in sentences.

Nothing is ever flipped by itself. A label is dropped or softened by itself only where this project has shown that its
detector and its head are good enough on these very labels; else the proposal becomes one to review. The thresholds are
measured in docs/methods.md, "Confident learning": on few or hardly learnable pairs, dropping made rewards worse.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from curation.noise.planted import DELTA, PlantedTest
from curation.noise.proposals import Proposals, Suggestion
from modelhooks.head.abstention import lower_bound
from modelhooks.head.evaluation import Accuracy

FEWEST_PAIRS = 2_000
LEAST_ACCURACY = 0.70
LEAST_GAIN_OVER_LENGTH = 0.03
FEWEST_AUDITED = 50
LEAST_AUDITED_PRECISION = 0.5
LEAST_PLANTED_PRECISION = 0.5
MOST_LOSS = 0.02  # of accuracy on held-out pairs that dropping may cost


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a detector in one project. What is not known speaks against it."""

    pairs: int
    """Decided pairs that its head was trained on."""
    accuracy: Accuracy | None = None
    """Of the head, cross-fitted."""
    length_only: Accuracy | None = None
    """Of length alone, on the same pairs."""
    audited: int = 0
    """Flagged pairs, drawn at random, that people looked at."""
    confirmed: int = 0
    """Those of them where people agreed that the label is wrong."""
    planted: PlantedTest | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to proposals of one kind, and why not more."""

    wanted: Suggestion
    allowed: Suggestion
    reasons: tuple[str, ...]
    """Sentences: each condition that is not met, or, where all are, one that says so."""

    @property
    def stands_alone(self) -> bool:
        """Whether the proposal takes effect without a person."""
        return self.wanted == self.allowed


def decide(wanted: Suggestion, evidence: Evidence) -> Decision:
    """Whether proposals of this kind may stand alone. Raises ValueError for more confirmed than audited pairs."""
    if not 0 <= evidence.confirmed <= evidence.audited:
        raise ValueError("More pairs were confirmed than looked at.")
    if wanted in {Suggestion.KEEP, Suggestion.REVIEW}:
        return Decision(wanted, wanted, ("This changes nothing by itself.",))
    if wanted == Suggestion.FLIP:
        reason = "A label is never turned round without a person."
        return Decision(wanted, Suggestion.REVIEW, (reason, *_missing(evidence)))
    missing = tuple(_missing(evidence))
    if missing:
        return Decision(wanted, Suggestion.REVIEW, missing)
    return Decision(wanted, wanted, ("Every guard rail holds on this project's own labels.",))


def admit(proposals: Proposals, evidence: Evidence) -> tuple[Proposals, tuple[Decision, ...]]:
    """Proposals in which only what may stand alone is more than a review; and the decision for each kind present."""
    present = [one for one in Suggestion if proposals.of(one).any()]
    decisions = tuple(decide(one, evidence) for one in present)
    for decision in decisions:
        if not decision.stands_alone:
            proposals = proposals.instead(decision.allowed, proposals.of(decision.wanted))
    return proposals, decisions


def _missing(evidence: Evidence) -> Iterator[str]:
    if evidence.pairs < FEWEST_PAIRS:
        yield f"There are {evidence.pairs:,} labeled pairs; {FEWEST_PAIRS:,} are needed."
    yield from _accuracy(evidence)
    yield from _audit(evidence)
    yield from _planted(evidence.planted)


def _accuracy(evidence: Evidence) -> Iterator[str]:
    head, length = evidence.accuracy, evidence.length_only
    if head is None:
        yield "The head's accuracy has not been measured on prompts that it never saw."
        return
    if head.low < LEAST_ACCURACY:
        yield f"The head's accuracy may be as low as {head.low:.0%}; at least {LEAST_ACCURACY:.0%} are needed."
    if length is None:
        yield "It is not known what the length of responses alone would have got."
    elif head.low < length.share + LEAST_GAIN_OVER_LENGTH:
        yield (
            f"The head may be no better than {head.low:.1%}, and length alone gets {length.share:.1%}; "
            f"it has to be {100 * LEAST_GAIN_OVER_LENGTH:.0f} points better."
        )


def _audit(evidence: Evidence) -> Iterator[str]:
    if evidence.audited < FEWEST_AUDITED:
        yield f"People have looked at {evidence.audited} flagged pairs; {FEWEST_AUDITED} are needed."
        return
    least = lower_bound(evidence.confirmed, evidence.audited, DELTA)
    if least < LEAST_AUDITED_PRECISION:
        yield (
            f"People confirmed {evidence.confirmed} of {evidence.audited} flagged pairs, which may mean as few as "
            f"{least:.0%}; at least {LEAST_AUDITED_PRECISION:.0%} are needed."
        )


def _planted(test: PlantedTest | None) -> Iterator[str]:
    if test is None:
        yield "The test with planted flips has not been run on this project's labels."
        return
    if test.precision_at_least < LEAST_PLANTED_PRECISION:
        yield (
            f"Of what it flags among planted flips, maybe only {test.precision_at_least:.0%} were planted; "
            f"at least {LEAST_PLANTED_PRECISION:.0%} are needed."
        )
    if test.gain.low < -MOST_LOSS:
        yield (
            f"With planted flips dropped, a head was right in {test.dropped:.1%} of held-out pairs, and in "
            f"{test.flipped:.1%} with them left in; dropping may cost {-100 * test.gain.low:.1f} points."
        )
