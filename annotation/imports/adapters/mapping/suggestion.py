"""A first guess at a mapping, for a person to confirm."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.mapping.votes import USUAL

PROMPTS = ("prompt", "instruction", "question", "query", "user_prompt", "problem")
CONTEXTS = ("input", "context")
SYSTEMS = ("system", "system_prompt")
KEYS = ("id", "key", "pair_id", "question_id", "idx")
GROUPS = ("prompt_id", "group", "session_id")
VOTES = ("votes", "annotations", "judgments")
WINNERS = ("winner", "better", "preferred", "label")
CHOICES = ("choice", "winner", "verdict", "label")
ANNOTATORS = ("annotator", "worker", "judge", "rater")

_response = re.compile(r"(?i)^(?:response|answer|output|completion|generation)s?[ _-]?([a-z]|\d{1,2})$")


def suggest(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Options for the mapping adapter, or None where no column looks like a prompt or none like a response."""
    columns = {name: None for row in rows for name in row}
    prompt = _first(columns, PROMPTS)
    responses = sorted((name for name in columns if _response.match(name)), key=_place)
    if prompt is None or not responses:
        return None
    options: dict[str, Any] = {"prompt": prompt, "responses": responses}
    for name, usual in (("context", CONTEXTS), ("system", SYSTEMS), ("key", KEYS), ("group", GROUPS)):
        column = _first(columns, usual)
        if column is not None:
            options[name] = column
    models = [_sibling(columns, name, "model") for name in responses]
    if all(models):
        options["models"] = models
    if len(responses) == 2:
        options |= _labels(rows, columns)
    return options


def _labels(rows: Sequence[Row], columns: Iterable[str]) -> dict[str, Any]:
    votes = _first(columns, VOTES)
    if votes is not None:
        found = [vote for row in rows for vote in _votes(row.get(votes))]
        who, what = (_first(found[0], usual) if found else None for usual in (ANNOTATORS, CHOICES))
        if who and what:
            values = _values(vote.get(what) for vote in found)
            return {"votes": {"column": votes, "annotator": who, "choice": what, "values": values}}
    winner = _first(columns, WINNERS)
    said = _values(row.get(winner) for row in rows) if winner else {}
    return {"winner": {"column": winner, "values": said}} if said and all(said.values()) else {}


def _votes(cell: Any) -> list[dict[str, Any]]:
    held = opened(cell)
    return [vote for vote in held if isinstance(vote, dict)] if isinstance(held, list) else []


def _values(choices: Iterable[Any]) -> dict[str, str | None]:
    """What was seen, with what it usually means; null stands for no label."""
    seen = {choice.strip() for choice in choices if isinstance(choice, str) and choice.strip()}
    return {choice: USUAL.get(choice) for choice in sorted(seen)}


def _first(columns: Iterable[str], usual: Sequence[str]) -> str | None:
    lowered = {name.casefold(): name for name in columns}
    return next((lowered[name] for name in usual if name in lowered), None)


def _sibling(columns: Iterable[str], response: str, word: str) -> str | None:
    """The column model_a beside response_a."""
    match = _response.match(response)
    ending = match.group(1) if match else ""
    return _first(columns, [f"{word}{joint}{ending}".casefold() for joint in ("_", " ", "-", "")])


def _place(response: str) -> tuple[int, str]:
    match = _response.match(response)
    ending = match.group(1) if match else ""
    return (int(ending) if ending.isdigit() else 0, ending)
