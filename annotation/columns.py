"""The step between an upload and its import: which column means what, as plain form fields and back."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.imports.adapters import ADAPTERS, BadOptions, Row, columns_of
from annotation.imports.adapters.mapping.votes import USUAL
from annotation.imports.canonical import CanonicalItem, Message, Refused, validate
from annotation.imports.canonical.answers import WINNERS

RESPONSES = 4  # columns of responses that the page offers; the API takes more
SINGLE = (
    ("key", "Id", "Comes back in exports. Without it the text itself is the id."),
    ("group", "Group", "Items of one group stay in one split, such as a prompt’s id."),
    ("context", "Context", "Is added below the prompt."),
    ("system", "System turn", "Stands above the prompt."),
    ("principle", "Principle", "What the preference is conditioned on."),
    ("language", "Language", ""),
    ("tags", "Tags", "To filter by."),
)
NO_LABEL = "none"
MOST_VALUES = 20
PREVIEWED = 5
LONGEST_CELL = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """A select over the columns of the file."""

    name: str
    label: str
    hint: str
    value: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value seen in the column of winners, and what it is taken to mean."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """One of the first rows as the item it would become, or why it would not."""

    number: int
    prompt: str = ""
    responses: tuple[str, ...] = ()
    label: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Everything the page of columns shows."""

    columns: list[tuple[str, str]]  # each with what stands in it in the first row that has something
    first_rows: list[list[str]]
    prompt: Choice
    responses: list[Choice]
    files: list[Choice]
    models: list[Choice]
    others: list[Choice]
    winner: Choice
    outcomes: list[Outcome]
    meanings: tuple[tuple[str, str], ...]
    votes: str  # the column of a list of votes, where one was found
    preview: list[Mapped]

    @property
    def knows_more(self) -> bool:
        """Whether any of the columns beside prompt, responses and labels is named."""
        return any(choice.value for choice in (*self.others, *self.models))

    @property
    def shows_files(self) -> bool:
        """Whether a column of files is named."""
        return any(choice.value for choice in self.files)


MEANINGS = (
    ("a", "the first response"),
    ("b", "the second response"),
    ("tie", "tie"),
    ("both_bad", "both bad"),
    ("unsure", "unsure"),
    (NO_LABEL, "no label"),
)


def read(post: Mapping[str, str], rows: Sequence[Row], suggested: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping that the fields describe, as the adapter takes it; what was left empty is left out.

    A value that is no column of the file counts as empty.
    """
    known = columns_of(rows)
    chosen = {name: value for name, value in post.items() if value in known}
    responses = [chosen.get(f"response.{place}", "") for place in range(RESPONSES)]
    files = [chosen.get(f"file.{place}", "") for place in range(RESPONSES)]
    there = [place for place, names in enumerate(zip(responses, files, strict=True)) if any(names)]
    options: dict[str, Any] = {"prompt": chosen.get("prompt", ""), "responses": [name for name in responses if name]}
    if any(files):
        options["response_files"] = [files[place] for place in there]
    if column := chosen.get("file.prompt"):
        options["prompt_files"] = [column]
    models = [chosen.get(f"model.{place}", "") for place in there]
    if models and all(models):
        options["models"] = models
    for name, _, _ in SINGLE:
        if column := chosen.get(name):
            options[name] = [column] if name == "tags" else column
    if post.get("votes") and "votes" in suggested:
        options["votes"] = suggested["votes"]
    if column := chosen.get("winner"):
        options["winner"] = {"column": column, "values": _meanings(post, rows, column)}
    return options


def step(rows: Sequence[Row], columns: list[str], options: Mapping[str, Any], suggested: Mapping[str, Any]) -> Step:
    """The fields as a mapping fills them, with the first rows as they would come in."""
    winner = options.get("winner") or {}
    named = list(options.get("responses") or []) if isinstance(options.get("responses"), list) else []
    asked, shown = options.get("prompt_files") or [""], list(options.get("response_files") or [])
    models = list(options.get("models") or [])
    tags = options.get("tags") or []
    single = {**options, "tags": tags[0] if tags else ""}
    return Step(
        columns=[(column, _sample(rows, column)) for column in columns],
        first_rows=[[_shown(row.get(column)) for column in columns] for row in rows[:PREVIEWED]],
        prompt=Choice("prompt", "Prompt", "", str(options.get("prompt") or ""), is_required=True),
        responses=[_response(place, named, is_required=place == 0 and not shown) for place in range(RESPONSES)],
        files=[
            Choice(
                "file.prompt", "Shown with what is asked", "Paths in the archive, or pictures in Parquet.", asked[0]
            ),
            *(_named(f"file.{place}", f"Shown by {'ABCD'[place]}", place, shown) for place in range(RESPONSES)),
        ],
        models=[_named(f"model.{place}", f"Model of {'ABCD'[place]}", place, models) for place in range(RESPONSES)],
        others=[Choice(name, label, hint, str(single.get(name) or "")) for name, label, hint in SINGLE],
        winner=Choice("winner", "Winner", "A label that is in the file already.", str(winner.get("column") or "")),
        outcomes=_outcomes(rows, winner),
        meanings=MEANINGS,
        votes=(suggested.get("votes") or {}).get("column", ""),
        preview=previewed(rows[:PREVIEWED], options),
    )


def previewed(rows: Sequence[Row], options: Mapping[str, Any]) -> list[Mapped]:
    """The first rows as items; nothing when the mapping does not hold together."""
    try:
        convert = ADAPTERS["mapping"].converter(options)
    except BadOptions:
        return []
    return [_mapped(number, _as_imported(row), convert) for number, row in enumerate(rows, 1)]


def _mapped(number: int, row: Row, convert: Callable[[Row], CanonicalItem]) -> Mapped:
    try:
        item = convert(row)
        validate(item)
    except Refused as refused:
        return Mapped(number, refused=refused.reason)
    return Mapped(
        number=number,
        prompt=_told(item.messages[-1]),
        responses=tuple(_told(one.messages[-1]) for one in item.responses),
        label=", ".join(f"{label.annotator}: {label.answer.get('winner')}" for label in item.labels[:3]),
    )


def _as_imported(row: Row) -> Row:
    """A row whose pictures stand for themselves: they are set aside only once they are imported."""
    return {name: _standing_in(value) for name, value in row.items()}


def _standing_in(value: Any) -> Any:
    if isinstance(value, list):
        return [_standing_in(one) for one in value]
    if isinstance(value, dict) and value.keys() == {"bytes", "path"}:
        return {"spilled": "0" * 64, "path": value["path"]}
    return value


def _told(turn: Message) -> str:
    """What a turn says, and what the files are called that it shows."""
    named = [ref.get("name") or ref.get("path") or "a file" for ref in turn.get("media", ())]
    return " · ".join(filter(None, [turn["content"], *named]))


def _response(place: int, named: Sequence[str], *, is_required: bool) -> Choice:
    value = named[place] if place < len(named) else ""
    return Choice(f"response.{place}", f"Response {'ABCD'[place]}", "", value, is_required=is_required)


def _named(name: str, label: str, place: int, columns: Sequence[str]) -> Choice:
    return Choice(name, label, "", columns[place] if place < len(columns) else "")


def _sample(rows: Sequence[Row], column: str) -> str:
    return next((_shown(row[column]) for row in rows if row.get(column) not in (None, "")), "")


def _shown(value: Any) -> str:
    """A cell for reading: texts as they are, anything else as JSON."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:LONGEST_CELL]


def _meanings(post: Mapping[str, str], rows: Sequence[Row], column: str) -> dict[str, str | None]:
    """What each value means; one that the page did not ask about means what it says, if it says anything."""
    found: dict[str, str | None] = {}
    for place, value in enumerate(_values(rows, column)):
        meaning = post.get(f"outcome.{place}", USUAL.get(value) or NO_LABEL)
        found[value] = meaning if meaning in WINNERS else None
    return found


def _outcomes(rows: Sequence[Row], winner: Mapping[str, Any]) -> list[Outcome]:
    values = winner.get("values") or {}
    seen = _values(rows, winner["column"]) if winner.get("column") else []
    return [Outcome(f"outcome.{place}", one, values.get(one) or NO_LABEL) for place, one in enumerate(seen)]


def _values(rows: Sequence[Row], column: str) -> list[str]:
    """The different values of a column in the first rows, as the adapter writes them."""
    seen = {_written(row[column]) for row in rows if row.get(column) not in (None, "")}
    return sorted(seen)[:MOST_VALUES]


def _written(value: Any) -> str:
    """A JSON value as CSV writes it, so that both are mapped by the same words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
