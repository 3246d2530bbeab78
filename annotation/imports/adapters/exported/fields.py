"""Which fields of a record are the prompt and the responses, and which of them a name points at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.imports.adapters.contract import BadOptions
from annotation.imports.adapters.mapping.suggestion import prompt_among, responses_among
from annotation.imports.adapters.options import text_option
from annotation.imports.adapters.turns import assistant, messages_of, user
from annotation.imports.canonical import CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe, letter, listing, quoted

ALONE = ("response", "completion", "answer", "output", "generation")
"""What a field is usually called that holds the only response."""

LISTED = "items"

_ending = re.compile(r"(?:(?:\A|[ _.-])([a-z])|[ _.-]?([0-9]{1,2}))\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """The names of the prompt's field and of the responses' fields, in order; or of one field that lists them."""

    prompt: str
    responses: tuple[str, ...]
    listed: str = ""

    def place(self, name: str) -> int | None:
        """The number of the response that a field of this name holds; None for the prompt and for other fields."""
        return self.responses.index(name) if name in self.responses else None


def named_option(options: Mapping[str, Any]) -> Named | None:
    """The options `prompt` and `responses`, which come together; None where they are not given.

    `responses` is a list of fields, or the name of a single one that holds a list of objects with an id.
    """
    prompt, responses = text_option(options, "prompt", ""), options.get("responses")
    if not prompt and responses is None:
        return None
    if not prompt or responses is None:
        raise BadOptions("The options prompt and responses come together.")
    if isinstance(responses, str) and responses:
        return Named(prompt, (), responses)
    is_list = isinstance(responses, list | tuple) and all(isinstance(name, str) and name for name in responses)
    if not is_list or not responses or len({prompt, *responses}) != len(responses) + 1:
        raise BadOptions("The option responses is not a list of fields, each named once and none of them the prompt.")
    return Named(prompt, tuple(responses))


def guessed(fields: Mapping[str, Any]) -> Named:
    """The names that usually mean prompt and responses. Raises `Refused` where there are none."""
    lowered = {name.casefold(): name for name in fields}
    prompt, responses = prompt_among(fields), responses_among(fields)
    if not responses:
        responses = [lowered[name] for name in ALONE if name in lowered][:1]
    if prompt and not responses and isinstance(fields.get(LISTED), list):
        return Named(prompt, (), LISTED)
    if prompt is None or not responses:
        told = listing(sorted(fields)) if fields else "none"
        raise Refused(f"Which fields are prompt and responses? Name them in the options; there are {told}.")
    return Named(prompt, tuple(responses))


def spread(fields: Mapping[str, Any], named: Named) -> tuple[dict[str, Any], Named]:
    """Fields and names as if each response that is listed in one field stood in a field of its own, named by its id."""
    if not named.listed:
        return dict(fields), named
    held = fields.get(named.listed)
    if not isinstance(held, list) or not all(isinstance(one, dict) and one.get("id") is not None for one in held):
        raise Refused(f"The field {named.listed[:60]} is not a list of objects with an id.")
    items = {str(one["id"]): _words(one) for one in held}
    if len(items) != len(held) or not items.keys().isdisjoint(fields):
        raise Refused(f"The ids in {named.listed[:60]} are not names of their own.")
    rest = {name: value for name, value in fields.items() if name != named.listed}
    return {**rest, **items}, Named(named.prompt, tuple(items))


def _words(item: Mapping[str, Any]) -> str:
    """What of a listed item is shown: its title above its body."""
    parts = {name: item[name] for name in ("title", "body", "text") if item.get(name)}
    for name, part in parts.items():
        if not isinstance(part, str):
            raise Refused(f"The {name} of the item {quoted(item['id'])} is {describe(part)}, not text.")
    return "\n\n".join(parts.values())


def shown_in(fields: Mapping[str, Any], named: Named) -> tuple[list[Message], list[CanonicalResponse]]:
    """The prompt and the responses. A field holds a text, or a chat as a list of messages."""
    for name in (named.prompt, *named.responses):
        if name not in fields:
            raise Refused(f"The record has no field {name[:60]}.")
    prompt = fields[named.prompt]
    messages = messages_of(prompt, "The prompt") if isinstance(prompt, list) else user(prompt)
    return messages, [_response(fields[name], index) for index, name in enumerate(named.responses)]


def _response(value: Any, index: int) -> CanonicalResponse:
    chat = isinstance(value, list)
    return CanonicalResponse(messages=messages_of(value, f"Response {letter(index)}") if chat else assistant(value))


def text_in(fields: Mapping[str, Any], name: str) -> str:
    """The text of a field, in which offsets count. Raises `Refused` for a chat, which has several."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise Refused(f"The field {name[:60]} is {describe(value)}; marks are read in text alone.")
    return value


def alike(name: str, names: Sequence[str]) -> int | None:
    """The place of the only one of these names that is the same, or ends in the same number or single letter.

    `text-1` is like `response_1`, and `B` like `answer b`.
    """
    folded = [other.casefold() for other in names]
    if folded.count(name.casefold()) == 1:
        return folded.index(name.casefold())
    ending = _ending_of(name)
    found = [place for place, other in enumerate(names) if ending and _ending_of(other) == ending]
    return found[0] if len(found) == 1 else None


def within(name: str, names: Sequence[str]) -> str | None:
    """The only one of these names that stands in a name, as `response_1` does in `rating-response-1`."""
    parts = f"_{_joined(name)}_"
    found = [other for other in names if f"_{_joined(other)}_" in parts]
    return found[0] if len(found) == 1 else None


def _ending_of(name: str) -> str:
    found = _ending.search(name)
    if not found:
        return ""
    return found[1].casefold() if found[1] else str(int(found[2]))


def _joined(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
