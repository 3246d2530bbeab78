"""What is true of every label that comes with an item."""

import math
from collections.abc import Callable
from typing import Any

from annotation.imports.canonical.shapes import CanonicalItem, CanonicalLabel, Refused
from annotation.imports.canonical.storable import object_fault, text_fault
from annotation.imports.canonical.wording import describe, quoted

WINNERS = frozenset({"a", "b", "tie", "both_bad", "unsure"})
STRONGEST = 3
MOST_LABELS = 256
LONGEST_NAME = 200
LONGEST_RATIONALE = 20_000
LONGEST_DAY = 86_400


def check_labels(item: CanonicalItem) -> None:
    """Raise `Refused` unless every label answers about this item, and nobody answers the same thing twice."""
    if len(item.labels) > MOST_LABELS:
        raise Refused(f"There are {len(item.labels)} labels; {MOST_LABELS} is the limit.")
    seen = set()
    for label in item.labels:
        _check_label(label, len(item.responses))
        said = (label.annotator, label.kind, label.dimension)
        if said in seen:
            raise Refused(f"Annotator {quoted(label.annotator)} gives two answers of the kind {label.kind}.")
        seen.add(said)


def _check_label(label: CanonicalLabel, responses: int) -> None:
    fault = text_fault(label.annotator, LONGEST_NAME) or ("is empty" if not label.annotator.strip() else None)
    if fault:
        raise Refused(f"The annotator of a label {fault}.")
    check = ANSWERS.get(label.kind) if isinstance(label.kind, str) else None
    if check is None:
        raise Refused(f"A label has the kind {quoted(label.kind)}; {', '.join(ANSWERS)} are known.")
    if not isinstance(label.answer, dict):
        raise Refused(f"The answer of {quoted(label.annotator)} is {describe(label.answer)}, not an object.")
    fault = check(label.answer, responses)
    if fault:
        raise Refused(f"{quoted(label.annotator)} {fault}.")
    _check_circumstances(label)


def _check_circumstances(label: CanonicalLabel) -> None:
    if label.seconds is not None and not (_is_number(label.seconds) and 0 <= label.seconds <= LONGEST_DAY):
        raise Refused(f"The seconds of {quoted(label.annotator)} are not a number from 0 to {LONGEST_DAY}.")
    if label.rationale is not None:
        _check_said(label, "rationale", label.rationale, LONGEST_RATIONALE)
    if label.dimension is not None:
        _check_said(label, "dimension", label.dimension, LONGEST_NAME)
    fault = object_fault(label.source) if label.source else None
    if fault:
        raise Refused(f"The source of {quoted(label.annotator)} {fault}.")


def _check_said(label: CanonicalLabel, name: str, value: str, longest: int) -> None:
    fault = text_fault(value, longest)
    if fault:
        raise Refused(f"The {name} of {quoted(label.annotator)} {fault}.")


def _preference_fault(answer: dict[str, Any], responses: int) -> str | None:
    if responses != 2:
        return f"prefers one of two, and there are {responses} responses"
    winner, strength = answer.get("winner"), answer.get("strength")
    if not isinstance(winner, str) or winner not in WINNERS:
        shown = quoted(winner) if isinstance(winner, str) else describe(winner)
        return f"gives {shown} as the winner; a, b, tie, both_bad and unsure are known"
    if strength is None:
        return None
    if type(strength) is not int or not 0 <= strength <= STRONGEST:
        return f"gives a strength that is not a whole number from 0 to {STRONGEST}"
    return "gives a strength without a winner" if strength and winner not in {"a", "b"} else None


def _rating_fault(answer: dict[str, Any], responses: int) -> str | None:
    values = answer.get("values")
    if not isinstance(values, list) or len(values) != responses:
        return f"does not rate with a list of values, one for each response ({responses})"
    if not all(value is None or _is_number(value) for value in values):
        return "gives a rating that is not a number"
    return None


def _text_answer_fault(answer: dict[str, Any], _responses: int) -> str | None:
    fault = text_fault(answer.get("text"), LONGEST_RATIONALE)
    return f"gives a text that {fault}" if fault else None


def _is_number(value: object) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


ANSWERS: dict[str, Callable[[dict[str, Any], int], str | None]] = {
    "preference": _preference_fault,
    "rating": _rating_fault,
    "text": _text_answer_fault,
}
