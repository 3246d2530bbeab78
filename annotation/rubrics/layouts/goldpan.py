"""Goldpan's own: everything that a version of a rubric says."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.canonical import Refused
from annotation.imports.canonical.wording import describe
from annotation.rubrics import schema
from annotation.rubrics.layouts.contract import Layout, Row, Written

MARK = "goldpan_rubric"
FORM = 1
KNOWN = frozenset({MARK, "name", "prompt", "note", "provenance", "criteria"})


def fits(row: Mapping[str, object]) -> bool:
    return MARK in row


def read(row: Row) -> Written:
    if row.get(MARK) != FORM:
        raise Refused(f"It is in form {describe(row.get(MARK))} of Goldpan's rubrics; {FORM} is known.")
    if stray := sorted(set(row) - KNOWN):
        raise Refused(f"There is no field “{stray[0][:40]}”.")
    texts: dict[str, Any] = {name: row.get(name, "") for name in ("name", "prompt", "note")}
    if wrong := next((name for name, text in texts.items() if not isinstance(text, str)), None):
        raise Refused(f"The {wrong} is {describe(texts[wrong])}, not text.")
    provenance = row.get("provenance", {})
    if not isinstance(provenance, dict):
        raise Refused(f"The provenance is {describe(provenance)}, not an object.")
    return Written(schema.checked(row.get("criteria")), **texts, provenance=provenance)


def write(rubric: Written) -> list[Row]:
    texts = {"name": rubric.name, "prompt": rubric.prompt, "note": rubric.note}
    return [{MARK: FORM, **texts, "provenance": dict(rubric.provenance), "criteria": rubric.criteria}]


LAYOUT = Layout(
    name="goldpan",
    title="Goldpan",
    example='{"goldpan_rubric": 1, "name": "Helpfulness", "criteria": ["Every claim is correct (weight 2)"]}',
    fits=fits,
    read=read,
    write=write,
    loses=(),
)
