"""What is true of what a turn holds besides its words: calls of tools, what they gave back, thoughts, files."""

import re
from collections.abc import Callable
from typing import Any

from annotation.imports.canonical.shapes import Message
from annotation.imports.canonical.storable import text_fault
from annotation.imports.canonical.wording import describe, quoted

MORE_THAN_WORDS = 2
"""A turn with more fields than these, role and content, is looked at here."""
MOST_CALLS = 64
LONGEST_NAME = 200
CALL_FIELDS = {"id", "name", "arguments"}
MOST_MEDIA = 16
LONGEST_PATH = 400
SOURCES = {"sha256", "path", "spilled"}  # and no `place`: something would be shown that nobody named
REF_FIELDS = {*SOURCES, "name"}
_digest = re.compile(r"[0-9a-f]{64}")


def part_fault(message: Message) -> str | None:
    """What is wrong with a turn's parts beside role and content, as the end of a sentence, or None."""
    for name, value in message.items():
        if name in {"role", "content"}:
            continue
        if name not in CHECKS:
            return f"holds {quoted(name)}, which no turn has"
        roles, check = CHECKS[name]
        if message["role"] not in roles:
            return f"holds {name}, which only a turn of the role {' or '.join(roles)} has"
        fault = check(value)
        if fault:
            return fault
    return None


def _reasoning_fault(value: Any) -> str | None:
    fault = text_fault(value)
    return f"holds reasoning that {fault}" if fault else None


def _calls_fault(calls: Any) -> str | None:
    if not isinstance(calls, list) or not calls:
        return "holds tool_calls that are not a list of calls"
    if len(calls) > MOST_CALLS:
        return f"calls {len(calls)} tools; {MOST_CALLS} is the limit"
    return next((f"holds a call {fault}" for call in calls if (fault := _call_fault(call))), None)


def _call_fault(call: Any) -> str | None:
    """What is wrong with one call, for a sentence about "a call …"."""
    if not isinstance(call, dict) or not set(call) <= CALL_FIELDS:
        return "that is not an object of id, name and arguments"
    if fault := _name_fault(call.get("name")):
        return f"whose name {fault}"
    if "id" in call and (fault := _name_fault(call["id"])):
        return f"whose id {fault}"
    fault = text_fault(call.get("arguments"))
    return f"whose argument text {fault}" if fault else None


def _name_fault(value: Any) -> str | None:
    return text_fault(value, LONGEST_NAME) or ("is empty" if not value else None)


def _named(what: str) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        fault = _name_fault(value)
        return f"holds {what} that {fault}" if fault else None

    return check


def _flag_fault(value: Any) -> str | None:
    return None if value is True else f"holds is_error, which is true or left out, not {describe(value)}"


def _media_fault(media: Any) -> str | None:
    if not isinstance(media, list) or not media:
        return "holds media that are not a list of files"
    if len(media) > MOST_MEDIA:
        return f"shows {len(media)} files; {MOST_MEDIA} is the limit"
    return next((f"shows a file {fault}" for one in media if (fault := _ref_fault(one))), None)


def _ref_fault(one: Any) -> str | None:
    """What is wrong with one reference, for a sentence about "a file …"."""
    if not isinstance(one, dict) or not set(one) <= REF_FIELDS or len(SOURCES & set(one)) != 1:
        return "that is neither a path in the archive nor the sha256 of one that the project has"
    named = [(name, text_fault(value, LONGEST_PATH)) for name, value in one.items()]
    fault = next((f"whose {name} {fault}" for name, fault in named if fault), None)
    if fault or "sha256" not in one or _digest.fullmatch(one["sha256"]):
        return fault
    return "whose sha256 is not 64 hexadecimal digits in lower case"


CHECKS: dict[str, tuple[tuple[str, ...], Callable[[Any], str | None]]] = {
    "reasoning": (("assistant",), _reasoning_fault),
    "tool_calls": (("assistant",), _calls_fault),
    "tool_call_id": (("tool",), _named("a tool_call_id")),
    "name": (("tool",), _named("a name")),
    "is_error": (("tool",), _flag_fault),
    "media": (("user", "assistant", "tool"), _media_fault),
}
