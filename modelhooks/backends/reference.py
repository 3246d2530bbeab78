"""How close a response comes to a reference: BLEU and chrF as sacrebleu computes them, and overlap of words.

Known measures of surface likeness: good for finding copies and regressions, no measure of quality. Papineni et al.,
"BLEU", 2002; Popović, "chrF", 2015; Post, "A Call for Clarity in Reporting BLEU Scores", 2018: its signatures say how.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sacrebleu.metrics import BLEU, CHRF

from modelhooks.catalog import LikenessOptions
from modelhooks.contracts import Candidate, RewardScore

NO_REFERENCE = "There is no reference to compare with."
WORD = re.compile(r"\w+")
BLEU_OF_ONE = BLEU(effective_order=True)  # sentences shorter than four words have a score too
CHRF_OF_ONE = CHRF()


def bleu(response: str, reference: str) -> float:
    """Sentence BLEU in [0, 100], with effective order and exponential smoothing."""
    return float(BLEU_OF_ONE.sentence_score(response, [reference]).score)


def chrf(response: str, reference: str) -> float:
    """chrF2 in [0, 100]."""
    return float(CHRF_OF_ONE.sentence_score(response, [reference]).score)


def word_overlap(response: str, reference: str) -> float:
    """F1 over words with their counts, case folded, in [0, 100]; two texts without words are alike."""
    ours, theirs = (Counter(WORD.findall(text.casefold())) for text in (response, reference))
    if not ours and not theirs:
        return 100.0
    common = sum((ours & theirs).values())
    return 100.0 * 2 * common / (ours.total() + theirs.total())


MEASURES: dict[str, Callable[[str, str], float]] = {"bleu": bleu, "chrf": chrf, "word_overlap": word_overlap}


@dataclass(frozen=True)
class ReferenceScorer:
    """One of the measures, over candidates with a reference each."""

    measure: str = "chrf"

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise ValueError(f"{self.measure!r} is no measure; choose {', '.join(MEASURES)}.")

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits: a hash of `signature`."""
        return hashlib.sha256(self.signature.encode()).hexdigest()

    @property
    def signature(self) -> str:
        """The measure with all that changes it: sacrebleu's own signature."""
        measure = {"bleu": BLEU_OF_ONE, "chrf": CHRF_OF_ONE}.get(self.measure)
        if measure is None:
            return f"{self.measure}|version:1"
        # Only scoring fills in how many references there are.
        measure.sentence_score("a", ["a"])
        return f"{self.measure}|{measure.get_signature()}"

    def liken(self, candidates: Sequence[Candidate]) -> list[RewardScore]:
        """A number in [0, 100] per candidate; without a reference none, and the reason."""
        return [self._scored(one) for one in candidates]

    def _scored(self, one: Candidate) -> RewardScore:
        words = len(WORD.findall(one.response))
        if one.reference is None:
            return RewardScore(None, words, error=NO_REFERENCE)
        return RewardScore(MEASURES[self.measure](one.response, one.reference), words)


def load(options: LikenessOptions) -> ReferenceScorer:
    """The scorer that a checkpoint of the backend `reference` stands for."""
    return ReferenceScorer(options.measure)
