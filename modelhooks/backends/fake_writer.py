"""What the fake writer of rubrics says: criteria that can be read off a text, so that judging by them has a truth.

Which of them it writes comes from a hash, and not from the label: some rubrics agree with people, others do not.
"""

from collections.abc import Callable, Mapping
from typing import Any

from modelhooks.contracts import Attempt, Contrast, Contrasted, Usage, WrittenCriterion, WrittenRubric
from modelhooks.judging.contrast import LEVEL, OTHERWISE, THE_SAME, UNEXPLAINED, best

Unit = Callable[..., float]  # a number in [0, 1) that depends on what it is given alone

TRUTHS: Mapping[str, Callable[[str], bool]] = {
    "The response has a digit in it.": lambda text: any(map(str.isdigit, text)),
    "The response ends with a full stop.": lambda text: text.rstrip().endswith("."),
    "The response has more than one sentence.": lambda text: text.rstrip(". \n").count(".") > 0,
    "The response has at least ten words.": lambda text: len(text.split()) >= 10,
    "The response has more than one line.": lambda text: "\n" in text.strip(),
    "The response does without exclamation marks.": lambda text: "!" not in text,
    "The response gives a reason.": lambda text: "because" in text.casefold(),
}
HARD = "The response ends with a full stop."
AT_ONCE = 3  # criteria of a rubric


def met(criterion: str, response: str) -> bool | None:
    """Whether a response meets one of the fake writer's criteria; None for a criterion of somebody else."""
    truth = TRUTHS.get(criterion)
    return None if truth is None else truth(response)


def contrasted(one: Contrast, unit: Unit) -> Contrasted:
    """Rubrics that are drawn by lot, and judged by their truth."""
    if one.better == one.worse:
        return Contrasted(reason=THE_SAME)
    attempts = tuple(_attempt(one, number, unit) for number in range(one.attempts))
    chosen = best(attempts)
    usage = Usage(requests=one.attempts * (1 + 2 * one.votes))
    return Contrasted(attempts, chosen, "" if chosen is not None else UNEXPLAINED, usage=usage)


def _attempt(one: Contrast, number: int, unit: Unit) -> Attempt:
    criteria = _drawn(unit, one.prompt, sorted((one.better, one.worse)), number)
    apart = tuple(float(TRUTHS[each.text](one.better)) - float(TRUTHS[each.text](one.worse)) for each in criteria)
    said = "better" if sum(apart) > 0 else "worse" if sum(apart) < 0 else "tie"
    reason = {"better": "", "worse": OTHERWISE, "tie": LEVEL}[said]
    return Attempt(criteria, ({said: one.votes},) * 2, sum(apart) / AT_ONCE, not reason, reason, apart)


def _drawn(unit: Unit, *about: Any) -> WrittenRubric:
    texts = sorted(TRUTHS, key=lambda text: unit("criterion", text, *about))[:AT_ONCE]
    return tuple(WrittenCriterion(text, "hard_rule" if text == HARD else "principle") for text in texts)
