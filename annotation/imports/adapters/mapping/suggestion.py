"""A first guess at a mapping, for a person to confirm."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.mapping.votes import USUAL
from annotation.imports.adapters.shown_files import files_of
from annotation.imports.canonical import Refused

PROMPTS = ("prompt", "instruction", "question", "query", "user_prompt", "problem")
CONTEXTS = ("input", "context")
SYSTEMS = ("system", "system_prompt")
KEYS = ("id", "key", "pair_id", "question_id", "idx")
GROUPS = ("prompt_id", "group", "session_id")
VOTES = ("votes", "annotations", "judgments")
WINNERS = ("winner", "better", "preferred", "label")
CHOICES = ("choice", "winner", "verdict", "label")
ANNOTATORS = ("annotator", "worker", "judge", "rater")

FILES = ("images", "image", "image_path", "picture", "audio", "video")
_response = re.compile(r"(?i)^(?:response|answer|output|completion|generation)s?[ _-]?([a-z]|\d{1,2})$")
_shown = re.compile(
    r"(?i)^(?:image|img|picture|photo|audio|video|file)s?(?:[ _-]?path)?[ _-]?(\d{1,2}|(?<=[ _-])[a-z])$"
)
_file_name = re.compile(r"(?i)\.(?:png|jpe?g|webp|gif|mp3|wav|ogg|oga|opus|flac|m4a|mp4|webm|weba)$")


def suggest(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Options for the mapping adapter, or None where no column looks like a prompt or none like a response."""
    columns = {name: None for row in rows for name in row}
    prompt, responses = prompt_among(columns), responses_among(columns)
    files = _files(rows, columns, responses)
    if prompt is None or not (responses or files.get("response_files")):
        return None
    options: dict[str, Any] = {"prompt": prompt, **({"responses": responses} if responses else {}), **files}
    for name, usual in (("context", CONTEXTS), ("system", SYSTEMS), ("key", KEYS), ("group", GROUPS)):
        column = _first(columns, usual)
        if column is not None:
            options[name] = column
    named = responses or files["response_files"]
    models = [_sibling(columns, name, "model") for name in named]
    if all(models):
        options["models"] = models
    if len(named) == 2:
        options |= _labels(rows, columns)
    return options


def prompt_among(names: Iterable[str]) -> str | None:
    """The name that usually means the prompt."""
    return _first(names, PROMPTS)


def responses_among(names: Iterable[str]) -> list[str]:
    """The names that look like responses with a number or a letter, in their order."""
    return sorted((name for name in names if _response.match(name)), key=_place)


def _files(rows: Sequence[Row], columns: Iterable[str], responses: Sequence[str]) -> dict[str, list[str]]:
    """Columns of files: beside the responses where these have words, else in their place, and one of the prompt."""
    held = [name for name in columns if _holds_files(rows, name)]
    numbered = sorted((name for name in held if _shown.match(name)), key=_place)
    endings = {_place(name): name for name in numbered}
    beside = [endings.get(_place(name), "") for name in responses]
    found: dict[str, list[str]] = {}
    if any(beside) if responses else numbered:
        found["response_files"] = beside if responses else numbered
    asked = _first(held, FILES)
    return {**found, **({"prompt_files": [asked]} if asked else {})}


def _holds_files(rows: Sequence[Row], name: str) -> bool:
    """Whether what stands in a column first can be shown: names of files, or pictures; an address cannot."""
    first = next((row[name] for row in rows if row.get(name) not in (None, "", [])), None)
    if isinstance(first, dict) and {"bytes", "path"} <= first.keys():
        return True
    try:
        held = files_of(first, name)
    except Refused:
        return False
    return bool(held) and all("path" not in one or _file_name.search(one["path"]) for one in held)


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
    ending = _ending(response)
    return _first(columns, [f"{word}{joint}{ending}".casefold() for joint in ("_", " ", "-", "")])


def _ending(name: str) -> str:
    """The letter or number that tells a column of a response from its like."""
    match = _response.match(name) or _shown.match(name)
    return match.group(1) if match else ""


def _place(response: str) -> tuple[int, str]:
    ending = _ending(response).casefold()
    return (int(ending) if ending.isdigit() else 0, ending)
