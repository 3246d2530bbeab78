"""A version's criteria after a curator's decisions: kept, dropped, reworded, split, merged, weighed. Plain Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Criteria = Sequence[Mapping[str, Any]]


class EditRefused(ValueError):
    """The decisions contradict each other; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of one criterion. A title of several lines splits it, one criterion a line."""

    is_kept: bool = True
    title: str = ""
    """Empty: as it was."""
    weight: float | None = None
    """None: as it was."""
    into: str = ""
    """The key of the criterion that it is merged into; empty: none."""


def edited(criteria: Criteria, edits: Mapping[str, Edit]) -> list[dict[str, Any]]:
    """The criteria of the next version, in their order. A criterion without an edit stays. Raises EditRefused.

    What is merged gives its evidence and examples to the one that stays, which also takes what depended on it. What is
    dropped holds nothing back any more. The first part of a split keeps the key, and with it what depends on it.
    """
    into = _destinations(criteria, edits)
    gone = {one["key"] for one in criteria if not edits.get(one["key"], Edit()).is_kept} - set(into)
    found: list[dict[str, Any]] = []
    for one in criteria:
        if one["key"] not in gone and one["key"] not in into:
            merged = [other for other in criteria if into.get(other["key"]) == one["key"]]
            found += _parts(_joined(one, merged), edits.get(one["key"], Edit()))
    if not found:
        raise EditRefused("Nothing would be left. A rubric needs at least one criterion.")
    return [{**one, "depends_on": _needs(one, into, gone)} for one in found]


def _destinations(criteria: Criteria, edits: Mapping[str, Edit]) -> dict[str, str]:
    """Key of each merged criterion to that of the one that stays."""
    titles = {one["key"]: one["title"] for one in criteria}
    into = {key: edit.into for key, edit in edits.items() if key in titles and edit.into}
    for key, kept in into.items():
        if kept not in titles or kept == key:
            raise EditRefused(f"“{titles[key][:60]}” cannot be merged into what is not there.")
        if kept in into:
            raise EditRefused(f"“{titles[key][:60]}” goes into “{titles[kept][:60]}”, which is merged itself.")
        if not edits.get(kept, Edit()).is_kept:
            raise EditRefused(f"“{titles[key][:60]}” goes into “{titles[kept][:60]}”, which is dropped.")
    return into


def _joined(one: Mapping[str, Any], merged: Criteria) -> dict[str, Any]:
    parts = (one, *merged)
    return {
        **one,
        **{
            name: _distinct(value for part in parts for value in part.get(name, ()))
            for name in ("evidence", "failure_examples", "depends_on")
        },
    }


def _parts(one: Mapping[str, Any], edit: Edit) -> list[dict[str, Any]]:
    titles = [line.strip() for line in edit.title.splitlines() if line.strip()] or [one["title"]]
    weighed = {**one, "weight": one["weight"] if edit.weight is None else edit.weight}
    first, *others = titles
    again = [{**weighed, "title": title, "depends_on": []} for title in others]
    for part in again:
        del part["key"]  # it follows from the title
    return [{**weighed, "title": first}, *again]


def _needs(one: Mapping[str, Any], into: Mapping[str, str], gone: set[str]) -> list[str]:
    wanted = [into.get(key, key) for key in one.get("depends_on", ()) if key not in gone]
    return [key for key in _distinct(wanted) if key != one.get("key")]


def _distinct(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
