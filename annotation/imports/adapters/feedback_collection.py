"""Feedback Collection (Prometheus): one response, a criterion with five described levels, feedback and a score."""

import re
from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import missing, rest_of, text_of, whole_number
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.criteria import OWN_CRITERIA
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused

LEVELS = range(1, 6)
CRITERION = "score"
DESCRIPTIONS = tuple(f"orig_score{level}_description" for level in LEVELS)
NEEDED = ("orig_instruction", "orig_response", "orig_criteria", *DESCRIPTIONS)
COLUMNS = frozenset({"instruction", "output", "orig_feedback", "orig_score", *NEEDED})
"""`instruction` is the judge's whole prompt, put together of the others."""

_result = re.compile(r"\[RESULT\]")


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get.

    The criterion is the item's own rubric, under the key `score`. The reference answer is kept as source.
    """
    only(options, "annotator")
    annotator = text_option(options, "annotator", "feedback-collection")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *NEEDED)
        return CanonicalItem(
            messages=user(row["orig_instruction"]),
            responses=[CanonicalResponse(messages=assistant(row["orig_response"]))],
            rubric=[_criterion(row)],
            source=rest_of(row, COLUMNS),
            labels=_labels(row, annotator),
        )

    return convert


def _criterion(row: Row) -> dict[str, Any]:
    title, *anchors = (_words(row, name) for name in ("orig_criteria", *DESCRIPTIONS))
    return {"key": CRITERION, "title": title, "scale": len(LEVELS), "anchors": anchors}


def _words(row: Row, name: str) -> str:
    words = (text_of(row, name) or "").strip()
    if not words:
        raise Refused(f"The {name} is empty.")
    return words


def _labels(row: Row, annotator: str) -> list[CanonicalLabel]:
    score = _score(row)
    if score is None:
        return []
    answer = {"verdicts": {CRITERION: [{"value": score}]}}
    feedback = text_of(row, "orig_feedback")
    return [CanonicalLabel(annotator=annotator, kind="rubric", answer=answer, rationale=feedback)]


def _score(row: Row) -> int | None:
    """The score, which `orig_score` says and the end of `output`; None where neither does."""
    said = {}
    if row.get("orig_score") not in (None, ""):
        said["orig_score"] = row["orig_score"]
    output = text_of(row, "output")
    if output and _result.search(output):
        said["score after the last [RESULT]"] = _result.split(output)[-1].strip()
    found = {name: whole_number(value, name) for name, value in said.items()}
    for name, score in found.items():
        if score not in LEVELS:
            raise Refused(f"The {name} is {score}; 1 to 5 are known.")
    if len(set(found.values())) > 1:
        raise Refused("The orig_score and the score after the last [RESULT] are not the same.")
    return next(iter(found.values()), None)


def sniff(columns: Mapping[str, object]) -> Fit:
    if all(isinstance(columns.get(name), str) for name in NEEDED):
        return Fit(1.0, "it has orig_response, orig_criteria and a description of five scores")
    return NO_FIT


ADAPTER = Adapter(
    name="feedback_collection",
    title="Feedback Collection (Prometheus)",
    example=(
        '{"orig_instruction": "Name a fruit.", "orig_response": "An apple.", "orig_reference_answer": "A pear.", '
        '"orig_criteria": "Does the response name a fruit?", "orig_score1_description": "No plant.", '
        '"orig_score2_description": "A plant.", "orig_score3_description": "A part of a plant.", '
        '"orig_score4_description": "A fruit.", "orig_score5_description": "A fruit, in a sentence.", '
        '"orig_feedback": "It is a fruit.", "orig_score": "4", "output": "It is a fruit. [RESULT] 4"}'
    ),
    sniff=sniff,
    converter=converter,
    form=(OWN_CRITERIA,),
)
