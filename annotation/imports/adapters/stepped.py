"""Responses that come as a list of step texts, and labels about their steps."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.turns import assistant
from annotation.imports.canonical import CanonicalLabel, CanonicalResponse, Refused
from annotation.imports.canonical.wording import describe

LINE = "\n"
PARAGRAPH = "\n\n"
GOOD, NEUTRAL, WRONG = 1, 0, -1

Labels = list[int | None]
"""One for each step: good, neutral, wrong, or None where nothing was said."""


def step_texts(value: Any, field: str) -> list[str]:
    """The texts in the field of that name, a list or JSON that is one.

    Raises `Refused` where one is no text or blank: a step that cannot be seen cannot be judged, and leaving it out
    would move the labels of all that follow.
    """
    found = opened(value)
    if not isinstance(found, list):
        raise Refused(f"The field {field} is {describe(found)}, not a list of steps.")
    if not found:
        raise Refused(f"The field {field} has no step.")
    for number, text in enumerate(found, start=1):
        if not isinstance(text, str):
            raise Refused(f"Step {number} in {field} is {describe(text)}, not text.")
        if not text.strip():
            raise Refused(f"Step {number} in {field} is blank.")
    return found


def in_steps(texts: Sequence[str], joint: str = LINE, **more: Any) -> CanonicalResponse:
    """A response of these steps. What stands between two of them, the joint, belongs to the one before.

    `more` are further fields of the response, such as its model.
    """
    ends = list(accumulate(len(text) + len(joint) for text in texts))
    ends[-1] -= len(joint)
    steps = [{"start": start, "end": end} for start, end in zip([0, *ends], ends, strict=False)]
    return CanonicalResponse(messages=assistant(joint.join(texts)), steps=steps, **more)


def about_steps(annotator: str, labels: Labels, said: dict[str, Any] | None = None, **more: Any) -> CanonicalLabel:
    """What one annotator says about the steps of the only response.

    `said` is what else the answer holds (`errors`, `corrections`, `alternatives`, `final`), where it says something;
    `more` are further fields of the label, such as its rationale.
    """
    part = {"labels": labels, **{name: value for name, value in (said or {}).items() if value}}
    return CanonicalLabel(annotator=annotator, kind="steps", answer={"responses": [part]}, **more)


def until_error(count: int, first: int | None) -> Labels:
    """The labels of `count` steps of which `first`, from 0, is the first wrong one: good before it, unsaid after it.

    None says that no step is wrong.
    """
    if first is None:
        return [GOOD] * count
    return [*[GOOD] * first, WRONG, *[None] * (count - first - 1)]


def steps_question(**settings: Any) -> dict[str, Any]:
    """A question of a form that labels about steps answer, with these settings of its kind."""
    title = "Is each step right?"
    return {"key": "steps", "kind": "steps", "title": title, "target": "response", "settings": settings}
