"""PRMBench: a solution into which a fault was written, and the numbers of the steps that it made wrong, from 1.

What is judged is the modified solution of the modified question; the original ones stay in the item's source. Rows of
the class multi_solutions have no wrong step.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing, option_key, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.numbers import whole
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.stepped import GOOD, WRONG, about_steps, in_steps, step_texts, steps_question
from annotation.imports.adapters.turns import user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, Refused
from annotation.imports.canonical.wording import describe

FIELDS = ("modified_question", "modified_process", "error_steps")
CLASSES = {
    "circular": "Circular",
    "confidence": "Too sure",
    "counterfactual": "Against the facts",
    "deception": "Deceptive",
    "domain_inconsistency": "Wrong domain",
    "missing_condition": "Missing condition",
    "redundency": "Redundant",
    "step_contradiction": "Contradicts a step",
}
"""What went wrong, as the files write it, and as the form of this layout says it."""
COLUMNS = frozenset({*FIELDS, "idx", "classification", "reason"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "prmbench")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *FIELDS)
        texts = step_texts(row["modified_process"], "modified_process")
        return CanonicalItem(
            messages=user(row["modified_question"]),
            responses=[in_steps(texts)],
            key=_key(row),
            source=rest_of(row, COLUMNS),
            tags=[tag for tag in (_classification(row),) if tag],
            labels=[_label(annotator, row, len(texts))],
        )

    return convert


def _label(annotator: str, row: Row, count: int) -> CanonicalLabel:
    wrong = _wrong(row["error_steps"], count)
    classification = _classification(row)
    return about_steps(
        annotator,
        [WRONG if number in wrong else GOOD for number in range(count)],
        {"errors": {str(number): [classification] for number in sorted(wrong)} if classification else {}},
        rationale=row.get("reason") or None,
    )


def _wrong(value: Any, count: int) -> set[int]:
    """The wrong steps, counted from 0."""
    found = opened(value)
    if not isinstance(found, list):
        raise Refused(f"The field error_steps is {describe(found)}, not a list.")
    return {whole(number, "A number in error_steps", 1, count) - 1 for number in found}


def _key(row: Row) -> str | None:
    """One solution is modified in several ways, and the older files give all of them the same idx."""
    key, classification = key_of(row.get("idx"), "The idx"), _classification(row)
    if key is None or classification is None or key.startswith(f"{classification}_"):
        return key
    return f"{classification}_{key}"


def _classification(row: Row) -> str | None:
    said = row.get("classification")
    return option_key(said, "The classification") if said not in (None, "") else None


def sniff(columns: Mapping[str, object]) -> Fit:
    if all(name in columns for name in FIELDS):
        return Fit(1.0, "it has modified_question, modified_process and error_steps")
    return NO_FIT


ADAPTER = Adapter(
    name="prmbench",
    title="PRMBench",
    example=(
        '{"idx": "circular_1", "original_question": "What is 2 + 3 + 4?", "modified_question": "What is 2 + 3 + 4?", '
        '"original_process": ["2 + 3 is 5.", "5 + 4 is 9."], "modified_process": ["It is 9.", "9 - 4 is 5.", '
        '"So it is 9."], "modified_steps": [1, 2, 3], "error_steps": [1, 3], "reason": "Step 1 takes the result for '
        'granted.", "classification": "circular"}'
    ),
    sniff=sniff,
    converter=converter,
    form=(steps_question(first_error=False, errors=[{"key": key, "title": title} for key, title in CLASSES.items()]),),
)
