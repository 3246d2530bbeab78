"""What people wrote about responses, and what they gave them: what judges that write before they decide learn from.

Each annotator's words are a row, with `[RESULT]` and the score, or the better side, behind them: the form of Prometheus
and of the Feedback Collection.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from annotation.kinds import Judged
from curation.recipes import losses
from curation.recipes.columns import TRACE, messages, text, traced
from curation.recipes.common import LEAVING_OUT, MIN_VOTES, ONE_TEXT, SOURCES, WEIGHTS
from curation.recipes.contract import Build, Outcome, Recipe, Row
from curation.recipes.critiques import WORDS, Critique, critiques
from curation.recipes.drops import Drop
from curation.recipes.panel import behind, heard
from curation.recipes.parameters import BadParameters, OneOf, Option, Parameters, QuestionOf, named
from curation.recipes.records import AnnotationRecord, ItemRecord, QuestionRecord
from curation.recipes.turns import as_text

KINDS = ("preference", "rubric", "rating")
MESSAGES, FEEDBACK = "messages", "feedback_collection"
LEVELS = range(1, 6)
QUESTION = QuestionOf(name="question", title="Which question was decided", kinds=KINDS)
COLUMNS = OneOf(
    name="columns",
    title="Columns",
    help="The Feedback Collection knows criteria with five levels alone.",
    options=(Option(MESSAGES, "A user and an assistant turn"), Option(FEEDBACK, "Those of the Feedback Collection")),
)


class Shown(NamedTuple):
    """What a critique is about."""

    prompt: str
    responses: list[str]


def complete(settled: Parameters, questions: Sequence[QuestionRecord]) -> Parameters:
    """Refuse the Feedback Collection for pairs. Raises BadParameters."""
    if settled[COLUMNS.name] == FEEDBACK and named(settled["question"], questions).kind == "preference":
        raise BadParameters("The Feedback Collection has no place for two responses: choose messages.")
    return settled


def builder(parameters: Parameters) -> Build:
    """A row for each annotator's words about an item: of a rubric for each criterion with levels."""

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        prompt = as_text(item.messages, parameters)
        if isinstance(prompt, Drop):
            return prompt
        said = heard(annotations, parameters, parameters["question"], KINDS)
        if isinstance(said, Drop):
            return said
        if len(said) < parameters["min_votes"]:
            return Drop.TOO_FEW_VOTES
        shown = Shown(prompt, [Judged.from_turns(response["messages"]).text for response in item.responses])
        if len(shown.responses) != (2 if said[0].annotation.kinds[parameters["question"]] == "preference" else 1):
            return Drop.NOT_SINGLE
        found = [one for answer in said for one in critiques(item, answer, parameters)]
        return _rows(item, shown, found, parameters)

    return build


def _rows(item: ItemRecord, shown: Shown, found: Sequence[Critique], parameters: Parameters) -> list[Row] | Drop:
    written = [one for one in found if one.words]
    if not written:
        return Drop.NO_CRITIQUE
    results = [(one.criterion, one.result) for one in found]
    lay_out = _as_turns if parameters[COLUMNS.name] == MESSAGES else _as_collected
    rows = []
    for one in written:
        laid_out = lay_out(shown, one)
        n_votes = sum(criterion == one.criterion for criterion, _result in results)
        counted = {"n_votes": n_votes, "agreement": results.count((one.criterion, one.result)) / n_votes}
        if laid_out:
            traced_to = {"pair_id": item.key, "prompt_id": item.group, **counted}
            rows.append({**laid_out, **traced_to, **behind([one.said.annotation], parameters)})
    return rows or Drop.NOT_JUDGED


def _as_turns(shown: Shown, one: Critique) -> Row:
    turns = (("user", _asked(shown, one)), ("assistant", _answer(one)))
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


def _answer(one: Critique) -> str:
    return f"{one.words} [RESULT] {one.result}"


def _asked(shown: Shown, one: Critique) -> str:
    """What a judge is asked, in sections under headings."""
    names = ("Response A", "Response B") if len(shown.responses) > 1 else ("Response",)
    levels = "".join(f"\n{level}: {words}" for level, words in enumerate(one.levels, 1))
    wanted = "[RESULT] and A, B or tie" if len(names) > 1 else "[RESULT] and the level"
    parts = [
        ("Prompt", shown.prompt),
        *zip(names, shown.responses, strict=True),
        ("Criterion", f"{one.criterion}{levels}"),
        ("Task", f"Write what you find by this criterion, then {wanted}."),
    ]
    return "\n\n".join(f"### {name}\n{words}" for name, words in parts)


def _as_collected(shown: Shown, one: Critique) -> Row:
    """The columns of the Feedback Collection; empty where the criterion has not five levels in words."""
    if len(one.levels) != len(LEVELS):
        return {}
    return {
        "instruction": _asked(shown, one),
        "output": _answer(one),
        "orig_instruction": shown.prompt,
        "orig_response": shown.responses[0],
        "orig_feedback": one.words,
        "orig_score": one.result,
        "orig_criteria": one.criterion,
        **{_described(level): words for level, words in zip(LEVELS, one.levels, strict=True)},
    }


def _described(level: int) -> str:
    return f"orig_score{level}_description"


COLLECTED = (
    "instruction",
    "output",
    "orig_instruction",
    "orig_response",
    "orig_feedback",
    "orig_score",
    "orig_criteria",
    *map(_described, LEVELS),
)


def schema(parameters: Parameters) -> pa.Schema:
    columns = [messages("messages")] if parameters[COLUMNS.name] == MESSAGES else [text(name) for name in COLLECTED]
    return traced(*columns, by=TRACE)(parameters)


def characters(row: Row) -> int:
    if "messages" in row:
        return sum(len(turn["content"]) for turn in row["messages"])
    return len(row["instruction"]) + len(row["output"])


def read_back(parameters: Parameters) -> str:
    """Conversations say what was found to no import layout; the columns of the Feedback Collection do."""
    return FEEDBACK if parameters[COLUMNS.name] == FEEDBACK else ""


SILENT = "Answers without words: they give no row."
RECIPE = Recipe(
    name="critique_sft",
    title="Critiques for judges that write",
    description=(
        "What an annotator wrote about a response, with [RESULT] and the level, or the better of two, behind it: for "
        "judges that write before they decide. Any trainer of conversations reads the turns."
    ),
    schema=schema,
    builder=builder,
    characters=characters,
    loses=(losses.SHOWN, losses.REST, losses.FILES, losses.ONE_TEXT, losses.ITEM, SILENT),
    read_back=read_back,
    parameters=(QUESTION, WORDS, COLUMNS, MIN_VOTES, SOURCES, *LEAVING_OUT, *ONE_TEXT, WEIGHTS),
    complete=complete,
    reads_circumstances=lambda _parameters: True,
)
