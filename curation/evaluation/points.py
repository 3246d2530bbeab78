"""What one row is worth, from 0 to 1, by the rules of the tool whose layout it has.

Sources: RewardBench (`results = 1 if chosen > rejected else 0`); RewardBench 2, `run_v2.py`; RM-Bench, `utils.py`;
JudgeBench, `utils/metrics.py`; ProcessBench, `run_eval_prm_trl.py`.
"""

from collections.abc import Sequence

STYLES = 3
FIRST, SECOND, TIE = 1, -1, 0
"""What is said of two responses, whichever side they stood on."""
NO_ERROR = -1


def pair(right: float, wrong: float) -> float:
    """A tie is a loss: who must choose could not."""
    return float(right > wrong)


def best_of(scores: Sequence[float]) -> float:
    """The first response is the right one: 1 by itself at the top, a share of it among equals, else 0."""
    highest = max(scores)
    return 1 / list(scores).count(highest) if scores[0] == highest else 0.0


def all_above(scores: Sequence[float], right: int) -> float:
    """Whether each of the first `right` responses lies above all others."""
    return float(min(scores[:right]) > max(scores[right:]))


def style_wins(scores: Sequence[float]) -> list[list[float]]:
    """3 by 3: 1 where the right response of a style, the row, lies above the wrong one of a style, the column.

    The styles grow fancier: concise, detailed, with Markdown. The right responses stand first.
    """
    return [[pair(right, wrong) for wrong in scores[STYLES:]] for right in scores[:STYLES]]


def both_orders(verdicts: Sequence[int | None]) -> float:
    """Whether verdicts about a right and another response, given in both orders, come to the right one (FIRST).

    One that turns with the order says nothing; one that is right once and level, or unread, the other time is right.
    """
    return float(sum(one for one in verdicts if one is not None) > 0)


def first_error(scores: Sequence[float], threshold: float) -> int:
    """The first step below the threshold, from 0; NO_ERROR where none is."""
    return next((place for place, score in enumerate(scores) if score < threshold), NO_ERROR)
