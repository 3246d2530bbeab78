"""Questions as the plain fields of the form builder, and back. What a kind can set is read off its settings' type."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from annotation import conditions
from annotation.kinds import KINDS, SettingsRefused
from annotation.models import Question
from annotation.services.forms import MOST_QUESTIONS, Asking

Raw = dict[str, Any]
"""A question as `annotation.services.forms.save_form` takes it, checked or not."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a question as a form control: `number`, `check`, `choice` or `lines`."""

    name: str
    label: str
    hint: str
    control: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    low: int | None = None
    high: int | None = None

    @property
    def rows(self) -> int:
        """How many lines a control of lines shows: what is there and room for one more."""
        return min(max(3, self.value.count("\n") + 2), 16)


@dataclass(frozen=True, slots=True)
class Row:
    """One question as the builder shows it."""

    position: int
    raw: Raw
    kind_title: str
    targets: tuple[tuple[str, str], ...]
    settings: tuple[Setting, ...]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return f"q.{self.position}"

    @property
    def number(self) -> int:
        return self.position + 1

    @property
    def condition(self) -> str:
        return conditions.written(self.raw.get("condition"))


def rows(questions: Sequence[Raw], errors: Mapping[str, str] | None = None) -> list[Row]:
    """What the builder shows; `errors` as `FormRefused` has them."""
    return [_row(position, raw, errors or {}) for position, raw in enumerate(questions)]


def read(post: Mapping[str, str]) -> list[Raw]:
    """The questions that the builder's fields hold. Nothing is checked but the number of them."""
    count = post.get("count", "0")
    number = int(count) if count.isascii() and count.isdecimal() and len(count) < 4 else 0
    found = [_read_one(post, f"q.{position}") for position in range(min(number, MOST_QUESTIONS + 1))]
    _fill_keys(found)
    return found


def act(questions: list[Raw], action: str) -> list[Raw]:
    """Add, move or remove a question: `add:<kind>`, `up:<position>`, `down:<position>`, `remove:<position>`.

    An action that means nothing changes nothing.
    """
    verb, _, argument = action.partition(":")
    if verb == "add" and argument in KINDS and len(questions) < MOST_QUESTIONS:
        return [*questions, new(argument, questions)]
    if not (argument.isascii() and argument.isdecimal() and int(argument) < len(questions)):
        return questions
    at = int(argument)
    if verb == "remove":
        return questions[:at] + questions[at + 1 :]
    other = {"up": at - 1, "down": at + 1}.get(verb, at)
    if 0 <= other < len(questions):
        questions[at], questions[other] = questions[other], questions[at]
    return questions


def new(kind: str, among: Sequence[Raw] = ()) -> Raw:
    """A fresh question of a kind with a key that no other has."""
    title = {"preference": "Which response is better?", "text": "Why?"}.get(kind, KINDS[kind].title)
    return {
        "key": _free(kind, {raw["key"] for raw in among}),
        "kind": kind,
        "title": title,
        "help": "",
        "target": _targets(kind)[-1][0],
        "is_required": True,
        "settings": {},
    }


def raw_of(question: Asking | Question) -> Raw:
    """A saved or checked question as the builder's fields have it."""
    fields = ("key", "kind", "title", "help", "target", "is_required", "settings", "condition")
    return {name: getattr(question, name) for name in fields}


def _row(position: int, raw: Raw, errors: Mapping[str, str]) -> Row:
    own = {name.partition(".")[2]: text for name, text in errors.items() if name.startswith(f"{position}.")}
    kind = raw["kind"]
    known = kind in KINDS
    return Row(
        position=position,
        raw=raw,
        kind_title=KINDS[kind].title if known else kind[:40],
        targets=_targets(kind) if known else (),
        settings=tuple(_settings(kind, raw.get("settings") or {}, f"q.{position}.settings")) if known else (),
        errors=own,
    )


def _targets(kind: str) -> tuple[tuple[str, str], ...]:
    """What a question of this kind can be asked about."""
    return tuple((value, label) for value, label in Question.Target.choices if _takes(kind, value))


def _takes(kind: str, target: str) -> bool:
    try:
        KINDS[kind].check_settings({}, target)
    except SettingsRefused:
        return False
    return True


def _settings(kind: str, values: Mapping[str, Any], prefix: str) -> list[Setting]:
    model = KINDS[kind].settings_type
    return [_setting(name, info, values, prefix) for name, info in model.model_fields.items()]


def _setting(name: str, info: FieldInfo, values: Mapping[str, Any], prefix: str) -> Setting:
    value = values.get(name, info.get_default(call_default_factory=True))
    control = _control(info)
    bounds = {type(limit).__name__: limit for limit in info.metadata}
    return Setting(
        name=f"{prefix}.{name}",
        label=info.title or name.replace("_", " ").capitalize(),
        hint=info.description or "",
        control=control,
        value=_written(value, control, _line_type(info)),
        choices=tuple((str(choice), str(choice)) for choice in get_args(info.annotation))
        if control == "choice"
        else (),
        low=bounds["Ge"].ge if "Ge" in bounds else None,
        high=bounds["Le"].le if "Le" in bounds else None,
    )


def _control(info: FieldInfo) -> str:
    kind = info.annotation
    if kind is bool:
        return "check"
    if get_origin(kind) is Literal:
        return "choice"
    if get_origin(kind) in {list, dict}:
        return "lines"
    return "number" if kind is int or get_origin(kind) in {Union, UnionType} else "text"


def _line_type(info: FieldInfo) -> Any:
    """The type of a list's entries where it has a grammar of its own: `as_line`, which its kind reads back."""
    inner = get_args(info.annotation)
    return inner[0] if get_origin(info.annotation) is list and hasattr(inner[0], "as_line") else None


def _written(value: Any, control: str, line_type: Any = None) -> str:
    if control == "check":
        return "on" if value else ""
    if isinstance(value, Mapping):
        return "\n".join(f"{key} = {text}" for key, text in value.items())
    if isinstance(value, list) and line_type:
        return "\n".join(_line(one, line_type) for one in value)
    if isinstance(value, list):
        return "\n".join(_named_line(one) for one in value)
    return str(value)


def _line(one: Any, line_type: Any) -> str:
    """An entry in its kind's own grammar; one that is refused stays as it was typed."""
    return one if isinstance(one, str) else str(line_type.model_validate(one).as_line())


def _named_line(one: Mapping[str, str] | BaseModel) -> str:
    """`Helpful`, or `usefulness: Helpful` where the key does not follow from the title."""
    named = one.model_dump() if isinstance(one, BaseModel) else one
    key, title = str(named.get("key", "")), str(named.get("title", ""))
    return title if key == _slug(title) else f"{key}: {title}"


def _read_one(post: Mapping[str, str], prefix: str) -> Raw:
    kind = post.get(f"{prefix}.kind", "")
    model = KINDS[kind].settings_type.model_fields if kind in KINDS else {}
    settings = {name: _read_setting(post, f"{prefix}.settings.{name}", info) for name, info in model.items()}
    return {
        "key": post.get(f"{prefix}.key", "").strip(),
        "kind": kind,
        "title": post.get(f"{prefix}.title", ""),
        "help": post.get(f"{prefix}.help", ""),
        "target": post.get(f"{prefix}.target", "item"),
        "is_required": bool(post.get(f"{prefix}.is_required")),
        "condition": conditions.read(post.get(f"{prefix}.condition", "")),
        "settings": {name: value for name, value in settings.items() if value is not None},
    }


def _read_setting(post: Mapping[str, str], name: str, info: FieldInfo) -> Any:
    """The setting's value; a text that should be a number stays a text, for the kind to refuse."""
    text, control = post.get(name, ""), _control(info)
    if control == "check":
        return bool(text)
    if control == "lines":
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if _line_type(info):
            return lines
        return _pairs(lines) if get_origin(info.annotation) is dict else [_named(line) for line in lines]
    if not text:
        return None
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else text


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    return {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}


def _named(line: str) -> dict[str, str]:
    key, colon, title = line.partition(":")
    if colon and re.fullmatch(r"[a-z][a-z0-9_]*", key):
        return {"key": key, "title": title.strip()}
    return {"key": _slug(line), "title": line}


def _fill_keys(questions: Sequence[Raw]) -> None:
    """Give a question without a key one that follows from its words."""
    taken = {raw["key"] for raw in questions}
    for raw in questions:
        if not raw["key"]:
            raw["key"] = _free(_slug(raw["title"]), taken)
            taken.add(raw["key"])


def _slug(title: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:40]
    return words if words[:1].isalpha() else f"q_{words}".rstrip("_")[:40]


def _free(key: str, taken: set[str]) -> str:
    number = 2
    free = key
    while free in taken:
        free = f"{key[:36]}_{number}"
        number += 1
    return free
