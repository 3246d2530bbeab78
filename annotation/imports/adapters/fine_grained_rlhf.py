"""Fine-Grained RLHF: four answers to a question about passages, marks in the first of them, and pairwise preferences.

Only the first answer was read for marks. To bring all four along with them would say that the other three were read as
well and that nothing was found. So the option `about` says which item a row becomes: the first answer with its marks,
or all four answers with the order that their six comparisons make. A file may be imported once for each.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, BadOptions, Convert, Fit, Row
from annotation.imports.adapters.marked import mark_of, spans_question
from annotation.imports.adapters.numbers import whole
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.ranks import by_rank
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused
from annotation.imports.canonical.wording import describe

ANSWERS = ("prediction 1", "prediction 2", "prediction 3", "prediction 4")
PAIRS = tuple(combinations(range(len(ANSWERS)), 2))
"""What each of the six preferences compares, in the order of the file."""
COLUMNS = frozenset({"question", "passages", "gold", "feedback", "preference", "id", *ANSWERS})
CORRECTED = "corrected"
"""The dimension of the text that says how the marked answer should read."""
NO_ORDER = "preferences-without-order"
"""The tag of an item whose six preferences contradict each other, as a > b, b = c and c = a do."""


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get; `about`, either `spans` (the default) or `ranking`."""
    only(options, "annotator", "about")
    annotator = text_option(options, "annotator", "fine-grained-rlhf")
    about = text_option(options, "about", "spans")
    if about not in READERS:
        raise BadOptions(f"The option about is one of {', '.join(READERS)}.")
    read = READERS[about]

    def convert(row: Row) -> CanonicalItem:
        missing(row, "question")
        item = read(row, annotator)
        item.messages = user(_prompt(row))
        item.source |= rest_of(row, COLUMNS)
        if row.get("gold"):
            item.source["reference"] = row["gold"]
        return item

    return convert


def _marked(row: Row, annotator: str) -> CanonicalItem:
    """The first answer with what was marked in it, and how it was corrected."""
    missing(row, ANSWERS[0], "feedback")
    feedback = opened(row["feedback"], "{")
    if not isinstance(feedback, dict):
        raise Refused(f"The field feedback is {describe(feedback)}, not an object.")
    missing(feedback, "errors")
    marks = [mark_of(one, at, kind="error type") for at, one in enumerate(_list(feedback["errors"], "errors"), start=1)]
    lacking = _list(feedback.get("missing-info") or [], "missing-info")
    labels = [
        CanonicalLabel(
            annotator=annotator,
            kind="spans",
            answer={"spans": marks},
            source={"missing_info": lacking} if lacking else {},
        )
    ]
    if corrected := feedback.get("corrected-prediction"):
        labels.append(CanonicalLabel(annotator=annotator, kind="text", answer={"text": corrected}, dimension=CORRECTED))
    return CanonicalItem(
        messages=[],
        responses=[CanonicalResponse(messages=assistant(row[ANSWERS[0]]))],
        key=key_of(row.get("id"), "The id"),
        labels=labels,
    )


def _ranked(row: Row, annotator: str) -> CanonicalItem:
    """All four answers, and the order among them where the six comparisons agree on one."""
    missing(row, *ANSWERS, "preference")
    said = _list(row["preference"], "preference")
    if len(said) != len(PAIRS):
        raise Refused(f"The field preference has {len(said)} entries, and there are {len(PAIRS)} pairs.")
    choices = [whole(one, f"Preference {at}", 0, 2) for at, one in enumerate(said, start=1)]
    ranks = _ranks(choices)
    key = key_of(row.get("id"), "The id")
    return CanonicalItem(
        messages=[],
        responses=[CanonicalResponse(messages=assistant(row[name])) for name in ANSWERS],
        key=f"{key} ranking" if key else None,
        source={"preference": choices} if ranks is None else {},
        tags=[NO_ORDER] if ranks is None else [],
        labels=[] if ranks is None else by_rank(annotator, ranks),
    )


def _ranks(choices: list[int]) -> list[int] | None:
    """A rank for each answer, the lowest best, which say what all of these choices say; None where no ranks do."""
    ranks = [0] * len(ANSWERS)
    for (one, two), choice in zip(PAIRS, choices, strict=True):
        if choice:
            winner, loser = (one, two) if choice == 1 else (two, one)
            ranks[winner] -= 1
            ranks[loser] += 1
    said = [_better(ranks[one], ranks[two]) for one, two in PAIRS]
    return ranks if said == choices else None


def _better(one: int, two: int) -> int:
    """Which of two ranks is the better one, in the words of the file."""
    return 0 if one == two else 1 if one < two else 2


def _prompt(row: Row) -> Any:
    """The question and below it the passages that answers were to be drawn from, under their numbers and titles."""
    if not _is_text(row["question"]):
        return row["question"]
    passages = _list(row.get("passages") or [], "passages")
    return "\n\n".join([row["question"], *map(_passage, range(len(passages)), passages)])


def _passage(index: int, passage: Any) -> str:
    if not isinstance(passage, list) or not passage or not all(_is_text(one) for one in passage):
        raise Refused(f"Passage {index + 1} is not a list of texts: a title, then its sentences.")
    title, *sentences = passage
    return f"[{index + 1}] {title}\n{' '.join(sentences)}"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _list(value: Any, name: str) -> list[Any]:
    found = opened(value)
    if not isinstance(found, list):
        raise Refused(f"The field {name} is {describe(found)}, not a list.")
    return found


READERS = {"spans": _marked, "ranking": _ranked}


def sniff(columns: Mapping[str, object]) -> Fit:
    if "question" in columns and ANSWERS[0] in columns and ("feedback" in columns or "preference" in columns):
        return Fit(1.0, "it has question, prediction 1 and what people said of it")
    return NO_FIT


ADAPTER = Adapter(
    name="fine_grained_rlhf",
    title="Fine-Grained RLHF",
    example=(
        '{"question": "Which fruits are red?", "passages": [["Fruit", "Apples can be red.", "Stones are no fruit."]], '
        '"gold": "Apples.", "prediction 1": "Apples and stones.", "prediction 2": "Apples.", '
        '"prediction 3": "Stones.", "prediction 4": "None.", "feedback": {"errors": [{"error type": "Wrong-Grounding", '
        '"start": 11, "end": 17, "explanation": ""}], "missing-info": [], "corrected-prediction": "Apples."}, '
        '"preference": [2, 1, 1, 1, 1, 0]}'
    ),
    sniff=sniff,
    converter=converter,
    form=(
        spans_question(),
        {
            "key": CORRECTED,
            "kind": "text",
            "title": "How should it read?",
            "is_required": False,
            "settings": {"max_length": 20_000, "rows": 4},
        },
    ),
)
