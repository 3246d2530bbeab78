"""What the pages of a rubric say: its criteria in words, where it is asked, what was answered under which version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.kinds.rubric_board import standing
from annotation.models import Form, Rubric, RubricUse, RubricVersion
from annotation.queries.forms import questions_of

PARTS = {
    "content": "what is said",
    "reasoning": "the reasoning",
    "tool_calls": "calls of tools",
    "tool_results": "results of tools",
}


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion in words."""

    criterion: Mapping[str, Any]
    standing: str
    levels: tuple[str, ...]
    focus: str
    needs: tuple[str, ...]
    """The titles of what it depends on."""
    evidence: tuple["EvidenceLine", ...]

    @property
    def has_more(self) -> bool:
        one = self.criterion
        return bool(one["pass_condition"] or one["failure_examples"] or self.evidence or self.needs or self.focus)


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A quote and where it stands."""

    snippet: str
    place: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that asks or asked with a version."""

    title: str
    key: str
    forms: tuple[int, ...]
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A question that a version can be published in."""

    key: str
    title: str
    is_chosen: bool


def criteria_of(version: RubricVersion) -> list[CriterionLine]:
    """The criteria of a version as a page tells them."""
    titles = {one["key"]: one["title"] for one in version.criteria}
    return [
        CriterionLine(
            criterion=one,
            standing=standing(one),
            levels=tuple(one["anchors"]),
            focus=PARTS.get(one["focus_on"], ""),
            needs=tuple(titles[key] for key in one["depends_on"]),
            evidence=tuple(EvidenceLine(each["snippet"], _place(each)) for each in one["evidence"]),
        )
        for one in version.criteria
    ]


def asked_with(uses: Sequence[RubricUse], in_force: Form | None) -> list[Asked]:
    """Where a version is asked or was, the newest form first; `uses` are its own in that order."""
    return [
        Asked(
            title=next((one.title for one in questions_of(first.form_id) if one.key == key), key),
            key=key,
            forms=tuple(use.form.version for use in uses if use.question_key == key),
            is_in_force=in_force is not None and first.form_id == in_force.pk,
        )
        for key, first in {use.question_key: use for use in reversed(uses)}.items()
    ]


def targets(in_force: Form | None, asked: Sequence[Asked]) -> list[Target]:
    """The rubric questions of the form in force that have criteria of their own."""
    held = {one.key for one in asked if one.is_in_force}
    return [
        Target(one.key, one.title, one.key in held)
        for one in (questions_of(in_force.pk) if in_force else ())
        if one.kind == "rubric" and one.settings.get("source") != "item"
    ]


def of_what(rubric: Rubric) -> str:
    """The slice or the item in words; empty for the whole project."""
    if rubric.item:
        return f"item {rubric.item.key}"
    return ", ".join(f"{name} {value}" for name, value in rubric.slice.items())


def _place(evidence: Mapping[str, Any]) -> str:
    """Where a quote stands, in words."""
    parts = [
        f"response {evidence['response'] + 1}" if evidence["response"] is not None else "",
        f"turn {evidence['turn'] + 1}" if evidence["turn"] is not None else "",
        f"step {evidence['step'] + 1}" if evidence["step"] is not None else "",
        PARTS.get(evidence["field"] or "", ""),
    ]
    return ", ".join(part for part in parts if part)
