"""What people did with a response, such as a thumb or a copy, as labels.

Such signals are weaker than a label that somebody was asked for. Each is the testimony of an annotator of its own,
`<user>:<signal>`, and the label's source says `{"signal", "weight"?, "user"?, "at"?}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.imports.adapters.columns import key_of, weight_of, whole_number
from annotation.imports.adapters.ranks import by_rank
from annotation.imports.canonical import CanonicalLabel, Refused
from annotation.imports.canonical.wording import describe, letter, listing, quoted

THUMBS = {"up": "up", "down": "down", "true": "up", "false": "down", "1": "up", "-1": "down"}
DONE = {"": "yes", "true": "yes", "yes": "yes", "1": "yes", "false": "no", "no": "no", "0": "no"}
WORDS: dict[str, Mapping[str, str]] = {
    "thumb": THUMBS,
    **dict.fromkeys(("click", "copy", "regenerate", "report", "share"), DONE),
}
"""Signals about one response, and what their values mean: each is a choice about that response."""
EDIT, PICK = "edit", "pick"
SIGNALS = (*WORDS, EDIT, PICK)
TITLES = {
    "thumb": "A good answer?",
    "click": "Clicked?",
    "copy": "Copied?",
    "regenerate": "Asked for another?",
    "report": "Reported?",
    "share": "Shared?",
}
FIELDS = ("signal", "value", "about", "weight", "user", "at")


def _question(name: str) -> dict[str, Any]:
    options = [{"key": key, "title": key.title()} for key in dict.fromkeys(WORDS[name].values())]
    return {
        "key": name,
        "kind": "choice",
        "title": TITLES[name],
        "target": "response",
        "is_required": name == "thumb",
        "settings": {"options": options},
    }


FORM = (
    *(_question(name) for name in WORDS),
    {"key": "better", "kind": "preference", "title": "Which is better?", "is_required": False},
    {"key": "order", "kind": "ranking", "title": "Which is best?", "is_required": False},
)
"""Questions that all signals answer; a person is asked for a thumb, and may say the rest."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that somebody did. `about` is the number of a response from 0, None where there is only one."""

    name: str
    who: str
    value: Any
    about: Any
    source: dict[str, Any]


def read_signal(row: Any, weights: Mapping[str, float], nobody: str) -> Signal:
    """A signal as a row or an object of a list says it. `weights` and `nobody` stand in for what it leaves unsaid."""
    if not isinstance(row, dict):
        raise Refused(f"A signal is {describe(row)}, not an object.")
    if unknown := sorted(row.keys() - set(FIELDS)):
        raise Refused(f"A signal has an unknown field {listing(unknown)}; {', '.join(FIELDS)} are known.")
    name = row.get("signal")
    if name not in SIGNALS:
        raise Refused(f"The signal is {quoted(name)}; {', '.join(SIGNALS)} are known.")
    said_by = key_of(row.get("user"), "The user")
    weight = weight_of(row["weight"]) if row.get("weight") not in (None, "") else weights.get(name)
    source = {"signal": name, "weight": weight, "user": said_by, "at": row.get("at") or None}
    return Signal(
        name=name,
        who=f"{said_by or nobody}:{name}",
        value=row.get("value"),
        about=None if row.get("about") == "" else row.get("about"),
        source={part: value for part, value in source.items() if value is not None},
    )


def labels_of(signals: Sequence[Signal], *, shown: int, responses: int) -> list[CanonicalLabel]:
    """One label for each annotator.

    `shown` is how many responses people saw; behind those may stand what somebody made of the only one.
    """
    made: dict[str, CanonicalLabel] = {}
    for signal in signals:
        if signal.name not in WORDS:
            if signal.who in made:
                raise Refused(f"{quoted(signal.who)} gives the signal {signal.name} twice.")
            made[signal.who] = _better(signal, shown)
            continue
        label = made.setdefault(signal.who, _nothing_said(signal, responses))
        _add(signal, label, shown)
    return list(made.values())


def _better(signal: Signal, shown: int) -> CanonicalLabel:
    """An edit is better than what was edited, and what was picked than what was not."""
    if signal.name == EDIT:
        return _preference(signal, "b")
    if shown < 2:
        raise Refused("The signal pick wants several responses.")
    won = _place(signal.value, "value of pick", shown)
    if shown == 2:
        return _preference(signal, letter(won))
    (label,) = by_rank(signal.who, [1 if place == won else 2 for place in range(shown)], source=signal.source)
    return label


def _preference(signal: Signal, winner: str) -> CanonicalLabel:
    answer = {"winner": winner, "strength": None}
    return CanonicalLabel(annotator=signal.who, kind="preference", answer=answer, source=signal.source)


def _nothing_said(signal: Signal, responses: int) -> CanonicalLabel:
    return CanonicalLabel(
        annotator=signal.who,
        kind="choice",
        answer={"values": [None] * responses},
        dimension=signal.name,
        source=signal.source,
    )


def _add(signal: Signal, label: CanonicalLabel, shown: int) -> None:
    values = label.answer["values"]
    place = 0 if shown == 1 and signal.about is None else _place(signal.about, "about", shown)
    if values[place] is not None:
        raise Refused(f"{quoted(signal.who)} gives the signal {signal.name} about response {letter(place)} twice.")
    if label.source.get("weight") != signal.source.get("weight"):
        raise Refused(f"{quoted(signal.who)} gives the signal {signal.name} with two weights.")
    values[place] = [_word(signal)]
    label.source = {**label.source, **signal.source}


def _word(signal: Signal) -> str:
    known = WORDS[signal.name]
    written = _written(signal.value)
    if written not in known:
        takes = listing([name for name in known if name])
        raise Refused(f"The value of {signal.name} is {quoted(written)}; {takes} are known.")
    return known[written]


def _written(value: Any) -> str:
    """A value as CSV and JSON both write it; Parquet may write 1 as 1.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None:
        return ""
    return str(value).strip().lower() if isinstance(value, str | int | float) else describe(value)


def _place(value: Any, name: str, count: int) -> int:
    place = whole_number(value, name)
    if not 0 <= place < count:
        raise Refused(f"The {name} is {place}, and the responses are numbered from 0 to {count - 1}.")
    return place
