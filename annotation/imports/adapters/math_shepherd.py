"""Math-Shepherd: problem and solution in one text, a mark after each step, and the same text with + or - for each mark.

The labels come from completing each beginning of a solution many times (+ where one of them ends right), so their
annotator is a program, and labels go on after the first wrong step. Marks and the blanks around them belong to the
layout; steps are joined by single line ends. Now and then a mark stands inside the problem: it is about no step.
"""

import re
from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.stepped import GOOD, WRONG, Labels, about_steps, in_steps, steps_question
from annotation.imports.adapters.turns import user
from annotation.imports.canonical import CanonicalItem, Refused
from annotation.imports.canonical.wording import describe

MARK = "ки"
SIGNS = {"+": GOOD, "-": WRONG}
COLUMNS = frozenset({"input", "label", "id"})

_first_step = re.compile(r"(?<!\S)step 1:", re.IGNORECASE)


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "math-shepherd")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "input", "label")
        pieces = _text(row, "input").split(MARK)
        problem, texts, labels = _parted(pieces, _signs(pieces, _text(row, "label")))
        return CanonicalItem(
            messages=user(problem),
            responses=[in_steps(texts)],
            key=key_of(row.get("id"), "The id"),
            source=rest_of(row, COLUMNS),
            labels=[about_steps(annotator, labels)],
        )

    return convert


def _text(row: Row, name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise Refused(f"The field {name} is {describe(value)}, not text.")
    return value


def _signs(pieces: list[str], label: str) -> Labels:
    """What stands in the label in place of each mark. Everything else in it must be as it is in the input."""
    if len(pieces) == 1:
        raise Refused(f"The field input has no mark {MARK}, so it has no steps.")
    signs: Labels = []
    at = 0
    for number, piece in enumerate(pieces[:-1], start=1):
        if not label.startswith(piece, at):
            raise Refused(f"The field label differs from input before mark {number}.")
        at += len(piece)
        if label[at : at + 1] not in SIGNS:
            raise Refused(f"The field label has neither + nor - in place of mark {number}.")
        signs.append(SIGNS[label[at]])
        at += 1
    if label[at:].strip() != pieces[-1].strip():
        raise Refused("The field label differs from input after the last mark.")
    return signs


def _parted(pieces: list[str], signs: Labels) -> tuple[str, list[str], Labels]:
    """The problem, the steps and their labels; a text after the last mark is a step that nothing is said about."""
    opening, found = _opening(pieces)
    before, first = pieces[opening][: found.start()], pieces[opening][found.start() :]
    texts = [piece.strip() for piece in (first, *pieces[opening + 1 :])]
    labels = [*signs[opening:], None]
    if not texts[-1]:
        del texts[-1], labels[-1]
    if not all(texts):
        raise Refused(f"Step {texts.index('') + 1} in input is blank.")
    return "".join((*pieces[:opening], before)).strip(), texts, labels


def _opening(pieces: list[str]) -> tuple[int, re.Match[str]]:
    """The piece in which the first step begins, and where. Raises `Refused` where that is not said, or said twice."""
    for number, piece in enumerate(pieces[:-1]):
        found = list(_first_step.finditer(piece))
        if len(found) > 1:
            raise Refused("The field input says “Step 1:” more than once, so that the problem may end at any of them.")
        if found:
            return number, found[0]
    raise Refused("The field input has no “Step 1:”, so nothing says where the problem ends.")


def sniff(columns: Mapping[str, object]) -> Fit:
    text, label = columns.get("input"), columns.get("label")
    if isinstance(text, str) and isinstance(label, str) and MARK in text and MARK not in label:
        return Fit(1.0, f"input has the mark {MARK} after each step, and label has none")
    return NO_FIT


ADAPTER = Adapter(
    name="math_shepherd",
    title="Math-Shepherd",
    example=(
        '{"input": "What is 2 + 3 + 4? Step 1: 2 + 3 is 5. ки\\nStep 2: 5 + 4 is 8. The answer is: 8 ки", '
        '"label": "What is 2 + 3 + 4? Step 1: 2 + 3 is 5. +\\nStep 2: 5 + 4 is 8. The answer is: 8 -", "task": "GSM8K"}'
    ),
    sniff=sniff,
    converter=converter,
    form=(steps_question(first_error=False),),
)
