"""A log of what people did with responses: thumbs, copies, clicks, regenerations, edits, picks."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import key_of, list_of, missing, rest_of, weight_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, BadOptions, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.signals import EDIT, FIELDS, FORM, SIGNALS, Signal, labels_of, read_signal
from annotation.imports.adapters.turns import assistant, messages_of, user
from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Refused
from annotation.imports.canonical.wording import describe, letter, listing

COLUMNS = frozenset({"id", "group", "prompt", "response", "responses", "signals", *FIELDS})
MOST_SIGNALS = 200


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `weights`, from a signal to its weight from 0 to 1 where a row says none; `user`, who acted where a
    row says nobody.
    """
    only(options, "weights", "user")
    weights = _weights(options.get("weights"))
    nobody = text_option(options, "user", "somebody")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt")
        prompt, shown = row["prompt"], _responses(row)
        signals = [read_signal(one, weights, nobody) for one in _signals(row)]
        responses = [*shown, *_edited(signals, shown)]
        return CanonicalItem(
            messages=messages_of(prompt, "The prompt") if isinstance(prompt, list) else user(prompt),
            responses=responses,
            key=key_of(row.get("id"), "The id"),
            group=key_of(row.get("group"), "The group"),
            source=rest_of(row, COLUMNS),
            labels=labels_of(signals, shown=len(shown), responses=len(responses)),
        )

    return convert


def _responses(row: Row) -> list[CanonicalResponse]:
    if ("response" in row) == ("responses" in row):
        raise Refused("The row needs either response or responses.")
    given = [row["response"]] if "response" in row else list_of(row, "responses")
    return [_response(value, f"Response {letter(index)}") for index, value in enumerate(given)]


def _response(value: Any, name: str) -> CanonicalResponse:
    if isinstance(value, dict):
        if "text" not in value:
            raise Refused(f"{name} has no text.")
        return CanonicalResponse(messages=assistant(value["text"]), model=value.get("model") or None)
    return CanonicalResponse(messages=messages_of(value, name) if isinstance(value, list) else assistant(value))


def _signals(row: Row) -> list[Any]:
    """Several in a list, or one in the row itself."""
    said = {name: row[name] for name in FIELDS if row.get(name) is not None}
    if "signals" not in row:
        missing(row, "signal")
        return [said]
    if said:
        raise Refused(f"The row has signals, and {listing(list(said))} beside them.")
    signals = list_of(row, "signals")
    if len(signals) > MOST_SIGNALS:
        raise Refused(f"There are {len(signals)} signals; {MOST_SIGNALS} is the limit.")
    return signals


def _edited(signals: list[Signal], shown: list[CanonicalResponse]) -> list[CanonicalResponse]:
    """What somebody made of the only response, as a response of its own."""
    edits = [signal.value for signal in signals if signal.name == EDIT]
    if not edits:
        return []
    if len(edits) > 1 or len(shown) != 1:
        raise Refused("The signal edit wants one response and one edit of it.")
    if shown[0].messages == assistant(edits[0]):
        raise Refused("The value of edit is the response as it was.")
    return [CanonicalResponse(messages=assistant(edits[0]), params={"edited": True})]


def _weights(given: Any) -> dict[str, float]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise BadOptions(f"The option weights is {describe(given)}, not an object.")
    if stray := [name for name in given if name not in SIGNALS]:
        raise BadOptions(f"There is no signal {listing(stray)}; {', '.join(SIGNALS)} are known.")
    try:
        return {name: weight_of(weight) for name, weight in given.items()}
    except Refused as refused:
        raise BadOptions(refused.reason) from None


def sniff(columns: Mapping[str, object]) -> Fit:
    has_response = "response" in columns or "responses" in columns
    signaled = columns.get("signal") in SIGNALS or isinstance(columns.get("signals"), list)
    if "prompt" in columns and has_response and signaled:
        return Fit(1.0, "it has a prompt, a response or several, and signals of what people did with them")
    return NO_FIT


ADAPTER = Adapter(
    name="feedback",
    title="Implicit feedback (thumbs, copies, edits, picks)",
    example=(
        '{"prompt": "Name a fruit.", "response": "An apple.", "signal": "edit", "value": "An apple, please.", '
        '"weight": 0.8, "user": "u17", "at": "2025-03-01T12:00:00Z"}'
    ),
    sniff=sniff,
    converter=converter,
    form=FORM,
)
