"""Label Studio tasks as its JSON export writes them: the data of a task, its annotations and its predictions.

A result names the control that made it (`from_name`) and the object that it is about (`to_name`), but not which part
of the data that object shows. Where the object has the field's own name that is plain; else the option `objects` says
it. Only the two sides of a comparison are also known by the number or letter that their names end in.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing
from annotation.imports.adapters.contract import NO_FIT, Adapter, BadOptions, Convert, Fit, Row
from annotation.imports.adapters.exported.fields import guessed, named_option, shown_in, spread
from annotation.imports.adapters.exported.offsets import unit_option
from annotation.imports.adapters.exported.questions import questions_option
from annotation.imports.adapters.exported.results import Task, labels_of
from annotation.imports.adapters.numbers import flag
from annotation.imports.adapters.options import flag_option, only
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, Refused
from annotation.imports.canonical.label_checks import LONGEST_DAY
from annotation.imports.canonical.wording import describe

MOST_ANNOTATIONS = 200


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `prompt` and `responses`, the names of fields in `data` (or of one that holds a list); `objects`, from
    the name of an object to the field that it shows; `questions`, what a control means (`key`, `values`); `offsets`,
    what spans count in; `predictions`, false to leave those out.
    """
    only(options, "prompt", "responses", "objects", "questions", "offsets", "predictions")
    named, objects = named_option(options), _objects_option(options)
    questions, unit = questions_option(options), unit_option(options)
    takes_predictions = flag_option(options, "predictions") if "predictions" in options else True

    def convert(row: Row) -> CanonicalItem:
        missing(row, "data")
        data = opened(row["data"], "{")
        if not isinstance(data, dict):
            raise Refused(f"The data is {describe(data)}, not an object.")
        given = named or guessed(data)
        fields, spelled = spread(data, given)
        messages, responses = shown_in(fields, spelled)
        task = Task(fields, spelled, objects, questions, unit)
        used = {given.prompt, given.listed, *given.responses}
        return CanonicalItem(
            messages=messages,
            responses=responses,
            key=key_of(row.get("id"), "The id"),
            source={name: value for name, value in data.items() if name not in used and value is not None},
            labels=[*_annotated(row, task), *(_predicted(row, task) if takes_predictions else ())],
        )

    return convert


def _objects_option(options: Mapping[str, Any]) -> dict[str, str]:
    objects = options.get("objects")
    if objects is None:
        return {}
    if not isinstance(objects, Mapping) or not all(isinstance(field, str) for field in objects.values()):
        raise BadOptions("The option objects is not an object of names and fields.")
    return dict(objects)


def _annotated(row: Row, task: Task) -> Iterator[CanonicalLabel]:
    """The newest annotation of each annotator, those left out that were cancelled."""
    newest: dict[str, dict[str, Any]] = {}
    for one in _entries(row, "annotations"):
        if not isinstance(one, dict):
            raise Refused(f"An annotation is {describe(one)}, not an object.")
        if _said(one, "was_cancelled"):
            continue
        who = _annotator(one.get("completed_by"))
        if who not in newest or _when(one) >= _when(newest[who]):
            newest[who] = one
    for who, one in newest.items():
        source = {"ground_truth": True} if _said(one, "ground_truth") else {}
        yield from labels_of(
            one.get("result"), task, "an annotation", annotator=who, source=source, seconds=_seconds(one)
        )


def _said(annotation: Mapping[str, Any], name: str) -> bool:
    """Whether an annotation says so; one that leaves it out does not."""
    value = annotation.get(name)
    return value is not None and flag(value, f"The {name} of an annotation")


def _seconds(annotation: Mapping[str, Any]) -> float | None:
    """The lead time, unless the page stayed open for more than a day."""
    seconds = annotation.get("lead_time")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return seconds if 0 <= seconds <= LONGEST_DAY else None


def _predicted(row: Row, task: Task) -> Iterator[CanonicalLabel]:
    """What models foretold, by the name of their version. An export may hold numbers of predictions alone."""
    for one in _entries(row, "predictions"):
        if isinstance(one, int):
            continue
        if not isinstance(one, dict):
            raise Refused(f"A prediction is {describe(one)}, not an object.")
        version = key_of(one.get("model_version"), "The model_version")
        source = {"prediction": True, **({"score": one["score"]} if one.get("score") is not None else {})}
        who = f"prediction:{version}" if version else "prediction"
        yield from labels_of(one.get("result"), task, "a prediction", annotator=who, source=source)


def _entries(row: Row, name: str) -> list[Any]:
    value = opened(row.get(name))
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise Refused(f"The {name} are {describe(value)}, not a list.")
    if len(value) > MOST_ANNOTATIONS:
        raise Refused(f"There are {len(value)} {name}; {MOST_ANNOTATIONS} is the limit.")
    return value


def _annotator(completed_by: Any) -> str:
    """The number of the account rather than its address, where the export tells both."""
    said = completed_by.get("id", completed_by.get("email")) if isinstance(completed_by, dict) else completed_by
    name = key_of(said, "The completed_by")
    if name is None or not name.strip():
        raise Refused("The completed_by of an annotation names nobody.")
    return f"label-studio:{name}"


def _when(annotation: Mapping[str, Any]) -> str:
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")


def sniff(columns: Mapping[str, object]) -> Fit:
    lists = any(isinstance(opened(columns.get(name)), list) for name in ("annotations", "predictions"))
    if isinstance(opened(columns.get("data"), "{"), dict) and lists:
        return Fit(1.0, "it has data with annotations or predictions beside it, as tasks of Label Studio have")
    return NO_FIT


ADAPTER = Adapter(
    name="label_studio",
    title="Label Studio tasks",
    example=(
        '{"id": 7, "data": {"prompt": "Name a fruit.", "response_1": "An apple.", "response_2": "A stone."}, '
        '"annotations": [{"id": 1, "completed_by": 3, "was_cancelled": false, "ground_truth": false, "lead_time": 8.5, '
        '"result": [{"id": "x1", "type": "pairwise", "from_name": "preference", "to_name": "txt-1,txt-2", '
        '"value": {"selected": "left"}}, {"id": "x2", "type": "textarea", "from_name": "comment", "to_name": "txt-2", '
        '"value": {"text": ["A stone is no fruit."]}}]}], "predictions": []}'
    ),
    sniff=sniff,
    converter=converter,
    form=(
        {"key": "preference", "kind": "preference", "title": "Which response is better?"},
        {"key": "comment", "kind": "text", "title": "Anything else?", "is_required": False},
    ),
)
