"""What is wrong in a response, and where: for fine-grained reward models.

Offsets count Unicode code points of `prediction`, ends excluded, as Python does; `text_hash` proves which text they are
of, and each error quotes it. A response in which nothing was marked has no errors, and is a row.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from annotation.kinds import Judged
from annotation.kinds.quotes import text_hash
from curation.recipes import losses
from curation.recipes.columns import RESPONSE_INDEX, TRACE, text, traced
from curation.recipes.common import LEAVING_OUT, ONE_TEXT, VOTES, WEIGHTS, has_weights
from curation.recipes.contract import Build, Outcome, Recipe, Row, always, outcome
from curation.recipes.drops import Drop
from curation.recipes.marks import Kept, Place, alike, kept
from curation.recipes.panel import Said, behind, heard
from curation.recipes.parameters import OneOf, Option, Parameters, QuestionOf
from curation.recipes.records import AnnotationRecord, ItemRecord
from curation.recipes.turns import as_text

MOST, ANY = "most", "any"
ERRORS = pa.list_(
    pa.struct(
        [
            ("error_type", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("text", pa.string()),
            ("severity", pa.string()),
            ("explanation", pa.string()),
            ("n_marked", pa.int64()),
        ]
    )
)
QUESTION = QuestionOf(name="question", title="Which question is read", kinds=("spans",))
MARKS = OneOf(
    name="marks",
    title="From several people's marks to one",
    help="Character by character, for each kind of error by itself.",
    options=(Option(MOST, "What more than half of them marked"), Option(ANY, "What anybody marked")),
)


class Mark(NamedTuple):
    """One mark of one annotator in one response."""

    annotator: int
    type: str
    place: Place
    severity: str
    note: str


def builder(parameters: Parameters) -> Build:
    """A row for each response of an item that somebody read for errors."""

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        question = as_text(item.messages, parameters)
        if isinstance(question, Drop):
            return question
        said = heard(annotations, parameters, parameters["question"], QUESTION.kinds)
        if isinstance(said, Drop):
            return said
        if len(said) < parameters["min_votes"]:
            return Drop.TOO_FEW_VOTES
        return outcome([_row(item, question, place, said, parameters) for place in range(len(item.responses))])

    return build


def _row(item: ItemRecord, question: str, place: int, said: Sequence[Said], parameters: Parameters) -> Row | Drop:
    words = Judged.from_turns(item.responses[place]["messages"]).text
    if not words:
        return Drop.EMPTY
    marks = [mark for number, one in enumerate(said) for mark in _marks(number, one.value, place)]
    errors = [
        error for kind in sorted({mark.type for mark in marks}) for error in _errors(kind, marks, said, parameters)
    ]
    found = [(error["start"], error["end"]) for error in errors]
    own = [[mark.place for mark in marks if mark.annotator == number] for number in range(len(said))]
    return {
        "question": question,
        "prediction": words,
        "text_hash": text_hash(words),
        "errors": [
            {**error, "text": words[error["start"] : error["end"]]}
            for error in sorted(errors, key=lambda error: (error["start"], error["end"], error["error_type"]))
        ],
        "pair_id": item.key,
        "prompt_id": item.group,
        "response_index": place,
        "n_votes": len(said),
        "agreement": sum(alike(places, found, len(words)) for places in own) / len(said),
        **behind([one.annotation for one in said], parameters),
    }


def _marks(annotator: int, value: Any, place: int) -> list[Mark]:
    """One annotator's marks in one response."""
    return [
        Mark(annotator, span["type"], (span["start"], span["end"]), span.get("severity") or "", span.get("note") or "")
        for span in value["spans"]
        if span["response"] == place
    ]


def _errors(kind: str, marks: Sequence[Mark], said: Sequence[Said], parameters: Parameters) -> list[Row]:
    """What stands of the marks of one kind of error."""
    of_kind = [mark for mark in marks if mark.type == kind]
    own = [[mark.place for mark in of_kind if mark.annotator == number] for number in range(len(said))]
    found = kept(own, needed=parameters["min_agreement"], is_any=parameters["marks"] == ANY)
    return [_error(one.place, [mark for mark in of_kind if _speaks_of(mark, one, len(said))]) for one in found]


def _speaks_of(mark: Mark, one: Kept, annotators: int) -> bool:
    """Whether what is said of a mark is said of what stands. One annotator's own marks stand each for itself."""
    if annotators == 1:
        return mark.place == one.place
    return mark.place[0] < one.place[1] and one.place[0] < mark.place[1]


def _error(place: Place, touching: Sequence[Mark]) -> Row:
    return {
        "error_type": touching[0].type,
        "start": place[0],
        "end": place[1],
        "severity": _commonest([mark.severity for mark in touching if mark.severity]),
        "explanation": "\n".join(sorted({mark.note for mark in touching if mark.note})),
        "n_marked": len({mark.annotator for mark in touching}),
    }


def _commonest(severities: Sequence[str]) -> str:
    """What most said; of several the first by name, so that the order of annotators says nothing."""
    counts = Counter(severities)
    return min(counts, key=lambda name: (-counts[name], name), default="")


def characters(row: Row) -> int:
    return len(row["question"]) + len(row["prediction"])


MINORITY = "What fewer than half of them marked, unless `marks` is `any`; corrections."
RECIPE = Recipe(
    name="spans",
    title="Marked errors",
    description=(
        "A question, a response and what is wrong in it: kind, offsets in code points, the words themselves, severity "
        "and notes, much as Fine-Grained RLHF has them, for fine-grained reward models."
    ),
    schema=traced(
        text("question"),
        text("prediction"),
        text("text_hash"),
        pa.field("errors", ERRORS, nullable=False),
        by=[*TRACE[:2], RESPONSE_INDEX, *TRACE[2:]],
    ),
    builder=builder,
    characters=characters,
    loses=(*losses.OF_ROWS, losses.ONE_TEXT, losses.ITEM, MINORITY),
    read_back=always("spans"),
    parameters=(QUESTION, MARKS, *VOTES, *LEAVING_OUT, *ONE_TEXT, WEIGHTS),
    reads_circumstances=has_weights,
)
