"""PRM800K: a tree of candidate steps, of which a labeler rated some and followed one at a time.

The path that was followed is the response. Where it ends at candidates of which none was followed, the step that the
model had written beforehand (or the only candidate) ends it, and the rest of that solution follows without labels.
All other candidates are alternatives to the step at their place; what they were rated stands in the label's source,
in the order of the alternatives, because an alternative itself has no label. A labeler could write a good step where
every candidate was rated wrong: it is part of the path then, and good.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters import prm800k_tree as tree
from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.stepped import about_steps, in_steps, steps_question
from annotation.imports.adapters.turns import user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, Refused
from annotation.imports.canonical.label_checks import LONGEST_DAY
from annotation.imports.canonical.wording import describe

NESTED = ("question", "label")
COLUMNS = frozenset({*NESTED, "labeler"})
OF_QUESTION = frozenset({"problem", "ground_truth_answer", "pre_generated_steps"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, one name for all labelers in place of their own."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *NESTED)
        question, label = (_object(row, name) for name in NESTED)
        missing(question, "problem")
        path = tree.followed(tree.steps_of(label), question.get("pre_generated_steps"))
        return CanonicalItem(
            messages=user(question["problem"]),
            responses=[in_steps(path.texts)],
            key=_key(row),
            source=_source(row, question, path),
            labels=[_label(annotator or row.get("labeler") or "prm800k", path, label)],
        )

    return convert


def _label(annotator: Any, path: tree.Path, label: dict[str, Any]) -> CanonicalLabel:
    source = {
        "alternative_ratings": {step: [one.rating for one in found] for step, found in path.others.items()},
        "flagged": path.flagged,
        "written_by_labeler": path.written,
        "not_followed": path.not_followed,
        "finish_reason": label.get("finish_reason"),
    }
    return about_steps(
        annotator,
        path.labels,
        {"alternatives": {step: [one.text for one in found] for step, found in path.others.items()}},
        seconds=_seconds(label.get("total_time")),
        source={name: value for name, value in source.items() if value},
    )


def _seconds(milliseconds: Any) -> float | None:
    """None too where a page was left open for more than a day, which says nothing about the work."""
    if milliseconds is None:
        return None
    if type(milliseconds) not in (int, float):
        raise Refused(f"The total_time is {describe(milliseconds)}, not a number of milliseconds.")
    seconds = float(milliseconds) / 1000
    return seconds if 0 <= seconds <= LONGEST_DAY else None


def _key(row: Row) -> str | None:
    """Who rated it when. Solutions for quality control were rated by many, and each of their rows is kept."""
    labeler, at = key_of(row.get("labeler"), "The labeler"), key_of(row.get("timestamp"), "The timestamp")
    return f"{labeler} {at}" if labeler and at else None


def _source(row: Row, question: dict[str, Any], path: tree.Path) -> dict[str, Any]:
    """The answer that is known to be right stands under `reference`, where those who label find it."""
    found = rest_of(row, COLUMNS) | rest_of(question, OF_QUESTION)
    if question.get("ground_truth_answer") is not None:
        found["reference"] = question["ground_truth_answer"]
    before = question.get("pre_generated_steps")
    return found if before is None or before == path.texts else found | {"pre_generated_steps": before}


def _object(row: Row, name: str) -> dict[str, Any]:
    value = opened(row[name], "{")
    if not isinstance(value, dict):
        raise Refused(f"The field {name} is {describe(value)}, not an object.")
    return value


def sniff(columns: Mapping[str, object]) -> Fit:
    question, label = (opened(columns.get(name), "{") for name in NESTED)
    if isinstance(question, dict) and "problem" in question and isinstance(label, dict) and "steps" in label:
        return Fit(1.0, "question holds a problem and label holds steps with their completions")
    return NO_FIT


ADAPTER = Adapter(
    name="prm800k",
    title="PRM800K",
    example=(
        '{"labeler": "l1", "generation": null, "question": {"problem": "What is 2 + 3 + 4?", '
        '"ground_truth_answer": "9"}, "label": {"steps": [{"completions": [{"text": "2 + 3 is 5.", "rating": 1}], '
        '"human_completion": null, "chosen_completion": 0}, {"completions": [{"text": "5 + 4 is 8.", "rating": -1}, '
        '{"text": "5 + 4 is 9.", "rating": 1}], "human_completion": null, "chosen_completion": 1}], '
        '"total_time": 12000, "finish_reason": "solution"}}'
    ),
    sniff=sniff,
    converter=converter,
    form=(steps_question(alternatives=True),),
)
