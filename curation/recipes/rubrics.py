"""Criteria and what people found by them: for judges that write rubrics, and reward models that read them.

As pairs (OpenRubrics): two responses, the better one, and the rubric as numbered text and as a list. As responses: one
response, its score and its verdicts. Criteria are those of the form version that the newest answer was given under, or
the item's own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from annotation.kinds import Judged, rubric_score
from curation.recipes import losses
from curation.recipes.columns import RESPONSE_INDEX, TRACE, text, traced
from curation.recipes.common import DECIDING, ONE_TEXT, WEIGHTS, follows, has_weights
from curation.recipes.consensus import agreed, sure
from curation.recipes.contract import Build, Outcome, Recipe, Row, outcome
from curation.recipes.drops import Drop
from curation.recipes.judgment import A, B, Better, Judgment, better, judged
from curation.recipes.panel import behind, heard
from curation.recipes.parameters import BadParameters, OneOf, Option, OptionalQuestionOf, Parameters, QuestionOf, named
from curation.recipes.records import AnnotationRecord, ItemRecord, QuestionRecord
from curation.recipes.turns import as_text
from curation.recipes.votes import Ballot, Verdict, decide

PAIRS, RESPONSES = "pairs", "responses"
NAMES = {"hard_rule": "Hard Rule", "principle": "Principle"}
SIDES = ("a", "b")

CRITERIA = pa.list_(
    pa.struct(
        [
            ("key", pa.string()),
            ("text", pa.string()),
            ("kind", pa.string()),
            ("weight", pa.float64()),
            ("levels", pa.string()),
        ]
    )
)
VERDICTS = pa.list_(
    pa.struct(
        [
            ("criterion", pa.string()),
            ("response", pa.string()),
            ("value", pa.string()),
            ("agreement", pa.float64()),
        ]
    )
)
QUESTION = QuestionOf(name="question", title="Which rubric is read", kinds=("rubric",))
ROWS = OneOf(
    name="rows",
    title="Rows",
    options=(Option(PAIRS, "Two responses and the better one"), Option(RESPONSES, "Each response with its score")),
)
WINNER = OptionalQuestionOf(
    name="winner",
    title="Which of two is better",
    kinds=("preference",),
    none="Follows from the verdicts",
    help="Criteria then explain a choice that was made by itself.",
)


def complete(settled: Parameters, questions: Sequence[QuestionRecord]) -> Parameters:
    """Refuse single responses where criteria compare two. Raises BadParameters."""
    if settled["rows"] == RESPONSES and named(settled["question"], questions).target == "item":
        raise BadParameters(f"{settled['question']} compares two responses, so it says nothing about single ones.")
    return settled


def builder(parameters: Parameters) -> Build:
    """A row for each item with two responses, or for each response."""
    rows = _pair if parameters["rows"] == PAIRS else _responses

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        instruction = as_text(item.messages, parameters)
        if isinstance(instruction, Drop):
            return instruction
        judgment = _judgment(item, annotations, parameters)
        if isinstance(judgment, Drop):
            return judgment
        if not judgment.criteria:
            return Drop.NO_CRITERIA
        found = rows(item, judgment, annotations, parameters)
        return outcome([one if isinstance(one, Drop) else {"instruction": instruction, **one} for one in found])

    return build


def _judgment(item: ItemRecord, annotations: Sequence[AnnotationRecord], parameters: Parameters) -> Judgment | Drop:
    """What annotators found by the criteria.

    Where they preferred one of two and went through no criterion, an item's own still are the ones that they had in
    view, and the row says so without verdicts: as OpenRubrics' do.
    """
    said = heard(annotations, parameters, parameters["question"], QUESTION.kinds)
    if not isinstance(said, Drop):
        return judged(item, said, parameters)
    is_preferred = parameters["rows"] == PAIRS and parameters["winner"] and said is Drop.QUESTION_MISSING
    in_view = any(_asks_for_its_own(one, parameters["question"]) for one in annotations if one.is_current)
    return Judgment(item.rubric, [], []) if is_preferred and in_view and item.rubric else said


def _asks_for_its_own(annotation: AnnotationRecord, question: str) -> bool:
    asked = annotation.asked.get(question)
    return asked is not None and asked.kind in QUESTION.kinds and asked.settings.get("source") == "item"


def _pair(
    item: ItemRecord, judgment: Judgment, annotations: Sequence[AnnotationRecord], parameters: Parameters
) -> list[Row | Drop]:
    if len(item.responses) != len(SIDES):
        return [Drop.NOT_A_PAIR]
    winner = _chosen(item, annotations, parameters) if parameters["winner"] else better(judgment)
    if isinstance(winner, Drop):
        return [winner]
    side, n_votes, agreement, ids, confidence = winner
    texts = [Judged.from_turns(response["messages"]).text for response in item.responses]
    behind_it = [one.annotation for one in judgment.said] + [one for one in annotations if one.id in ids]
    row = {
        "response_a": texts[A],
        "response_b": texts[B],
        "winner": "AB"[side],
        **_rubric(judgment, None),
        "pair_id": item.key,
        "prompt_id": item.group,
        "n_votes": n_votes,
        "agreement": agreement,
        **sure(min(confidence, judgment.confidence()), parameters),
        **behind(behind_it, parameters),
    }
    return [row]


def _chosen(item: ItemRecord, annotations: Sequence[AnnotationRecord], parameters: Parameters) -> Better | Drop:
    """What a preference says."""
    ballot = Ballot(
        question=parameters["winner"],
        dimension="",
        sources=frozenset(parameters["sources"]),
        min_votes=parameters["min_votes"],
        min_agreement=parameters["min_agreement"],
        aggregator=parameters["aggregator"],
    )
    if follows(parameters):
        ballot = ballot._replace(agreed=agreed(item, parameters, question=ballot.question))
    verdict = decide(annotations, ballot)
    if not isinstance(verdict, Verdict):
        return verdict
    confidence = verdict.confidence if follows(parameters) else 1.0
    return Better(verdict.winner, verdict.n_votes, verdict.agreement, verdict.annotation_ids, confidence)


def _responses(
    item: ItemRecord, judgment: Judgment, _annotations: Sequence[AnnotationRecord], parameters: Parameters
) -> list[Row | Drop]:
    return [_response(item, place, judgment, parameters) for place in range(len(item.responses))]


def _response(item: ItemRecord, place: int, judgment: Judgment, parameters: Parameters) -> Row | Drop:
    score = rubric_score.score(judgment.criteria, judgment.values(place))
    if score.share is None:
        return Drop.NOT_JUDGED
    own = judgment._replace(found=[one for one in judgment.found if one.response == place])
    return {
        "response": Judged.from_turns(item.responses[place]["messages"]).text,
        "score": score.share,
        "passes": not score.failed,
        **_rubric(own, place),
        "pair_id": item.key,
        "prompt_id": item.group,
        "response_index": place,
        "n_votes": len(own.said),
        "agreement": own.agreement(),
        **sure(own.confidence(), parameters),
        **behind([one.annotation for one in own.said], parameters),
    }


def _rubric(judgment: Judgment, place: int | None) -> Row:
    """The criteria as text and as a list, and the verdicts; `response` says whose, where there are two."""
    return {
        "rubric": "\n".join(_line(number, one) for number, one in enumerate(judgment.criteria, 1)),
        "criteria": [_criterion(one) for one in judgment.criteria],
        "verdicts": [
            {
                "criterion": one.criterion,
                "response": SIDES[one.response] if place is None and one.response is not None else "",
                "value": str(one.most.value),
                "agreement": one.most.agreement,
            }
            for one in judgment.found
        ],
    }


def _line(number: int, criterion: Mapping[str, Any]) -> str:
    return f"{number}. {_words(criterion)} [{NAMES[criterion['kind']]}]"


def _words(criterion: Mapping[str, Any]) -> str:
    """The criterion on one line, for a rubric is read line by line."""
    return " ".join(criterion["title"].split())


def _criterion(criterion: Mapping[str, Any]) -> Row:
    return {
        "key": criterion["key"],
        "text": _words(criterion),
        "kind": criterion["kind"],
        "weight": float(criterion["weight"]),
        "levels": _levels(criterion),
    }


def _levels(criterion: Mapping[str, Any]) -> str:
    """What the values mean, the lowest first."""
    if criterion["scale"] == "yes_no":
        return "no | yes"
    return " | ".join(criterion["anchors"]) or f"1..{criterion['scale']}"


def schema(parameters: Parameters) -> pa.Schema:
    """The columns of pairs, or those of single responses."""
    rubric = (
        text("rubric"),
        pa.field("criteria", CRITERIA, nullable=False),
        pa.field("verdicts", VERDICTS, nullable=False),
    )
    if parameters["rows"] == PAIRS:
        pair = (text("instruction"), text("response_a"), text("response_b"), text("winner"))
        return traced(*pair, *rubric, by=TRACE)(parameters)
    single = (
        text("instruction"),
        text("response"),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("passes", pa.bool_(), nullable=False),
    )
    return traced(*single, *rubric, by=[*TRACE[:2], RESPONSE_INDEX, *TRACE[2:]])(parameters)


def characters(row: Row) -> int:
    said = max(len(row[name]) for name in ("response", "response_a", "response_b") if name in row)
    return len(row["instruction"]) + len(row["rubric"]) + said


def read_back(parameters: Parameters) -> str:
    """Two responses and the better one come back; single ones with their scores do not."""
    return "openrubrics" if parameters[ROWS.name] == PAIRS else ""


IN_WORDS = "Verdicts, weights and levels, once a file is imported: its criteria are read as words."
NOTES = "Notes and quotes beside verdicts, and criteria that do not apply."
RECIPE = Recipe(
    name="rubrics",
    title="Rubrics and verdicts",
    description=(
        "Two responses, the better one, and the criteria as numbered text and as a list, as OpenRubrics has them; or "
        "each response with its score. With the verdict by each criterion."
    ),
    schema=schema,
    builder=builder,
    characters=characters,
    loses=(*losses.OF_ROWS, losses.ONE_TEXT, losses.ITEM, IN_WORDS, NOTES),
    read_back=read_back,
    parameters=(QUESTION, ROWS, WINNER, *DECIDING, *ONE_TEXT, WEIGHTS),
    complete=complete,
    reads_circumstances=has_weights,
)
