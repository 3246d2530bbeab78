"""The column mapping, checked once for a whole file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from annotation.imports.adapters.contract import BadOptions, Row
from annotation.imports.adapters.mapping.votes import votes_reader, winner_reader
from annotation.imports.adapters.options import flag_option, only
from annotation.imports.canonical import CanonicalLabel
from annotation.imports.canonical.wording import describe

ReadLabels = Callable[[Row], list[CanonicalLabel]]

SINGLE = ("context", "system", "key", "group", "language", "principle")
FILES = ("prompt_files", "response_files")
KNOWN = ("prompt", *SINGLE, "responses", "models", *FILES, "winner", "votes", "tags", "source", "allow_empty")


@dataclass(frozen=True, slots=True)
class Plan:
    """Which column means what. `responses` is one column per response, or a single one that holds a list.

    `response_files` has one column per response, too, and is empty or "" where none says what a response shows;
    `responses` is empty where all that there is of them are files.
    """

    prompt: str
    context: str | None
    system: str | None
    responses: tuple[str, ...]
    is_list: bool
    models: tuple[str, ...]
    prompt_files: tuple[str, ...]
    response_files: tuple[str, ...]
    key: str | None
    group: str | None
    language: str | None
    principle: str | None
    tags: tuple[str, ...]
    source: tuple[str, ...] | None
    """Columns to keep as provenance; None keeps every column that has no other meaning."""
    labels: tuple[ReadLabels, ...]
    used: frozenset[str]
    allows_empty: bool

    @property
    def required(self) -> tuple[str, ...]:
        return (self.prompt, *self.responses, *self.prompt_files, *filter(None, self.response_files))

    @property
    def count(self) -> int:
        """How many responses a row has; without a meaning where one column holds a list of them."""
        return len(self.responses) or len(self.response_files)


def plan_of(options: Mapping[str, Any]) -> Plan:
    """Read the options. Raises `BadOptions` for what is missing, unknown or contradicts itself."""
    only(options, *KNOWN)
    prompt = _column(options, "prompt")
    if prompt is None:
        raise BadOptions("The mapping names no column for the prompt.")
    single = {name: _column(options, name) for name in SINGLE}
    is_list = isinstance(options.get("responses"), str)
    responses = (options["responses"],) if is_list else _columns(options, "responses")
    shown = _files_of_responses(options, responses, is_list=is_list)
    if not (responses or shown):
        raise BadOptions("The mapping names no column for the responses.")
    models = _columns(options, "models")
    count = len(responses) or len(shown)
    if models and len(models) != count:
        raise BadOptions(f"The mapping has {count} responses and {len(models)} models; give one for each.")
    asked = _columns(options, "prompt_files")
    tags = _columns(options, "tags")
    labels, label_columns = _labels(options)
    meaning = (prompt, *single.values(), *responses, *models, *asked, *shown, *tags, *label_columns)
    return Plan(
        prompt=prompt,
        responses=responses,
        is_list=is_list,
        models=models,
        prompt_files=asked,
        response_files=shown,
        tags=tags,
        source=_columns(options, "source") if options.get("source") is not None else None,
        labels=labels,
        used=frozenset(name for name in meaning if name),
        allows_empty=flag_option(options, "allow_empty"),
        **single,
    )


def _files_of_responses(options: Mapping[str, Any], responses: tuple[str, ...], *, is_list: bool) -> tuple[str, ...]:
    """A column for each response, "" where a response with words shows nothing."""
    given = options.get("response_files")
    if isinstance(given, list | tuple) and responses:
        _columns({"response_files": [column for column in given if column != ""]}, "response_files")
        shown = tuple(given)
    else:
        shown = _columns(options, "response_files")
    if shown and is_list:
        raise BadOptions("response_files goes with one column per response, not with a list of them.")
    if shown and responses and len(shown) != len(responses):
        raise BadOptions(
            f"The mapping has {len(responses)} responses and {len(shown)} columns of their files; give one for each."
        )
    return shown


def _labels(options: Mapping[str, Any]) -> tuple[tuple[ReadLabels, ...], tuple[str, ...]]:
    readers: list[ReadLabels] = []
    columns: list[str] = []
    for name, make in (("winner", winner_reader), ("votes", votes_reader)):
        if options.get(name) is not None:
            read, used = make(options[name])
            readers.append(read)
            columns += used
    return tuple(readers), tuple(columns)


def _column(options: Mapping[str, Any], name: str) -> str | None:
    value = options.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise BadOptions(f"The column of {name} is {describe(value)}, not text.")
    return value


def _columns(options: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = options.get(name)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(column, str) and column for column in value):
        raise BadOptions(f"The option {name} is not a list of columns.")
    if len(set(value)) != len(value):
        raise BadOptions(f"The option {name} names a column twice.")
    return tuple(value)
