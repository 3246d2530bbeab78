"""Nectar: a transcript that ends where the assistant should speak, and answers with ranks, 1 being the best."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import list_of, missing, rest_of, text_of, whole_number
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.hh_rlhf import is_transcript, parse_transcript
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.ranks import FORM, by_rank
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe, letter

COLUMNS = frozenset({"prompt", "answers"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get. Answers with the same rank share a place."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "nectar")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt", "answers")
        answers = [_object(value, index) for index, value in enumerate(list_of(row, "answers"))]
        ranks = [whole_number(answer["rank"], f"rank of answer {letter(n)}") for n, answer in enumerate(answers)]
        return CanonicalItem(
            messages=_prompt(row["prompt"]),
            responses=[
                CanonicalResponse(messages=assistant(answer["answer"]), model=text_of(answer, "model"))
                for answer in answers
            ],
            source=rest_of(row, COLUMNS),
            labels=by_rank(annotator, ranks),
        )

    return convert


def _object(value: Any, index: int) -> Row:
    if not isinstance(value, dict):
        raise Refused(f"Answer {letter(index)} is {describe(value)}, not an object.")
    for name in ("answer", "rank"):
        if name not in value:
            raise Refused(f"Answer {letter(index)} has no {name}.")
    return value


def _prompt(prompt: Any) -> list[Message]:
    """The turns of the transcript without the empty one that it ends with; other texts are a turn of the user's."""
    if not is_transcript(prompt):
        return user(prompt)
    turns = parse_transcript(prompt, "prompt")
    if turns[-1]["role"] == "assistant" and not turns[-1]["content"].strip():
        turns.pop()
    return turns


def sniff(columns: Mapping[str, object]) -> Fit:
    answers = columns.get("answers")
    first = answers[0] if isinstance(answers, list) and answers else None
    if "prompt" in columns and isinstance(first, dict) and {"answer", "rank"} <= first.keys():
        return Fit(1.0, "it has prompt, and a list of answers with a rank each")
    return NO_FIT


ADAPTER = Adapter(
    name="nectar",
    title="Nectar rankings",
    example=(
        '{"prompt": "\\n\\nHuman: Name a fruit.\\n\\nAssistant: ", "answers": [{"answer": "An apple.", "model": "m1", '
        '"rank": 1.0}, {"answer": "A stone.", "model": "m2", "rank": 2.0}], "turns": 1, "num_responses": 2, '
        '"source": ["anthropic-hh"], "good_natured": true}'
    ),
    sniff=sniff,
    converter=converter,
    form=FORM,
)
