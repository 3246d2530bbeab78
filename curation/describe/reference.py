"""Every recipe in Markdown, from what it declares: the part of docs/exports.md that nobody writes by hand."""

from collections.abc import Iterable, Sequence

import pyarrow as pa

from curation.recipes import FAMILIES, RECIPES, QuestionRecord, Recipe
from curation.recipes.columns import CONFIDENCE, MESSAGES, PROVENANCE, RESPONSE_INDEX, TURNS, WEIGHT
from curation.recipes.example import example_of
from curation.recipes.parameters import Parameter

TRACING = {field.name for field in (*PROVENANCE, RESPONSE_INDEX, CONFIDENCE, WEIGHT)}
PLAIN = {pa.string(): "text", pa.int64(): "whole number", pa.float64(): "number", pa.bool_(): "true or false"}
TURN_LISTS = {MESSAGES: "turns", TURNS: "turns with `more`"}


def reference(questions: Sequence[QuestionRecord]) -> str:
    """The whole text. `questions` are those of a form that asks something for every recipe to read."""
    families = [_family(title, recipes, questions) for title, recipes in FAMILIES.items()]
    return "\n\n".join([_common(), *families]) + "\n"


def _common() -> str:
    """Parameters that mean the same everywhere, once."""
    found = {one.name: one for recipe in RECIPES.values() for one in recipe.common_parameters}
    return f"### Parameters that several recipes share\n\n{_parameters(found.values())}"


def _family(title: str, recipes: Iterable[Recipe], questions: Sequence[QuestionRecord]) -> str:
    told = [_recipe(RECIPES[recipe.name], questions) for recipe in recipes]
    return "\n\n".join([f"### {title}", *told])


def _recipe(recipe: Recipe, questions: Sequence[QuestionRecord]) -> str:
    parts = [
        f"#### `{recipe.name}`: {recipe.title.lower()}",
        recipe.description,
        _columns(recipe.schema(recipe.settle({}, questions))),
        _own(recipe),
        _back(recipe, questions),
        "What is not in its rows:\n\n" + "\n".join(f"- {sentence}" for sentence in recipe.loses),
        f"A row:\n\n```json\n{example_of(recipe.name)}\n```",
    ]
    return "\n\n".join(part for part in parts if part)


def _columns(schema: pa.Schema) -> str:
    own = [f"| `{field.name}` | {in_words(field.type)} |" for field in schema if field.name not in TRACING]
    trace = [f"`{field.name}`" for field in schema if field.name in TRACING]
    table = "\n".join(["| column | holds |", "|---|---|", *own])
    return f"{table}\n\nand where it comes from: {', '.join(trace)}." if trace else table


def _own(recipe: Recipe) -> str:
    shared = ", ".join(f"`{one.name}`" for one in recipe.common_parameters)
    own = _parameters(recipe.own_parameters) if recipe.own_parameters else ""
    return "\n\n".join(part for part in (own, f"Shared parameters: {shared}." if shared else "") if part)


def _parameters(declared: Iterable[Parameter]) -> str:
    rows = [f"| `{one.name}` | {one.title} | {one.takes} | {one.by_itself} |" for one in declared]
    return "\n".join(["| parameter | | is | by itself |", "|---|---|---|---|", *rows])


def _back(recipe: Recipe, questions: Sequence[QuestionRecord]) -> str:
    layout = recipe.read_back(recipe.settle({}, questions))
    return f"Imported again in the layout `{layout}`, with the same labels." if layout else ""


def in_words(kind: pa.DataType) -> str:
    """A type as people say it."""
    if kind in TURN_LISTS:
        return TURN_LISTS[kind]
    if kind in PLAIN:
        return PLAIN[kind]
    if pa.types.is_list(kind):
        return f"list of {in_words(kind.value_type)}"
    fields = ", ".join(f"{field.name}: {in_words(field.type)}" for field in kind)
    return f"`{{{fields}}}`"
