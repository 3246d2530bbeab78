"""Prompts with right and wrong responses, to test whether a reward model finds the right one: RewardBench 2's columns.

Its runner (`run_v2.py`) takes the first of all responses for the right one and scores 1/#best if no other has a higher
reward. So an item with several right ones becomes a row for each of them beside all wrong ones; or, among its `Ties`, a
row `tied:n` with all right ones and one `ref:n` with the first alone.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa

from curation.recipes import good_or_bad, losses, pairs, rm_pairs
from curation.recipes.columns import PROVENANCE, text, traced
from curation.recipes.common import DECIDING_PAIRS, DROP, ONE_TEXT, WEIGHTS, has_weights
from curation.recipes.contract import Build, Outcome, Recipe, Row, always
from curation.recipes.drops import Drop
from curation.recipes.panel import joined
from curation.recipes.parameters import OneOf, Option, Parameters, QuestionOf
from curation.recipes.records import AnnotationRecord, ItemRecord
from curation.recipes.turns import as_answer, as_text

EACH, TIES = "each", "ties"
TIES_SUBSET = "Ties"
SEVERAL = OneOf(
    name="several",
    title="Items with several right responses",
    help="Where single responses are judged. Only one response of a row may be the right one, but among Ties.",
    options=(
        Option(EACH, "A row for each of them"),
        Option(TIES, "Ties: rows tied:n and ref:n"),
        Option(DROP, "Leave them out"),
    ),
    of_kinds=("choice", "rating"),
)
QUESTION = QuestionOf(
    name="question", title="Which question decides", kinds=("choice", "rating", "preference", "ranking")
)


class Judged(NamedTuple):
    """The responses of an item that are right and those that are wrong, by their numbers, and what says so."""

    right: list[int]
    wrong: list[int]
    behind: Row


def builder(parameters: Parameters) -> Build:
    """Rows of each item with a right and a wrong response."""

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        prompt = as_text(item.messages, parameters)
        if isinstance(prompt, Drop):
            return prompt
        texts = [as_answer(response["messages"]) for response in item.responses]
        judge = _alone if good_or_bad.reads(parameters) else _compared
        judged = judge(item, annotations, parameters)
        if isinstance(judged, Drop):
            return judged
        if not (judged.right and judged.wrong):
            return Drop.UNPAIRED
        used = [texts[place] for place in (*judged.right, *judged.wrong)]
        if long := next((one for one in used if isinstance(one, Drop)), None):
            return long
        rows = [{"prompt": prompt, **row} for row in _rows(item, judged, texts, parameters)]
        return rows or Drop.TIE

    return build


def _rows(item: ItemRecord, judged: Judged, texts: Sequence[str | Drop], parameters: Parameters) -> Iterator[Row]:
    several = parameters.get(SEVERAL.name, EACH)
    if len(judged.right) == 1:
        yield _row(item, item.key, judged, texts)
    elif several == EACH:
        for place in judged.right:
            yield _row(item, f"{item.key}/{place}", judged._replace(right=[place]), texts)
    elif several == TIES:
        yield _row(item, f"tied:{item.id}", judged, texts, TIES_SUBSET)
        yield _row(item, f"ref:{item.id}", judged._replace(right=judged.right[:1]), texts, TIES_SUBSET)


def _row(item: ItemRecord, key: str, judged: Judged, texts: Sequence[str | Drop], subset: str = "") -> Row:
    models = [item.responses[place].get("model") or "" for place in (*judged.right, *judged.wrong)]
    return {
        "id": key,
        "chosen": [texts[place] for place in judged.right],
        "rejected": [texts[place] for place in judged.wrong],
        "num_correct": len(judged.right),
        "num_incorrect": len(judged.wrong),
        "total_completions": len(models),
        "models": models,
        "subset": subset or next(iter(item.tags), "") or str(item.source.get("dataset") or "all"),
        **judged.behind,
    }


def _alone(item: ItemRecord, annotations: Sequence[AnnotationRecord], parameters: Parameters) -> Judged | Drop:
    """By what was said of each response by itself; one of which that says nothing is left out of the row."""
    found = good_or_bad.singles(item, annotations, parameters)
    if isinstance(found, Drop):
        return found
    known = {place: one for place, one in enumerate(found) if not isinstance(one, Drop)}
    if not known:
        return next(one for one in found if isinstance(one, Drop))
    right = [place for place, one in known.items() if one.is_good]
    wrong = [place for place, one in known.items() if not one.is_good]
    said = [{**one.behind, "p_chosen": _p_right(one)} for one in known.values()]
    return Judged(right, wrong, _named(item) | joined(said))


def _p_right(one: good_or_bad.Single) -> float:
    """The chance that what was said of a response is so."""
    p: float = one.behind["p_chosen"]
    return p if one.is_good else 1 - p


def _compared(item: ItemRecord, annotations: Sequence[AnnotationRecord], parameters: Parameters) -> Judged | Drop:
    """The response that beats every other one is the right one."""
    ballot, reason, beaten = pairs.ballot_of(parameters), Drop.SPLIT, dict[int, dict[int, Row]]()
    for pair in pairs.pairs_of(item, annotations, ballot):
        found = pair if isinstance(pair, Drop) else pairs.decided(item, annotations, pair, parameters)
        if isinstance(found, Drop):
            reason = found
            continue
        one, two = found.ballot.pair
        best, other = (one, two) if found.verdict.winner == 0 else (two, one)
        beaten.setdefault(best, {})[other] = pairs.provenance(item, found, annotations, parameters)
    for place, others in beaten.items():
        if len(others) == len(item.responses) - 1:
            return Judged([place], sorted(others), _named(item) | joined(list(others.values())))
    return reason


def _named(item: ItemRecord) -> Row:
    return {"pair_id": item.key, "prompt_id": item.group}


def characters(row: Row) -> int:
    return len(row["prompt"]) + max(map(len, [*row["chosen"], *row["rejected"]]))


TEXTS = pa.list_(pa.string())
RECIPE = Recipe(
    name="bestofn_eval",
    title="Best of several, to test reward models",
    description=(
        "A prompt, its right and its wrong responses: the columns of RewardBench 2, whose runner reads them. A test "
        "set of your own; nothing to train on."
    ),
    schema=traced(
        text("id"),
        text("prompt"),
        pa.field("chosen", TEXTS, nullable=False),
        pa.field("rejected", TEXTS, nullable=False),
        pa.field("num_correct", pa.int64(), nullable=False),
        pa.field("num_incorrect", pa.int64(), nullable=False),
        pa.field("total_completions", pa.int64(), nullable=False),
        pa.field("models", TEXTS, nullable=False),
        text("subset"),
        by=PROVENANCE,
    ),
    builder=builder,
    characters=characters,
    loses=(*losses.OF_ROWS, losses.TIES, losses.STRENGTH, losses.ONE_TEXT, losses.SEVERAL_TURNS),
    read_back=always("rewardbench2"),
    parameters=(
        QUESTION,
        pairs.DIMENSION,
        *good_or_bad.PARAMETERS,
        SEVERAL,
        *DECIDING_PAIRS,
        *ONE_TEXT,
        WEIGHTS,
    ),
    complete=rm_pairs.complete,
    reads_circumstances=has_weights,
)
