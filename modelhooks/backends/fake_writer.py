"""What the fake writer of rubrics says: criteria that can be read off a text, so that judging by them has a truth.

Which of them it writes comes from a hash, and not from the label: some rubrics agree with people, others do not.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from modelhooks.contracts import (
    Attempt,
    CheckItem,
    Checklist,
    Constraint,
    Constraints,
    Contrast,
    Contrasted,
    Evidence,
    Explaining,
    Feedback,
    Hypotheses,
    Hypothesis,
    Instruction,
    Merged,
    MergedCriterion,
    Merging,
    Principle,
    Principles,
    Revised,
    RevisedCriterion,
    Revision,
    Reworded,
    Rewording,
    Trajectory,
    Usage,
    WrittenCriterion,
    WrittenRubric,
)
from modelhooks.judging.checklists import NO_WORK, Stretch, parts_of, stretches, turns_of
from modelhooks.judging.constraints import EMPTY as NO_INSTRUCTION
from modelhooks.judging.contrast import LEVEL, OTHERWISE, THE_SAME, UNEXPLAINED, best
from modelhooks.judging.principles import EMPTY as NOTHING_SAID
from modelhooks.judging.several import Labeled

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


QUALITIES = (
    "The response gets its facts right.",
    "The response is clear.",
    "The response answers all of the question.",
)
NEGATIONS = frozenset({"not", "no", "wrong", "lacks", "missing", "never", "too"})
UNSAID = "The response is in the language of the instruction."
MOST_SENTENCES = 10
ASKED = Usage(requests=1)


def principles(one: Feedback, unit: Unit) -> Principles:
    """Each sentence of feedback is about a quality that is drawn by lot, and blames where it has a word that does."""
    found: dict[str, Principle] = {}
    for sentence in _sentences(one.text):
        text = QUALITIES[int(unit("principle", sentence) * len(QUALITIES))]
        holds = not NEGATIONS & set(re.findall(r"\w+", sentence.casefold()))
        found.setdefault(text, Principle(text, holds, sentence))
    return Principles(tuple(found.values()), reason="" if one.text.strip() else NOTHING_SAID, usage=ASKED)


def constraints(one: Instruction) -> Constraints:
    """Each sentence that a person says is one."""
    said = [str(turn.get("content") or "") for turn in one.prompt if turn.get("role") in {"system", "user"}]
    sentences = dict.fromkeys(sentence for text in said for sentence in _sentences(text))
    if not sentences:
        return Constraints(reason=NO_INSTRUCTION, usage=ASKED)
    explicit = [Constraint(f"The response does as it is told: {each}", True, each) for each in sentences]
    return Constraints((*explicit, Constraint(UNSAID, False)), usage=ASKED)


def checklist(one: Trajectory) -> Checklist:
    """That something is done, and that it is what was done."""
    turns = turns_of(one)
    items = [item for each in stretches(turns) for item in _items(turns, each)]
    return Checklist(tuple(items), reason="" if items else NO_WORK, usage=ASKED)


def _items(turns: Sequence[Mapping[str, Any]], stretch: Stretch) -> list[CheckItem]:
    cited = [
        (number, part, text)
        for number in range(stretch.first, stretch.last + 1)
        for part, text in parts_of(turns[number]).items()
    ][:2]
    return [
        CheckItem(
            key=f"t{stretch.asked}c{place}",
            turn=stretch.asked,
            focus_on=part,
            question="Is the work done that was asked for?",
            pass_condition="The record shows the work and what came of it.",  # noqa: S106
            failure_examples=("The record shows no work.",),
            evidence=(Evidence(number, part, text[:40].strip()),),
            is_required=place == 1,
            weight=1 / len(cited),
        )
        for place, (number, part, text) in enumerate(cited, 1)
    ]


def hypotheses(one: Explaining) -> Hypotheses:
    """By how many of the pairs they explain."""
    known = {text.casefold() for text in one.criteria}
    seen = {text: _explained(text, one.pairs) for text in TRUTHS if text.casefold() not in known}
    ordered = sorted((text for text in seen if seen[text]), key=lambda text: -len(seen[text]))
    return Hypotheses(tuple(Hypothesis(text, seen[text]) for text in ordered[: one.most]), usage=ASKED)


def merged(one: Merging) -> Merged:
    """Those that come from most rubrics first."""
    places: dict[str, list[tuple[int, int]]] = {}
    criteria: dict[str, list[WrittenCriterion]] = {}
    for number, rubric in enumerate(one.rubrics):
        for at, each in enumerate(rubric):
            places.setdefault(each.text.casefold(), []).append((number, at))
            criteria.setdefault(each.text.casefold(), []).append(each)
    ordered = sorted(places, key=lambda text: -len(places[text]))
    kept, rest = ordered[: one.most], ordered[one.most :]
    found = [
        MergedCriterion(
            criteria[text][0].text,
            "hard_rule" if all(each.kind == "hard_rule" for each in criteria[text]) else "principle",
            tuple(places[text]),
        )
        for text in kept
    ]
    return Merged(tuple(found), tuple(sorted(place for text in rest for place in places[text])), usage=ASKED)


def revised(one: Revision) -> Revised:
    """Drops what tells the errors apart the wrong way round, and adds its own criterion that explains most of them."""
    kept = [
        RevisedCriterion(each.text, each.kind, place)
        for place, each in enumerate(one.criteria)
        if sum(_points(error.verdicts[place]) for error in one.errors) >= 0
    ]
    texts = {each.text for each in one.criteria}
    new = max(TRUTHS.keys() - texts, key=lambda text: (len(_explained(text, one.errors)), text), default="")
    is_wanted = new and (not kept or _explained(new, one.errors))
    added = [RevisedCriterion(new, "principle")] if is_wanted else []
    return Revised((*kept, *added), "Some criteria pointed the wrong way.", usage=ASKED)


def reworded(one: Rewording) -> Reworded:
    """Adds its own criterion that explains most of the errors, if any does."""
    seen = {text: len(_explained(text, one.errors)) for text in TRUTHS if text not in one.instructions}
    new = max(seen, key=lambda text: (seen[text], text), default="")
    added = [new] if new and seen[new] else []
    text = "\n".join(filter(None, [one.instructions, *added]))
    return Reworded(text, f"Nothing says: {new}" if added else "Nothing explains it.", usage=ASKED)


def instructed(instructions: str, response: str) -> int:
    """How many of its own criteria that stand in these instructions a response meets."""
    return sum(truth(response) for text, truth in TRUTHS.items() if text in instructions)


def _points(verdicts: tuple[str, str]) -> int:
    better, worse = verdicts
    return (better == "yes") - (worse == "yes")


def _explained(text: str, pairs: Sequence[Labeled]) -> tuple[int, ...]:
    """The places of the pairs of which the better response meets it and the worse one does not."""
    return tuple(place for place, one in enumerate(pairs) if TRUTHS[text](one.better) and not TRUTHS[text](one.worse))


def _sentences(text: str) -> list[str]:
    found = (sentence.strip() for sentence in re.split(r"(?<=[.!?])\s+|\n+", text))
    return [sentence for sentence in found if any(map(str.isalpha, sentence))][:MOST_SENTENCES]
