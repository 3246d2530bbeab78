"""Any table: CSV, JSONL or Parquet, with options that say which column means what."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import key_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.mapping.plan import Plan, plan_of
from annotation.imports.adapters.mapping.shown import shown_of
from annotation.imports.adapters.mapping.suggestion import suggest
from annotation.imports.canonical import CanonicalItem, Refused

__all__ = ["ADAPTER", "named_columns", "suggest"]


def named_columns(options: Mapping[str, Any]) -> frozenset[str]:
    """The columns that options give a meaning to. Raises `BadOptions`."""
    return plan_of(options).used


def converter(options: Mapping[str, Any]) -> Convert:
    """The options are those of `docs/imports.md`; `prompt` and `responses` are the least."""
    plan = plan_of(options)

    def convert(row: Row) -> CanonicalItem:
        _has_columns(row, plan.required)
        messages, responses = shown_of(row, plan)
        return CanonicalItem(
            messages=messages,
            responses=responses,
            key=_name(row, plan.key, "The key"),
            group=_name(row, plan.group, "The group"),
            source=_source(row, plan),
            tags=_tags(row, plan.tags),
            language=_name(row, plan.language, "The language"),
            principle=_name(row, plan.principle, "The principle"),
            labels=[label for read in plan.labels for label in read(row)],
            allows_empty=plan.allows_empty,
        )

    return convert


def _has_columns(row: Row, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in row:
            raise Refused(f"The row has no column {name[:60]}.")


def _name(row: Row, column: str | None, name: str) -> str | None:
    return key_of(row.get(column), name) if column else None


def _source(row: Row, plan: Plan) -> dict[str, Any]:
    if plan.source is None:
        return {
            name: value for name, value in row.items() if name not in plan.used and value is not None and value != ""
        }
    return {name: row[name] for name in plan.source if row.get(name) is not None}


def _tags(row: Row, columns: tuple[str, ...]) -> list[str]:
    """A list cell gives each of its tags, a text cell itself."""
    tags: list[str] = []
    for column in columns:
        value = row.get(column)
        if isinstance(value, list):
            tags += value
        elif value is not None and value != "":
            tags.append(value)
    return list(dict.fromkeys(tags)) if all(isinstance(tag, str) for tag in tags) else tags


def sniff(columns: Mapping[str, object]) -> Fit:
    options = suggest([dict(columns)])
    if options is None:
        return NO_FIT
    responses = options.get("responses") or options["response_files"]
    named = responses if isinstance(responses, str) else " and ".join(responses)
    return Fit(0.3, f"no known layout fits; {options['prompt']} looks like the prompt, {named} like responses")


ADAPTER = Adapter(
    name="mapping",
    title="Columns of your own",
    example=(
        '{"id": "q1", "instruction": "Name a fruit.", "response_a": "An apple.", "response_b": "A stone.", '
        '"better": "1"}'
    ),
    sniff=sniff,
    converter=converter,
)
