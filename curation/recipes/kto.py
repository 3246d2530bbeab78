"""Single completions that are good or bad: the layout of unpaired preference training (KTO)."""

import pyarrow as pa

from curation.recipes import good_or_bad, losses, pairs
from curation.recipes.columns import messages, traced
from curation.recipes.common import DECIDING, DROP, SYSTEM, TURNS, WEIGHTS, has_weights
from curation.recipes.contract import Build, Recipe, Row, always
from curation.recipes.parameters import OneOf, Option, Parameters, QuestionOf
from curation.recipes.records import Message
from curation.recipes.turns import length

TWO_BAD = "two_bad"

QUESTION = QuestionOf(
    name="question", title="Which question decides", kinds=("preference", "choice", "rating", "ranking")
)
BOTH_BAD = OneOf(
    name="both_bad",
    title="Pairs of which both are bad",
    help="Where a preference decides.",
    options=(Option(DROP, "Leave them out"), Option(TWO_BAD, "Two bad completions")),
    of_kinds=("preference",),
)


def row(prompt: list[Message], completion: list[Message], is_good: bool) -> Row:
    return {"prompt": prompt, "completion": completion, "label": is_good}


def good(prompt: list[Message], chosen: list[Message], _rejected: list[Message]) -> Row:
    return row(prompt, chosen, True)


def bad(prompt: list[Message], _chosen: list[Message], rejected: list[Message]) -> Row:
    return row(prompt, rejected, False)


def bad_too(prompt: list[Message], first: list[Message], _second: list[Message]) -> Row:
    return row(prompt, first, False)


def builder(parameters: Parameters) -> Build:
    """Two rows for each pair, or one for each response that was judged by itself."""
    if good_or_bad.reads(parameters):
        return good_or_bad.builder(row, parameters)
    neither = (bad_too, bad) if parameters.get("both_bad") == TWO_BAD else ()
    return pairs.builder((good, bad), parameters, neither)


def characters(row: Row) -> int:
    return length(row["prompt"]) + length(row["completion"])


EVEN = "Ties, and pairs of which both are bad unless `both_bad` is `two_bad`: they give no row."
COMPARED = "Which two responses were compared, once a file is imported: each row is then an item."
RECIPE = Recipe(
    name="kto",
    title="Good and bad completions",
    description=(
        "Single completions with true for a good one and false for a bad one: each pair is two rows, and a response "
        "with a choice or a rating one. TRL KTO reads it as it is."
    ),
    schema=traced(messages("prompt"), messages("completion"), pa.field("label", pa.bool_(), nullable=False)),
    builder=builder,
    characters=characters,
    loses=(*losses.OF_ROWS, losses.ITEM, EVEN, COMPARED),
    read_back=always("trl_unpaired"),
    parameters=(QUESTION, pairs.DIMENSION, BOTH_BAD, *good_or_bad.PARAMETERS, *DECIDING, SYSTEM, TURNS, WEIGHTS),
    complete=good_or_bad.complete,
    reads_circumstances=has_weights,
)
