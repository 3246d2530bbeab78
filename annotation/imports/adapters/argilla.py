"""Argilla 2 records, as `records.to_json()` nests them and as `records.to_datasets()` flattens them.

Records do not say what a question is: a text may be a label or words, and a number may be a rating or, where `datasets`
wrote the file, the number of a label. Neither do they say which field a question is about. What the values themselves
do not tell, the option `questions` says; nothing is guessed that could make another label of it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.exported import questions as asked
from annotation.imports.adapters.exported.fields import Named, guessed, named_option, shown_in, spread, text_in, within
from annotation.imports.adapters.exported.offsets import located, unit_option
from annotation.imports.adapters.exported.questions import Question, named_like, questions_option
from annotation.imports.adapters.options import flag_option, only
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, Refused
from annotation.imports.canonical.wording import describe, listing, quoted

OWN = frozenset({"id", "_server_id", "status", "inserted_at", "updated_at", "fields", "metadata", "vectors"})
RESPONSES, USERS, STATUS = ".responses", ".responses.users", ".responses.status"
SUGGESTION, AGENT, SCORE = ".suggestion", ".suggestion.agent", ".suggestion.score"
LEFT_OUT = ("draft", "discarded")
UNSAID = (None, "")
"""What stands where nobody answered; a text that was left empty is no answer."""


class Told(NamedTuple):
    """What somebody answered to a question."""

    question: str
    value: Any
    who: Any
    source: dict[str, Any]


class Record(NamedTuple):
    """A record of either layout. Numbers of a flat one may stand for labels."""

    fields: dict[str, Any]
    source: dict[str, Any]
    told: list[Told]
    is_flat: bool


class Meanings(NamedTuple):
    """The options, checked once."""

    named: Named | None
    questions: dict[str, Question]
    unit: str
    takes_suggestions: bool


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `prompt` and `responses`, the names of fields; `questions`, what a question means (`key`, `kind`,
    `about`, `values`); `offsets`, what spans count in; `suggestions`, false to leave those out.
    """
    only(options, "prompt", "responses", "questions", "offsets", "suggestions")
    takes = flag_option(options, "suggestions") if "suggestions" in options else True
    meanings = Meanings(named_option(options), questions_option(options), unit_option(options), takes)

    def convert(row: Row) -> CanonicalItem:
        record = _nested(row) if "fields" in row else _flat(row)
        given = meanings.named or guessed(record.fields)
        fields, named = spread(record.fields, given)
        record = record._replace(fields=fields)
        messages, responses = shown_in(fields, named)
        others = {name: value for name, value in fields.items() if name not in {named.prompt, *named.responses}}
        return CanonicalItem(
            messages=messages,
            responses=responses,
            key=key_of(row.get("id"), "The id"),
            source={name: value for name, value in {"fields": others, **record.source}.items() if value},
            labels=[
                _label(told, record, named, meanings)
                for told in record.told
                if meanings.takes_suggestions or "suggestion" not in told.source
            ],
        )

    return convert


def _nested(row: Row) -> Record:
    fields, responses, suggestions, metadata = (
        _object(row, name) for name in ("fields", "responses", "suggestions", "metadata")
    )
    told: list[Told] = []
    for name, given in responses.items():
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise Refused(f"The responses to {quoted(name)} are not a list of objects.")
        told += _responses(name, given)
    for name, one in suggestions.items():
        if not isinstance(one, dict):
            raise Refused(f"The suggestion for {quoted(name)} is {describe(one)}, not an object.")
        if "value" not in one:
            raise Refused(f"The suggestion for {quoted(name)} has no value.")
        told += _suggested(name, one["value"], one.get("agent"), one.get("score"))
    kept = {name: row.get(name) for name in ("status",) if row.get(name)}
    return Record(fields, {"metadata": metadata, **kept}, told, is_flat=False)


def _responses(name: str, given: list[dict[str, Any]]) -> Iterator[Told]:
    for one in given:
        if "value" not in one:
            raise Refused(f"A response to {quoted(name)} has no value.")
        if one["value"] not in UNSAID and one.get("status") not in LEFT_OUT:
            yield Told(name, one["value"], _user(one.get("user_id"), name), {})


def _user(said: Any, question: str) -> str:
    if not isinstance(said, str) or not said.strip():
        raise Refused(f"The user_id of a response to {quoted(question)} is {_shown(said)}; it must name somebody.")
    return said


def _shown(said: Any) -> str:
    return quoted(said) if isinstance(said, str) else describe(said)


def _object(row: Row, name: str) -> dict[str, Any]:
    value = opened(row.get(name), "{")
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise Refused(f"The {name} are {describe(value)}, not an object.")
    return value


def _flat(row: Row) -> Record:
    """Fields and metadata stand beside each other here, so that what is not shown is kept as fields."""
    told: list[Told] = []
    used = {"id", "_server_id", "status"}
    for name in [name.removesuffix(RESPONSES) for name in row if name.endswith(RESPONSES)]:
        told += _flat_responses(row, name)
        used |= {name + end for end in (RESPONSES, USERS, STATUS)}
    for name in [name.removesuffix(SUGGESTION) for name in row if name.endswith(SUGGESTION)]:
        told += _suggested(name, row[name + SUGGESTION], row.get(name + AGENT), row.get(name + SCORE))
        used |= {name + end for end in (SUGGESTION, AGENT, SCORE)}
    fields = {name: value for name, value in row.items() if name not in used and value is not None}
    vectors = [name for name, value in fields.items() if _is_vector(value)]
    fields = {name: value for name, value in fields.items() if name not in vectors}
    return Record(fields, {"status": row.get("status")}, told, is_flat=True)


def _flat_responses(row: Row, name: str) -> Iterator[Told]:
    """One answer for each user; the lists beside each other are of one length."""
    values, users, states = (row.get(name + end) or [] for end in (RESPONSES, USERS, STATUS))
    if not all(isinstance(one, list) for one in (values, users, states)):
        raise Refused(f"The responses to {quoted(name)} are not lists.")
    if len(users) != len(values) or (states and len(states) != len(values)):
        raise Refused(
            f"The responses to {quoted(name)} are {len(values)}, of {len(users)} users and with {len(states)} states."
        )
    for value, user, state in zip(values, users, states or [None] * len(values), strict=True):
        if value not in UNSAID and state not in LEFT_OUT:
            yield Told(name, value, _user(user, name), {})


def _suggested(name: str, value: Any, agent: Any, score: Any) -> list[Told]:
    if value in UNSAID:
        return []
    said = {"suggestion": True, **({"score": score} if score is not None else {})}
    who = key_of(agent, f"The agent of the suggestion for {quoted(name)}")
    return [Told(name, value, f"suggestion:{who}" if who else "suggestion", said)]


def _is_vector(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(one) in (int, float) for one in value)


def _label(told: Told, record: Record, named: Named, meanings: Meanings) -> CanonicalLabel:
    question = meanings.questions.get(told.question) or named_like(told.question)
    kind = question.kind or _kind_of(told, record)
    place, about = _about(question, record, named)
    count = len(named.responses)
    answer: dict[str, Any]
    if kind == "choice":
        answer = asked.choice(question, told.value if isinstance(told.value, list) else [told.value], place, count)
    elif kind == "rating":
        answer = asked.rating(question, told.value, place, count)
    elif kind == "ranking":
        answer = asked.ranking(question, _ranks(told), named)
    elif kind == "preference":
        answer = asked.preference(question, told.value, named)
    elif kind == "spans":
        text = _marked(question, place, about, record)
        answer = {"spans": [_span(one, question, text, meanings.unit) | {"response": place} for one in _objects(told)]}
    else:
        answer = asked.text(question, told.value)
    return CanonicalLabel(annotator=told.who, kind=kind, answer=answer, dimension=question.key, source=told.source)


def _kind_of(told: Told, record: Record) -> str:
    """What the value tells by itself."""
    value = told.value
    if isinstance(value, str):
        return "text"
    if type(value) in (int, float) and not record.is_flat:
        return "rating"
    if isinstance(value, list) and value:
        if all(isinstance(one, str) for one in value):
            return "choice"
        if all(isinstance(one, dict) and "start" in one for one in value):
            return "spans"
        if all(isinstance(one, dict) and "rank" in one for one in value):
            return "ranking"
    raise Refused(f"What is {describe(value)} in answer to {quoted(told.question)}? Say its kind in questions.")


def _about(question: Question, record: Record, named: Named) -> tuple[int | None, str]:
    """The response that a question is about (None: the item), and its field, as the options or its name say."""
    field = question.about or within(question.name, [*named.responses, named.prompt]) or ""
    if question.about and question.about not in record.fields:
        raise Refused(f"The question {quoted(question.name)} is about {quoted(question.about)}, which is no field.")
    return named.place(field), field


def _objects(told: Told) -> list[dict[str, Any]]:
    if not isinstance(told.value, list) or not all(isinstance(one, dict) for one in told.value):
        raise Refused(f"The answer to {quoted(told.question)} is not a list of objects.")
    return told.value


def _ranks(told: Told) -> list[tuple[Any, Any]]:
    return [(one.get("value"), one.get("rank")) for one in _objects(told)]


def _marked(question: Question, place: int | None, about: str, record: Record) -> str:
    """The text that the marks of a question lie in."""
    if place is None:
        raise Refused(f"Which response does {quoted(question.name)} mark? Say it in questions, as about.")
    return text_in(record.fields, about)


def _span(one: dict[str, Any], question: Question, text: str, unit: str) -> dict[str, Any]:
    name = f"A mark of {quoted(question.name)}"
    if type(one.get("start")) is not int or type(one.get("end")) is not int:
        raise Refused(f"{name} has no whole numbers as start and end.")
    start, end = located(text, (one["start"], one["end"]), words=None, unit=unit, name=name)
    return {"start": start, "end": end, "type": asked.span_type(question, one.get("label"))}


def sniff(columns: Mapping[str, object]) -> Fit:
    nested = [opened(columns.get(name), "{") for name in ("fields", "responses")]
    if all(isinstance(value, dict) for value in nested) and "suggestions" in columns:
        return Fit(1.0, "it has fields, responses and suggestions, as records of Argilla have")
    flat = [name.removesuffix(USERS) for name in columns if name.endswith(USERS)]
    if any(name + RESPONSES in columns for name in flat):
        return Fit(1.0, f"it has the columns {listing([flat[0] + RESPONSES, flat[0] + USERS])}, as Argilla's have")
    return NO_FIT


ADAPTER = Adapter(
    name="argilla",
    title="Argilla records",
    example=(
        '{"id": "r1", "fields": {"prompt": "Name a fruit.", "response_1": "An apple.", "response_2": "A stone."}, '
        '"metadata": {"source": "ours"}, "suggestions": {"rating": {"value": 4, "score": 0.8, "agent": "m1"}}, '
        '"responses": {"ranking": [{"value": [{"value": "response_1", "rank": 1}, {"value": "response_2", "rank": 2}], '
        '"user_id": "u1"}], "comment": [{"value": "A stone is no fruit.", "user_id": "u1"}]}, "vectors": {}}'
    ),
    sniff=sniff,
    converter=converter,
    form=(
        {"key": "ranking", "kind": "ranking", "title": "Which is best? Order them."},
        {"key": "rating", "kind": "rating", "title": "How good is it?", "is_required": False},
        {"key": "comment", "kind": "text", "title": "Anything else?", "is_required": False},
    ),
)
