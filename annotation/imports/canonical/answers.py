"""What is true of each kind of answer that comes with an item, whatever form it will meet.

Each check gives the end of a sentence about its annotator, or None. Whether a question asks for it, and whether it
takes it, is for the kinds to say (`annotation.kinds.Kind.admit`).
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from annotation.imports.canonical import marks
from annotation.imports.canonical.shapes import CanonicalItem
from annotation.imports.canonical.storable import text_fault
from annotation.imports.canonical.wording import describe, quoted

WINNERS = frozenset({"a", "b", "tie", "both_bad", "unsure"})
STRONGEST = 3
LONGEST_TEXT_ANSWER = 20_000
LONGEST_CHOICE = 200
MOST_CHOICES = 100
MOST_DIMENSIONS = 100


def _preference_fault(answer: dict[str, Any], item: CanonicalItem) -> str | None:
    if len(item.responses) != 2:
        return f"prefers one of two, and there are {len(item.responses)} responses"
    dimensions = answer.get("dimensions", {})
    if not isinstance(dimensions, dict) or len(dimensions) > MOST_DIMENSIONS:
        return f"gives dimensions that are not an object of at most {MOST_DIMENSIONS}"
    for part in (answer, *dimensions.values()):
        fault = _winner_fault(part) if isinstance(part, dict) else "gives a dimension that is not an object"
        if fault:
            return fault
    return None


def _winner_fault(answer: dict[str, Any]) -> str | None:
    winner, strength = answer.get("winner"), answer.get("strength")
    if not isinstance(winner, str) or winner not in WINNERS:
        shown = quoted(winner) if isinstance(winner, str) else describe(winner)
        return f"gives {shown} as the winner; a, b, tie, both_bad and unsure are known"
    if strength is None:
        return None
    if type(strength) is not int or not 0 <= strength <= STRONGEST:
        return f"gives a strength that is not a whole number from 0 to {STRONGEST}"
    return "gives a strength without a winner" if strength and winner not in {"a", "b"} else None


def _rating_fault(answer: dict[str, Any], item: CanonicalItem) -> str | None:
    if "value" in answer:
        return None if _is_number(answer["value"]) else "gives a rating that is not a number"
    values = answer.get("values")
    if not isinstance(values, list) or len(values) != len(item.responses):
        return f"does not rate with a list of values, one for each response ({len(item.responses)})"
    if not all(value is None or _is_number(value) for value in values):
        return "gives a rating that is not a number"
    return None


def _text_answer_fault(answer: dict[str, Any], _item: CanonicalItem) -> str | None:
    fault = text_fault(answer.get("text"), LONGEST_TEXT_ANSWER)
    return f"gives a text that {fault}" if fault else None


def _choice_fault(answer: dict[str, Any], item: CanonicalItem) -> str | None:
    values = answer.get("values")
    if not isinstance(values, list) or not values:
        return "does not choose with a list of values"
    if not any(isinstance(value, list) for value in values):
        return _chosen_fault(values)
    if len(values) != len(item.responses) or not all(value is None or isinstance(value, list) for value in values):
        return f"does not choose with one list for each response ({len(item.responses)})"
    return next((fault for value in values if value is not None and (fault := _chosen_fault(value))), None)


def _chosen_fault(values: list[Any]) -> str | None:
    if not 0 < len(values) <= MOST_CHOICES:
        return f"chooses {len(values)} times at one place; 1 to {MOST_CHOICES} is what fits"
    for value in values:
        fault = text_fault(value, LONGEST_CHOICE)
        if fault or not value:
            return f"makes a choice that {fault or 'is empty'}"
    return "makes the same choice twice" if len(set(values)) < len(values) else None


def _ranking_fault(answer: dict[str, Any], item: CanonicalItem) -> str | None:
    groups, count = answer.get("groups"), len(item.responses)
    if not isinstance(groups, list) or not all(isinstance(group, list) and group for group in groups):
        return "does not rank with a list of groups, best first"
    numbers = [number for group in groups for number in group]
    if not all(type(number) is int for number in numbers) or sorted(numbers) != list(range(count)):
        return f"does not rank each of the {count} responses once, counted from 0"
    return None


def _rubric_fault(answer: dict[str, Any], item: CanonicalItem) -> str | None:
    verdicts = answer.get("verdicts")
    if not isinstance(verdicts, dict) or not 0 < len(verdicts) <= MOST_DIMENSIONS:
        return f"does not judge with an object of 1 to {MOST_DIMENSIONS} verdicts by criterion"
    for name, found in verdicts.items():
        fault = _criterion_fault(found, item)
        if fault:
            return f"gives criterion {quoted(name)} {fault}"
    return None


def _criterion_fault(found: Any, item: CanonicalItem) -> str | None:
    if isinstance(found, dict):
        return _verdict_fault(found, None)
    texts = marks.texts(item)
    if not isinstance(found, list) or len(found) != len(texts):
        return f"no verdict, and no list of verdicts with one for each response ({len(texts)})"
    return next(_faults_of_verdicts(found, texts), None)


def _faults_of_verdicts(found: list[Any], texts: list[str]) -> Iterator[str]:
    for verdict, text in zip(found, texts, strict=True):
        if verdict is not None and (fault := _verdict_fault(verdict, text)):
            yield fault


def _verdict_fault(verdict: Any, text: str | None) -> str | None:
    if not isinstance(verdict, dict) or type(verdict.get("value")) not in (str, int):
        return "a verdict without a value"
    if isinstance(verdict["value"], str) and text_fault(verdict["value"], LONGEST_CHOICE):
        return "a verdict whose value cannot be stored"
    quote = verdict.get("quote")
    if quote is None:
        return None
    if text is None:
        return "a quote that belongs to no response"
    fault = marks.slice_fault(quote, text)
    return f"a quote that {fault}" if fault else None


def _steps_fault(answer: dict[str, Any], item: CanonicalItem) -> str | None:
    parts = answer.get("responses")
    if not isinstance(parts, list) or len(parts) != len(item.responses):
        return f"does not judge steps with a list, one entry for each response ({len(item.responses)})"
    for index, (part, response) in enumerate(zip(parts, item.responses, strict=True)):
        fault = marks.steps_fault(part, response, index) if part is not None else None
        if fault:
            return fault
    return None


def _spans_fault(answer: dict[str, Any], item: CanonicalItem) -> str | None:
    return marks.spans_fault(answer, marks.texts(item))


def _is_number(value: object) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


ANSWERS: Mapping[str, Callable[[dict[str, Any], CanonicalItem], str | None]] = {
    "preference": _preference_fault,
    "rating": _rating_fault,
    "text": _text_answer_fault,
    "choice": _choice_fault,
    "ranking": _ranking_fault,
    "rubric": _rubric_fault,
    "steps": _steps_fault,
    "spans": _spans_fault,
}
