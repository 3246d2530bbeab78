"""The results of one Label Studio annotation as labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.imports.adapters.columns import key_of
from annotation.imports.adapters.exported import questions as asked
from annotation.imports.adapters.exported.fields import Named, alike, text_in
from annotation.imports.adapters.exported.offsets import located
from annotation.imports.adapters.exported.questions import Answer, Question, named_like
from annotation.imports.canonical import CanonicalLabel, Refused
from annotation.imports.canonical.wording import describe, letter, quoted

READ = {
    "choices": "choice",
    "labels": "spans",
    "pairwise": "preference",
    "ranker": "ranking",
    "rating": "rating",
    "textarea": "text",
}
"""The types of results that are read, and the kind of label that each becomes."""
SIDES = ("left", "right")
UNSORTED = "_"


@dataclass(frozen=True, slots=True)
class Task:
    """What results are about: the task's data with the names in it, and what the options say of its controls."""

    fields: Mapping[str, Any]
    named: Named
    objects: Mapping[str, str]
    questions: Mapping[str, Question]
    unit: str

    def question(self, control: str) -> Question:
        return self.questions.get(control) or named_like(control, "The from_name of a result")

    def field(self, name: str) -> str | None:
        """The field that an object of this name shows, by the options or because it is the name of one."""
        field = self.objects.get(name, name)
        return field if field in self.fields else None


@dataclass(frozen=True, slots=True)
class Result:
    """One entry of an annotation's result."""

    region: str | None
    kind: str
    control: str
    about: str
    value: dict[str, Any]


def labels_of(results: Any, task: Task, of: str, **circumstances: Any) -> list[CanonicalLabel]:
    """One label for each control of what is called `of`. `circumstances` are the annotator, source and seconds."""
    if not isinstance(results, list):
        raise Refused(f"The result of {of} is {describe(results)}, not a list.")
    read = [_result(one, number) for number, one in enumerate(results, 1)]
    marks, notes = _marks(read, task)
    told = [one for one in read if one.kind != "labels" and one not in notes and not _is_silent(one)]
    answers = [(one.control, _kind(one), _answer(one, task)) for one in told]
    answers += [(control, "spans", {"spans": spans}) for control, spans in marks.items()]
    return [
        CanonicalLabel(kind=kind, answer=answer, dimension=task.question(control).key, **circumstances)
        for control, kind, answer in answers
    ]


def _result(one: Any, number: int) -> Result:
    if not isinstance(one, dict):
        raise Refused(f"Result {number} is {describe(one)}, not an object.")
    kind, value = one.get("type"), one.get("value")
    if not isinstance(kind, str) or kind not in READ:
        raise Refused(f"Result {number} has the type {quoted(kind)}; {', '.join(READ)} are read.")
    if not isinstance(value, dict):
        raise Refused(f"The value of result {number} is {describe(value)}, not an object.")
    for name in ("from_name", "to_name"):
        if not isinstance(one.get(name), str):
            raise Refused(f"The {name} of result {number} is {describe(one.get(name))}, not text.")
    return Result(key_of(one.get("id"), f"The id of result {number}"), kind, one["from_name"], one["to_name"], value)


def _kind(result: Result) -> str:
    """Buckets that are no order are choices about each item."""
    return "choice" if result.kind == "ranker" and _order(result) is None else READ[result.kind]


def _marks(read: Sequence[Result], task: Task) -> tuple[dict[str, list[dict[str, Any]]], list[Result]]:
    """The spans of each control, and the texts that are notes on one of them."""
    marks: dict[str, list[dict[str, Any]]] = {}
    regions: dict[str | None, list[dict[str, Any]]] = {}
    for result in read:
        if result.kind == "labels":
            spans = _spans(result, task)
            marks.setdefault(result.control, []).extend(spans)
            regions[result.region] = spans
    notes = [one for one in read if one.kind != "labels" and one.region is not None and one.region in regions]
    for note in notes:
        if note.kind != "textarea":
            raise Refused(f"{quoted(note.control)} judges a single mark, which is not read.")
        for span in regions[note.region]:
            span["note"] = _words(note)
    return marks, notes


def _spans(result: Result, task: Task) -> list[dict[str, Any]]:
    """One for each label of the marked region."""
    question, value = task.question(result.control), result.value
    name = f"A mark of {quoted(result.control)}"
    if type(value.get("start")) is not int or type(value.get("end")) is not int:
        raise Refused(f"{name} does not say where it lies in a plain text.")
    labels, words = value.get("labels"), value.get("text")
    if not isinstance(labels, list) or not labels:
        raise Refused(f"{name} has no label.")
    place = _place(result, task)
    if place is None:
        raise Refused(f"{name} lies in the prompt; marks are read in responses alone.")
    text = text_in(task.fields, task.named.responses[place])
    where = (value["start"], value["end"])
    start, end = located(text, where, words=words if isinstance(words, str) else None, unit=task.unit, name=name)
    return [
        {"response": place, "start": start, "end": end, "type": asked.span_type(question, label)} for label in labels
    ]


def _answer(result: Result, task: Task) -> Answer:
    question, value, count = task.question(result.control), result.value, len(task.named.responses)
    if result.kind == "pairwise":
        return _winner(result, question, task)
    if result.kind == "ranker":
        return _ranked(result, question, task)
    if result.kind == "textarea":
        return {"text": _words(result)}
    place = _place(result, task)
    if result.kind == "rating":
        return asked.rating(question, value.get("rating"), place, count)
    chosen = value.get("choices")
    if not isinstance(chosen, list) or not chosen:
        raise Refused(f"The choices of {quoted(result.control)} are {describe(chosen)}, not a list of some.")
    return asked.choice(question, chosen, place, count)


def _is_silent(result: Result) -> bool:
    """A field for words that was left empty."""
    return result.kind == "textarea" and not _words(result)


def _words(result: Result) -> str:
    said = result.value.get("text")
    lines: list[Any] = said if isinstance(said, list) else [said]
    if not all(isinstance(line, str) for line in lines):
        raise Refused(f"The text of {quoted(result.control)} is {describe(said)}, not text.")
    return "\n".join(lines)


def _place(result: Result, task: Task) -> int | None:
    """The response that a result is about; None for the prompt, and for several objects, which are the item."""
    if "," in result.about:
        return None
    field = task.field(result.about)
    if field is None or field not in (task.named.prompt, *task.named.responses):
        raise Refused(
            f"{quoted(result.control)} is about {quoted(result.about)}; say in objects which field that shows."
        )
    return task.named.place(field)


def _winner(result: Result, question: Question, task: Task) -> Answer:
    """Left and right are the two objects in the order of `to_name`."""
    selected = result.value.get("selected")
    if selected not in SIDES:
        raise Refused(f"The selected of {quoted(result.control)} is {quoted(selected)}; left and right are known.")
    names = result.about.split(",")
    fields = [task.field(name.strip()) or name.strip() for name in names]
    places = [alike(field, task.named.responses) for field in fields]
    if len(task.named.responses) != 2 or sorted(place for place in places if place is not None) != [0, 1]:
        raise Refused(
            f"{quoted(result.control)} compares {quoted(result.about)}; say in objects which fields these show."
        )
    return {"winner": letter(places[SIDES.index(selected)] or 0), "strength": None}


def _order(result: Result) -> list[Any] | None:
    """The ids of a ranker in order; None where they lie in buckets, in which order says nothing.

    A ranker without buckets writes them under its own name.
    """
    said = result.value.get("ranker")
    if isinstance(said, dict) and said.keys() == {result.control}:
        said = said[result.control]
    return said if isinstance(said, list) else None


def _ranked(result: Result, question: Question, task: Task) -> Answer:
    order = _order(result)
    if order is not None:
        places = [_item(one, result, task) for one in order]
        ranks = [(task.named.responses[place], rank) for rank, place in enumerate(places, 1)]
        return asked.ranking(question, ranks, task.named)
    buckets = result.value.get("ranker")
    if not isinstance(buckets, dict):
        raise Refused(f"The ranker of {quoted(result.control)} is {describe(buckets)}, neither a list nor buckets.")
    values: list[list[str] | None] = [None] * len(task.named.responses)
    for bucket, ids in buckets.items():
        if bucket == UNSORTED:
            continue
        if not isinstance(ids, list):
            raise Refused(f"The bucket {quoted(bucket)} of {quoted(result.control)} is {describe(ids)}, not a list.")
        for one in ids:
            (key,) = asked.choice(question, [bucket], None, 1)["values"]
            values[_item(one, result, task)] = [key]
    if not any(values):
        raise Refused(f"The ranker of {quoted(result.control)} sorts nothing.")
    return {"values": values}


def _item(said: Any, result: Result, task: Task) -> int:
    place = task.named.place(str(said))
    if place is None:
        raise Refused(f"{quoted(result.control)} ranks {quoted(said)}, which is no id of a response.")
    return place
