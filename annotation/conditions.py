"""Questions that are asked only after certain answers: `{"question": "better", "is": ["tie", "both_bad"]}`.

A condition looks at form fields, which the page and the server share: it is met where the named question's field holds
one of the outcomes (`tie`; `a` also for `a:3`) or, where several may be chosen, the field of that outcome is there.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from annotation.kinds import KINDS

Condition = dict[str, Any]
WRITTEN = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(?:=|\bis\b)\s*(.+?)\s*\Z", re.DOTALL)


class Conditional(Protocol):
    """A question that says when it is asked (`annotation.models.Question` is one)."""

    key: str
    title: str
    kind: str
    target: str
    is_required: bool
    settings: Any
    condition: Condition | None


Q = TypeVar("Q", bound=Conditional)


def asked(questions: Iterable[Q], fields: Mapping[str, str]) -> list[Q]:
    """The questions that apply as the fields stand. What an unasked question's own fields hold does not count."""
    found: dict[str, Q] = {}
    for question in questions:
        condition = question.condition
        if not condition or (condition["question"] in found and is_met(condition, fields)):
            found[question.key] = question
    return list(found.values())


def is_met(condition: Condition, fields: Mapping[str, str]) -> bool:
    key = condition["question"]
    held = fields.get(key, "")
    return any(held == one or held.startswith(f"{one}:") or f"{key}.{one}" in fields for one in condition["is"])


def outcomes(question: Any) -> list[str]:
    """What a condition can ask of a question; empty for kinds and targets that have no outcomes to name."""
    options = getattr(KINDS[question.kind], "options", None)
    if options is None or question.target != "item":
        return []
    return list(dict.fromkeys(option.value.partition(":")[0] for option in options(question)))


def fault(condition: Any, question: Any, before: Iterable[Any]) -> str | None:
    """What is wrong with a question's condition, as a sentence; `before` are the questions that come first."""
    if not isinstance(condition, Mapping) or set(condition) != {"question", "is"}:
        return "A condition names a question and what its answer is: better = tie, both_bad."
    if KINDS[question.kind].side_template:
        return (
            f"A question of the kind {KINDS[question.kind].title} is answered inside the text, so it is always asked."
        )
    named = next((one for one in before if one.key == condition["question"]), None)
    if named is None:
        return f"No question before this one is named “{str(condition['question'])[:40]}”."
    known = outcomes(named)
    if not known:
        return f"“{named.title}” has no outcomes that a condition could name."
    wanted = condition["is"]
    if not isinstance(wanted, list) or not wanted or not all(one in known for one in wanted):
        return f"The answer to “{named.title}” is one of {', '.join(known)}."
    return None


def read(text: str) -> Condition | None:
    """`better = tie, both_bad` as a condition; None for an empty line. What cannot be read names no question."""
    if not text.strip():
        return None
    found = WRITTEN.match(text)
    if not found:
        return {"question": text.strip()[:80], "is": []}
    return {"question": found[1], "is": [one.strip() for one in found[2].split(",") if one.strip()]}


def written(condition: Condition | None) -> str:
    """The inverse of `read`."""
    return f"{condition['question']} = {', '.join(condition['is'])}" if condition else ""
