"""Rubrics as Rewards: items with a short title, a description and a whole weight; pitfalls weigh less than zero."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.canonical import Refused
from annotation.imports.canonical.wording import describe
from annotation.kinds.rubric_criteria import slug
from annotation.kinds.rubric_score import is_gate
from annotation.rubrics import schema
from annotation.rubrics.layouts.contract import Layout, Row, Written, name_of
from annotation.rubrics.layouts.wording import CONDITIONS, LEVELS

HEAVIEST, WORST = 5, -2
NAMES = ((5, "Essential"), (3, "Important"), (1, "Optional"), (-(10**6), "Pitfall"))

_prefix = re.compile(r"(Essential|Important|Optional|Pitfall)(?: Criteria)?:\s+", re.IGNORECASE)


def fits(row: Mapping[str, object]) -> bool:
    rubric = opened(row.get("rubric"))
    return isinstance(rubric, list) and all(isinstance(one, dict) and "description" in one for one in rubric)


def read(row: Row) -> Written:
    rubric = opened(row.get("rubric"))
    if not isinstance(rubric, list):
        raise Refused(f"The rubric is {describe(rubric)}, not a list of items.")
    criteria = [_criterion(one, number) for number, one in enumerate(rubric, 1)]
    prompt = row.get("question")
    return Written(
        schema.checked(_told_apart(criteria)),
        name_of(row, "name", "question"),
        prompt if isinstance(prompt, str) else "",
    )


def _criterion(item: Any, number: int) -> dict[str, Any]:
    if not isinstance(item, dict) or not isinstance(item.get("description"), str):
        raise Refused(f"Item {number} of the rubric has no description.")
    weight = item.get("weight", 1)
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        raise Refused(f"The weight of item {number} is {describe(weight)}, not a number.")
    words = " ".join(item["description"].split())
    said = _prefix.match(words)
    # A word that the weight does not say is no ornament, and stays.
    title = words[said.end() :] if said and said[1].capitalize() == _name(weight) else words
    key = slug(item["title"]) if isinstance(item.get("title"), str) else ""
    return {**({"key": key} if key else {}), "title": title, "weight": float(weight), "origin": "import"}


def _told_apart(criteria: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keys that several items share are left to follow from their words."""
    keys = [one.get("key") for one in criteria]
    return [{k: v for k, v in one.items() if k != "key" or keys.count(v) == 1} for one in criteria]


def write(rubric: Written) -> list[Row]:
    weights = _weights(rubric.criteria)
    items = [_item(one, weight) for one, weight in zip(rubric.criteria, weights, strict=True)]
    return [
        {
            "question": rubric.prompt or rubric.name,
            "rubric": items,
            "rubric_list": [one["description"] for one in items],
            "rubric_count": len(items),
        }
    ]


def _item(criterion: Mapping[str, Any], weight: int) -> Row:
    title = criterion["key"].replace("_", " ").capitalize()
    return {"title": title, "description": f"{_name(weight)} Criteria: {criterion['title']}", "weight": weight}


def _weights(criteria: Sequence[Mapping[str, Any]]) -> list[int]:
    """Whole weights from 1 to 5 and from -1 to -2: as they are if they are such, else by their share of the largest."""
    given = [float(one["weight"]) for one in criteria]
    gates = [is_gate(one) for one in criteria]
    if not all(weight.is_integer() and (1 <= weight <= HEAVIEST or WORST <= weight <= -1) for weight in given):
        best, worst = max([*given, 0]) or 1.0, min([*given, 0]) or -1.0
        given = [
            min(-1, round(WORST * weight / worst)) if weight < 0 else max(1, round(HEAVIEST * weight / best))
            for weight in given
        ]
    return [HEAVIEST if gate and weight > 0 else int(weight) for weight, gate in zip(given, gates, strict=True)]


def _name(weight: float) -> str:
    return next(name for least, name in NAMES if weight >= least)


LAYOUT = Layout(
    name="rar",
    title="Rubrics as Rewards",
    example=(
        '{"question": "Name a fruit.", "rubric": [{"title": "Names fruit", "description": "Essential Criteria: Names a '
        'fruit.", "weight": 5}, {"title": "Adds others", "description": "Pitfall Criteria: Names more than one.", '
        '"weight": -1}]}'
    ),
    fits=fits,
    read=read,
    write=write,
    loses=(
        "Weights but whole ones from 1 to 5, or from -1 to -2: their share of the largest is rounded to such.",
        "Hard rules and gates: they are essential, which weighs 5.",
        LEVELS,
        CONDITIONS,
    ),
)
