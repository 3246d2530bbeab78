"""The editor of rubrics: each criterion as its line with its details below, read from plain form fields."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotation.kinds import SettingsRefused
from annotation.kinds.rubric_criteria import MOST, read_line
from annotation.rubrics import schema

FIRST = ("[hard] Follows every instruction of the prompt", "Every claim is correct (weight 2)")


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion as it stands in the fields; `was` is its key in the version that is edited."""

    prefix: str
    number: int
    line: str
    pass_condition: str = ""
    failure_examples: str = ""
    focus_on: str = ""
    needs_evidence: bool = False
    depends_on: str = ""
    was: str = ""
    evidence: int = 0

    @property
    def has_details(self) -> bool:
        return bool(
            self.pass_condition or self.failure_examples or self.focus_on or self.needs_evidence or self.depends_on
        )


def rows_of(criteria: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Stored criteria as rows."""
    return [
        Row(
            prefix=f"c{number}",
            number=number + 1,
            line=line,
            pass_condition=one["pass_condition"],
            failure_examples="\n".join(one["failure_examples"]),
            focus_on=one["focus_on"] or "",
            needs_evidence=one["needs_evidence"],
            depends_on=", ".join(one["depends_on"]),
            was=one["key"],
            evidence=len(one["evidence"]),
        )
        for number, (one, line) in enumerate(zip(criteria, schema.in_lines(criteria), strict=True))
    ]


def read(post: Mapping[str, str]) -> list[Row]:
    """The rows as they were sent, and a row for each line that was added below."""
    count = int(post["count"]) if re.fullmatch(r"[0-9]{1,3}", post.get("count", "")) else 0
    rows = [_read_one(post, number) for number in range(min(count, MOST + 1))]
    added = [Row("", 0, line.strip()) for line in post.get("more", "").splitlines() if line.strip()]
    return _numbered([*rows, *added[: MOST + 1]])


def act(rows: Sequence[Row], action: str) -> list[Row]:
    """The rows after `add`, `remove:2`, `up:2` or `down:2`; as they are after anything else."""
    verb, _, place = action.partition(":")
    found, at = list(rows), int(place) if re.fullmatch(r"[0-9]{1,2}", place) else -1
    if verb == "add" and len(found) < MOST:
        found.append(Row("", 0, ""))
    elif verb == "remove" and 0 <= at < len(found):
        del found[at]
    elif verb in ("up", "down") and 0 <= at < len(found):
        other = at - 1 if verb == "up" else at + 1
        if 0 <= other < len(found):
            found[at], found[other] = found[other], found[at]
    return _numbered(found)


def criteria(rows: Sequence[Row], before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """The rows as `schema.checked` takes them. Raises SettingsRefused.

    What has no field (evidence, origin) stays with a criterion; words that a person changed are that person's.
    """
    held = {one["key"]: one for one in before}
    return [_criterion(row, held.get(row.was)) for row in rows if row.line.strip() or row.has_details]


def _criterion(row: Row, before: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        said = read_line(row.line)
    except SettingsRefused as refused:
        raise SettingsRefused(f"Criterion {row.number}: {refused}") from None
    if before and "key" not in said and said["title"] == before["title"]:
        said["key"] = before["key"]
    is_same = before is not None and said["title"] == before["title"]
    return {
        **said,
        "pass_condition": row.pass_condition.strip(),
        "failure_examples": [line.strip() for line in row.failure_examples.splitlines() if line.strip()],
        "focus_on": row.focus_on or None,
        "needs_evidence": row.needs_evidence or said.get("needs_evidence", False),
        "depends_on": list(dict.fromkeys([*re.findall(r"[^\s,]+", row.depends_on), *said.get("depends_on", ())])),
        "evidence": list(before["evidence"]) if before else [],
        "origin": before["origin"] if before and is_same else "human",
    }


def _read_one(post: Mapping[str, str], number: int) -> Row:
    prefix = f"c{number}"

    def text(name: str) -> str:
        return post.get(f"{prefix}.{name}", "").replace("\r\n", "\n")

    evidence = text("evidence")
    return Row(
        prefix=prefix,
        number=number + 1,
        line=" ".join(text("line").splitlines()),
        pass_condition=text("pass_condition"),
        failure_examples=text("failure_examples"),
        focus_on=text("focus_on"),
        needs_evidence=bool(post.get(f"{prefix}.needs_evidence")),
        depends_on=text("depends_on"),
        was=text("was"),
        evidence=int(evidence) if re.fullmatch(r"[0-9]{1,3}", evidence) else 0,
    )


def _numbered(rows: Sequence[Row]) -> list[Row]:
    return [replace(row, prefix=f"c{number}", number=number + 1) for number, row in enumerate(rows)]
