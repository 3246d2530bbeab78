"""Steps that are right or wrong: the layout of process reward training, with nothing behind what people judged.

Labels are booleans. A row ends before the first step that is not decided: nobody said anything about it (as behind the
first error, where nothing is asked), votes are split, or it is neutral and the policy is to cut. So no label is null.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from annotation.kinds.steps_votes import STEP
from curation.recipes import losses
from curation.recipes.columns import RESPONSE_INDEX, TRACE, text, traced
from curation.recipes.common import DECIDING, DROP, KEEP, ONE_TEXT, WEIGHTS, follows, has_weights
from curation.recipes.consensus import agreed, sure
from curation.recipes.consensus import outcome as consensus
from curation.recipes.contract import Build, Outcome, Recipe, Row, always, outcome
from curation.recipes.drops import Drop
from curation.recipes.majority import majority
from curation.recipes.panel import behind, heard
from curation.recipes.parameters import OneOf, Option, Parameters, Text
from curation.recipes.records import Agreed, AnnotationRecord, ItemRecord
from curation.recipes.solutions import KINDS, QUESTION, Label, Solution, solutions
from curation.recipes.turns import as_text

TRUE, FALSE, CUT = "true", "false", "cut"
SPACE = "space"

NEUTRAL = OneOf(
    name="neutral",
    title="Neutral steps",
    help="They are right and lead nowhere. PRM800K's authors counted them as good; TRL's own script as bad.",
    options=(
        Option(TRUE, "Good"),
        Option(FALSE, "Bad"),
        Option(CUT, "End the row before them"),
    ),
)
SEPARATOR = Text(
    name="separator",
    title="What the trainer puts after each step",
    help="TRL (step_separator) and Axolotl put a line end, \\n. It is not part of the rows.",
    default="\n",
)
INSIDE = OneOf(
    name="inside",
    title="That separator inside a step",
    help="A model cannot tell it from the end of the step. Choose another separator, or what happens then.",
    options=(
        Option(DROP, "Leave such responses out"),
        Option(SPACE, "Becomes a space"),
        Option(KEEP, "Stays"),
    ),
)


class Decided(NamedTuple):
    """One step's label, and how clear it is."""

    label: bool
    agreement: float
    n_votes: int
    confidence: float


def builder(parameters: Parameters) -> Build:
    """A row for each response that somebody judged."""

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        said = heard(annotations, parameters, parameters["question"], KINDS)
        if isinstance(said, Drop):
            return said
        prompt = as_text(item.messages, parameters)
        if isinstance(prompt, Drop):
            return prompt
        found = solutions(item, said)
        return outcome([one if isinstance(one, Drop) else _row(item, prompt, one, parameters) for one in found])

    return build


def _row(item: ItemRecord, prompt: str, solution: Solution, parameters: Parameters) -> Row | Drop:
    decided = _decided(item, solution, parameters)
    if isinstance(decided, Drop):
        return decided
    completions = _completions(solution.steps[: len(decided)], parameters)
    if isinstance(completions, Drop):
        return completions
    return {
        "prompt": prompt,
        "completions": completions,
        "labels": [one.label for one in decided],
        "n_steps": len(solution.steps),
        "pair_id": item.key,
        "prompt_id": item.group,
        "response_index": solution.place,
        "n_votes": min(one.n_votes for one in decided),
        "agreement": sum(one.agreement for one in decided) / len(decided),
        **sure(min(one.confidence for one in decided), parameters),
        **behind(solution.annotations(), parameters),
    }


def _decided(item: ItemRecord, solution: Solution, parameters: Parameters) -> list[Decided] | Drop:
    """The labels up to the first step that has none; why it has none where that is the first of all."""
    found: list[Decided] = []
    for number, labels in enumerate(zip(*solution.labels(), strict=True)):
        known = (
            agreed(item, parameters, STEP.key, f"{solution.place_in_votes}.{number}") if follows(parameters) else None
        )
        one = _label(labels, known, parameters)
        if isinstance(one, Drop):
            return found or one
        found.append(one)
    return found


def _label(labels: Sequence[Label], known: Agreed | Drop | None, parameters: Parameters) -> Decided | Drop:
    """What the votes on one step come to under the policy for neutral ones; `known` is the consensus that decides."""
    votes = [_vote(label, parameters["neutral"]) for label in labels if label is not None]
    if not votes:
        return Drop.QUESTION_MISSING
    if known is None:
        most = majority(votes, parameters)
    else:
        most = consensus(votes, known, lambda one: _vote(int(one.value), parameters["neutral"]), parameters)
    if isinstance(most, Drop):
        return most
    if most.value == CUT:
        return Drop.NEUTRAL
    return Decided(most.value == TRUE, most.agreement, most.n_votes, most.confidence)


def _vote(label: int, neutral: str) -> str:
    """What a label counts as: good, bad, or a reason to end."""
    return neutral if label == 0 else TRUE if label > 0 else FALSE


def _completions(steps: Sequence[str], parameters: Parameters) -> list[str] | Drop:
    """The steps as a trainer reads them, none with its separator inside unless that is wanted."""
    separator, inside = parameters["separator"], parameters["inside"]
    if inside == KEEP or not any(separator in step for step in steps):
        return list(steps)
    return Drop.SEPARATOR_INSIDE if inside == DROP else [" ".join(_parts(step, separator)) for step in steps]


def _parts(step: str, separator: str) -> list[str]:
    return [part for part in (part.strip() for part in step.split(separator)) if part]


def characters(row: Row) -> int:
    return len(row["prompt"]) + sum(map(len, row["completions"]))


BEHIND = "Steps behind the last one that was judged, neutral as a label of its own, kinds of error and corrections."
RECIPE = Recipe(
    name="stepwise",
    title="Steps for process reward models",
    description=(
        "A prompt, the steps of a response and whether each is right, up to the last step that was judged. TRL's "
        "PRMTrainer (up to 1.13) and Axolotl's stepwise_supervised read it as it is."
    ),
    schema=traced(
        text("prompt"),
        pa.field("completions", pa.list_(pa.string()), nullable=False),
        pa.field("labels", pa.list_(pa.bool_()), nullable=False),
        pa.field("n_steps", pa.int64(), nullable=False),
        by=[*TRACE[:2], RESPONSE_INDEX, *TRACE[2:]],
    ),
    builder=builder,
    characters=characters,
    loses=(*losses.OF_ROWS, losses.ONE_TEXT, losses.ITEM, BEHIND),
    read_back=always("trl_stepwise"),
    parameters=(QUESTION, NEUTRAL, SEPARATOR, INSIDE, *DECIDING, *ONE_TEXT, WEIGHTS),
    reads_circumstances=has_weights,
)
