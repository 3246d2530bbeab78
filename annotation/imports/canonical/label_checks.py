"""What is true of every label that comes with an item."""

import math

from annotation.imports.canonical.answers import ANSWERS
from annotation.imports.canonical.shapes import CanonicalItem, CanonicalLabel, Refused
from annotation.imports.canonical.storable import object_fault, text_fault
from annotation.imports.canonical.wording import describe, quoted

MOST_LABELS = 256
LONGEST_NAME = 200
DEEP = frozenset({"rubric", "steps", "spans"})
"""Kinds whose answers hold texts of their own; the checks of the others look at all that is kept."""
LARGEST_ANSWER = 2_000_000  # bytes of JSON; corrected steps and alternatives can be long
LARGEST_SOURCE = 400_000  # a raw release says there what became of rationales, too
LONGEST_RATIONALE = 20_000
LONGEST_DAY = 86_400


def check_labels(item: CanonicalItem) -> None:
    """Raise `Refused` unless every label answers about this item, and nobody answers the same thing twice."""
    if len(item.labels) > MOST_LABELS:
        raise Refused(f"There are {len(item.labels)} labels; {MOST_LABELS} is the limit.")
    seen = set()
    for label in item.labels:
        _check_label(label, item)
        said = (label.annotator, label.kind, label.dimension)
        if said in seen:
            raise Refused(f"Annotator {quoted(label.annotator)} gives two answers of the kind {label.kind}.")
        seen.add(said)


def _check_label(label: CanonicalLabel, item: CanonicalItem) -> None:
    fault = text_fault(label.annotator, LONGEST_NAME) or ("is empty" if not label.annotator.strip() else None)
    if fault:
        raise Refused(f"The annotator of a label {fault}.")
    check = ANSWERS.get(label.kind) if isinstance(label.kind, str) else None
    if check is None:
        raise Refused(f"A label has the kind {quoted(label.kind)}; {', '.join(ANSWERS)} are known.")
    if not isinstance(label.answer, dict):
        raise Refused(f"The answer of {quoted(label.annotator)} is {describe(label.answer)}, not an object.")
    fault = check(label.answer, item)
    if fault is None and label.kind in DEEP and (unstorable := object_fault(label.answer, largest=LARGEST_ANSWER)):
        fault = f"gives an answer that {unstorable}"
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
    if label.source:
        _check_source(label)


def _check_source(label: CanonicalLabel) -> None:
    """Where a label comes from; if from what somebody did, `signal` says what and `weight` how much it counts."""
    fault = object_fault(label.source, largest=LARGEST_SOURCE)
    if fault is None and "signal" in label.source:
        weight = label.source.get("weight")
        if not isinstance(label.source["signal"], str):
            fault = f"has a signal that is {describe(label.source['signal'])}, not text"
        elif weight is not None and not (_is_number(weight) and 0 <= weight <= 1):
            fault = "has a weight that is not a number from 0 to 1"
    if fault:
        raise Refused(f"The source of {quoted(label.annotator)} {fault}.")


def _check_said(label: CanonicalLabel, name: str, value: str, longest: int) -> None:
    fault = text_fault(value, longest)
    if fault:
        raise Refused(f"The {name} of {quoted(label.annotator)} {fault}.")


def _is_number(value: object) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))
