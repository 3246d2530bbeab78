"""Where a solution first goes wrong: the columns of ProcessBench, on which process reward models are compared.

Labels count steps from 0; -1 says that no step is wrong. Votes are each annotator's first wrong step; one who neither
called a step wrong nor judged all of them has not voted.
"""

from collections.abc import Sequence

import pyarrow as pa

from annotation.kinds.steps_votes import FINAL as FINAL_ANSWER
from annotation.kinds.steps_votes import FIRST_ERROR
from curation.recipes import losses
from curation.recipes.columns import RESPONSE_INDEX, TRACE, text, traced
from curation.recipes.common import DECIDING, ONE_TEXT, WEIGHTS, follows, has_weights
from curation.recipes.consensus import agreed, sure
from curation.recipes.consensus import outcome as consensus
from curation.recipes.contract import Build, Outcome, Recipe, Row, always, outcome
from curation.recipes.drops import Drop
from curation.recipes.majority import Outcome as Most
from curation.recipes.majority import majority
from curation.recipes.panel import behind, heard
from curation.recipes.parameters import OneOf, Option, Parameters, named
from curation.recipes.records import AnnotationRecord, ItemRecord, QuestionRecord
from curation.recipes.solutions import KINDS, QUESTION, Label, Solution, solutions
from curation.recipes.turns import as_text

NONE = -1
COLUMN, LEFT_OUT = "column", "left_out"
RIGHT = "right"

FINAL = OneOf(
    name="final_answer",
    title="Whether the final answer is right",
    help="A column where the form asks for it; responses of which nobody said it are then left out.",
    options=(Option(COLUMN, "A column, where the form asks"), Option(LEFT_OUT, "Leave the column out")),
)


def complete(settled: Parameters, questions: Sequence[QuestionRecord]) -> Parameters:
    """Nobody knows about final answers where nobody was asked."""
    asks = named(settled["question"], questions).settings.get("final_answer")
    return settled if asks else {**settled, "final_answer": LEFT_OUT}


def builder(parameters: Parameters) -> Build:
    """A row for each response that somebody judged to its first error or to its end."""

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        said = heard(annotations, parameters, parameters["question"], KINDS)
        if isinstance(said, Drop):
            return said
        problem = as_text(item.messages, parameters)
        if isinstance(problem, Drop):
            return problem
        found = solutions(item, said)
        return outcome([one if isinstance(one, Drop) else _row(item, problem, one, parameters) for one in found])

    return build


def _row(item: ItemRecord, problem: str, solution: Solution, parameters: Parameters) -> Row | Drop:
    votes = [error for labels in solution.labels() if (error := first_error(labels)) is not None]
    if not votes:
        return Drop.UNFINISHED
    most = _most(item, solution, votes, parameters)
    if isinstance(most, Drop):
        return most
    final = _final(item, solution, parameters)
    if isinstance(final, Drop):
        return final
    known = {"final_answer_correct": final.value} if final else {}
    confidence = min(most.confidence, final.confidence) if final else most.confidence
    return {
        "id": item.key if len(item.responses) == 1 else f"{item.key}/{solution.place}",
        "generator": item.responses[solution.place].get("model") or "",
        "problem": problem,
        "steps": solution.steps,
        **known,
        "label": most.value,
        "pair_id": item.key,
        "prompt_id": item.group,
        "response_index": solution.place,
        "n_votes": most.n_votes,
        "agreement": most.agreement,
        **sure(confidence, parameters),
        **behind(solution.annotations(), parameters),
    }


def first_error(labels: Sequence[Label]) -> int | None:
    """The first wrong step, from 0; -1 where all are judged and none is wrong; None where steps before are open."""
    error = list(labels).index(-1) if -1 in labels else len(labels)
    if None in labels[:error]:
        return None
    return error if error < len(labels) else NONE


def _most(item: ItemRecord, solution: Solution, votes: Sequence[int], parameters: Parameters) -> Most[int] | Drop:
    if not follows(parameters):
        return majority(votes, parameters)
    steps = len(solution.steps)
    found = agreed(item, parameters, FIRST_ERROR.key, solution.place_in_votes)
    return consensus(votes, found, lambda one: NONE if int(one.value) == steps else int(one.value), parameters)


def _final(item: ItemRecord, solution: Solution, parameters: Parameters) -> Most[bool] | Drop | None:
    """Whether the final answer is right, where that is wanted. Without a final answer, it is not."""
    if parameters["final_answer"] == LEFT_OUT:
        return None
    votes = [one.value["final"] == RIGHT for one in solution.said if one.value.get("final")]
    asked = {**parameters, "min_votes": 1}
    if not follows(parameters):
        most = majority(votes, asked)
    else:
        found = agreed(item, parameters, FINAL_ANSWER.key, solution.place_in_votes)
        most = consensus(votes, found, lambda one: one.value == RIGHT, asked)
    return Drop.FINAL_UNKNOWN if isinstance(most, Drop) else most


def schema(parameters: Parameters) -> pa.Schema:
    """The final answer's column only where somebody was asked."""
    has_final = parameters["final_answer"] == COLUMN
    return traced(
        text("id"),
        text("generator"),
        text("problem"),
        pa.field("steps", pa.list_(pa.string()), nullable=False),
        *([pa.field("final_answer_correct", pa.bool_(), nullable=False)] if has_final else []),
        pa.field("label", pa.int64(), nullable=False),
        by=[*TRACE[:2], RESPONSE_INDEX, *TRACE[2:]],
    )(parameters)


def characters(row: Row) -> int:
    return len(row["problem"]) + sum(map(len, row["steps"]))


STEPS = "Labels of single steps, kinds of error and corrections: the first wrong step stands for all."
RECIPE = Recipe(
    name="first_error",
    title="First errors, to test process reward models",
    description=(
        "A problem, the steps of a response and the number of its first wrong step from 0, or -1: the columns of "
        "ProcessBench, whose own scripts read them."
    ),
    schema=schema,
    builder=builder,
    characters=characters,
    loses=(*losses.OF_ROWS, losses.ONE_TEXT, losses.TAGS, STEPS),
    read_back=always("processbench"),
    parameters=(QUESTION, FINAL, *DECIDING, *ONE_TEXT, WEIGHTS),
    complete=complete,
    reads_circumstances=has_weights,
)
