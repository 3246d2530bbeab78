"""Messages as files write them, and what two conversations have in common."""

from typing import Any

from annotation.imports.canonical import Message, Refused
from annotation.imports.canonical.wording import describe, quoted

CALLS = ("tool_calls", "function_call")


def user(text: Any) -> list[Message]:
    """A prompt of one turn. The text is taken as it is, `validate` says whether it is one."""
    return [{"role": "user", "content": text}]


def assistant(text: Any) -> list[Message]:
    """A completion of one turn."""
    return [{"role": "assistant", "content": text}]


def messages_of(value: Any, name: str) -> list[Message]:
    """The turns of a list of `{role, content}`, without the other keys that exporters add.

    Content in blocks is joined where all of it is text. Raises `Refused` for calls and media, which would be lost.
    """
    if not isinstance(value, list):
        raise Refused(f"{name} is {describe(value)}, not a list of messages.")
    try:
        return [_message(turn) for turn in value]
    except Refused:  # say which one, now that a name is worth making
        for position, turn in enumerate(value, start=1):
            _message(turn, f"Message {position} of {name[:1].lower()}{name[1:]}")
        raise


def is_conversation(value: object) -> bool:
    """Whether a value looks like a list of messages."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "role" in value[0]


def turns_in_common(one: list[Message], two: list[Message]) -> int:
    """How many leading turns two conversations share."""
    shared = 0
    for left, right in zip(one, two, strict=False):
        if left != right:
            break
        shared += 1
    return shared


def _message(turn: Any, name: str = "") -> Message:
    if not isinstance(turn, dict):
        raise Refused(f"{name} is {describe(turn)}, not an object with role and content.")
    if "role" not in turn or ("content" not in turn and not _calls(turn)):
        raise Refused(f"{name} has no {'role' if 'role' not in turn else 'content'}.")
    if len(turn) > 2 and _calls(turn):
        raise Refused(f"{name} calls tools, which cannot be shown yet.")
    content = turn["content"]
    return {"role": turn["role"], "content": _joined(content, name) if isinstance(content, list) else content}


def _calls(turn: dict[str, Any]) -> bool:
    return any(turn.get(key) for key in CALLS)


def _joined(blocks: list[Any], name: str) -> str:
    texts = []
    for block in blocks:
        kind = block.get("type") if isinstance(block, dict) else None
        if kind != "text" or not isinstance(block.get("text"), str):
            shown = f"a part of the type {quoted(kind)}" if kind else f"{describe(block)} among its parts"
            raise Refused(f"{name} has {shown}; only text can be shown yet.")
        texts.append(block["text"])
    return "".join(texts)
