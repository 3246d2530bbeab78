"""Messages as files write them, and what two conversations have in common.

Calls of tools, their results and thoughts come as fields of a message (OpenAI's layout, which TRL and most exporters
share) or as blocks among its content (Anthropic's layout); both become the turns of `annotation.turns`.
"""

import json
from collections.abc import Iterator
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.shown_files import files_of, part_of, place_in, shows
from annotation.imports.canonical import Message, Refused
from annotation.imports.canonical.wording import describe, quoted

TEXTS = frozenset({"text", "input_text", "output_text"})
THOUGHTS = ("reasoning", "reasoning_content", "thinking")
UNSEEN = frozenset({"redacted_thinking"})
"""Blocks that hold nothing that anybody can read."""


def user(text: Any) -> list[Message]:
    """A prompt of one turn. The text is taken as it is, `validate` says whether it is one."""
    return [{"role": "user", "content": text}]


def assistant(text: Any) -> list[Message]:
    """A completion of one turn."""
    return [{"role": "assistant", "content": text}]


def messages_of(value: Any, name: str, *, has_places: bool = False) -> list[Message]:
    """The turns of a list of messages, without the other keys that exporters add.

    A message whose blocks hold results of tools, or words after a call, becomes several turns. What it shows stands
    before its words: in a field `media`, or as parts of its content. With `has_places` a part may leave it to a column
    of the row what it shows (`shown_files.placed`).
    """
    if not isinstance(value, list):
        raise Refused(f"{name} is {describe(value)}, not a list of messages.")
    try:
        return [message for turn in value for message in _checked(turn, "", has_places)]
    except Refused:  # say which one, now that a name is worth making
        for position, turn in enumerate(value, start=1):
            _checked(turn, f"Message {position} of {name[:1].lower()}{name[1:]}", has_places)
        raise


def unfolded(turns: Any) -> Any:
    """Messages of a raw release, which writes what a turn holds besides its words as JSON text in `more`."""
    if not isinstance(turns, list):
        return turns
    return [_unfolded(turn) if isinstance(turn, dict) and "more" in turn else turn for turn in turns]


def _unfolded(turn: dict[str, Any]) -> dict[str, Any]:
    more = opened(turn["more"], "{") if turn["more"] else {}
    if not isinstance(more, dict):
        raise Refused(f"The field more of a message is {describe(more)}, not an object.")
    return {**{name: value for name, value in turn.items() if name != "more"}, **more}


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


def _checked(turn: Any, name: str, has_places: bool) -> list[Message]:
    found = list(_messages(turn, name))
    place = None if has_places else place_in(found)
    if place:
        raise Refused(f"{name} has a part of the type {quoted(place)} that names no file.")
    return found


def _messages(turn: Any, name: str) -> Iterator[Message]:
    if not isinstance(turn, dict):
        raise Refused(f"{name} is {describe(turn)}, not an object with role and content.")
    if "role" not in turn or ("content" not in turn and not _says_more(turn)):
        raise Refused(f"{name} has no {'role' if 'role' not in turn else 'content'}.")
    role, content = turn["role"], turn.get("content")
    if role in ("tool", "function"):
        yield _result(turn, content, name)
        return
    found = list(_of_blocks(role, content, name)) if isinstance(content, list) else [_plain(role, content)]
    if len(turn) > 2 or "content" not in turn:
        if role == "assistant":
            _add_fields(found[-1], turn, name)
        _add_files(found[0], turn, name)
        if found[-1]["content"] is None and len(found[-1]) > 2:
            found[-1]["content"] = ""
    yield from found


def _plain(role: Any, content: Any) -> Message:
    return {"role": role, "content": content}


def _says_more(turn: dict[str, Any]) -> bool:
    return any(turn.get(key) for key in ("tool_calls", "function_call", "media", *THOUGHTS))


def _result(turn: dict[str, Any], content: Any, name: str) -> Message:
    found: Message = {"role": "tool", "content": content}
    if isinstance(content, list):
        found["content"] = ""
        for block in content:
            _add_words(found, block, _kind(block), name)
    _add_files(found, turn, name)
    if found["content"] is None and "media" in found:
        found["content"] = ""
    if turn.get("name"):
        found["name"] = turn["name"]
    if turn.get("tool_call_id"):
        found["tool_call_id"] = turn["tool_call_id"]
    if turn.get("is_error") is True or turn.get("status") == "error":
        found["is_error"] = True
    return found


def _add_fields(found: Message, turn: dict[str, Any], name: str) -> None:
    """What stands beside the content of an assistant's message."""
    thought = next((turn[key] for key in THOUGHTS if turn.get(key)), None)
    if thought is not None:
        found["reasoning"] = thought
    calls = opened(turn["tool_calls"], "[") if turn.get("tool_calls") else []
    if not isinstance(calls, list):
        raise Refused(f"{name} has tool_calls that are {describe(calls)}, not a list.")
    made = [_call(call, name) for call in [*calls, *([turn["function_call"]] if turn.get("function_call") else [])]]
    if made:
        found["tool_calls"] = [*found.get("tool_calls", []), *made]


def _add_files(found: Message, turn: dict[str, Any], name: str) -> None:
    """What a field beside the content shows."""
    if turn.get("media"):
        found["media"] = [*found.get("media", []), *files_of(turn["media"], name or "A message")]


def _call(call: Any, name: str) -> Any:
    if not isinstance(call, dict):
        raise Refused(f"{name} has {describe(call)} among its calls.")
    said = next((call[key] for key in ("function", "custom") if isinstance(call.get(key), dict)), call)
    arguments = said.get("arguments", said.get("input"))
    found = {"name": said.get("name"), "arguments": _written(arguments)}
    return {"id": call["id"], **found} if call.get("id") else found


def _written(arguments: Any) -> Any:
    """Arguments as the text that offsets count in: as the model wrote them, else as JSON in the order given."""
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def _of_blocks(role: Any, blocks: list[Any], name: str) -> Iterator[Message]:
    """A message whose content is a list of blocks, as one turn or several."""
    turn = _plain(role, "")
    is_begun = False
    for block in blocks:
        kind = _kind(block)
        if kind == "tool_result":
            if is_begun:
                yield turn
                turn, is_begun = _plain(role, ""), False
            yield _result_block(block, name)
            continue
        if kind in TEXTS and turn.get("tool_calls"):
            yield turn
            turn = _plain(role, "")
        _add_block(turn, block, kind, name)
        is_begun = True
    if is_begun or not blocks or not any(_is_result(block) for block in blocks):
        yield turn


def _kind(block: Any) -> str | None:
    """The type of a block; None for what has none, or none that is text."""
    kind = block.get("type") if isinstance(block, dict) else None
    return kind if isinstance(kind, str) else None


def _is_result(block: Any) -> bool:
    return _kind(block) == "tool_result"


def _add_block(turn: Message, block: Any, kind: Any, name: str) -> None:
    if kind == "tool_use":
        turn["tool_calls"] = [*turn.get("tool_calls", []), _call(block, name)]
    elif kind == "thinking" and isinstance(block.get("thinking"), str):
        turn["reasoning"] = turn.get("reasoning", "") + block["thinking"]
    elif kind not in UNSEEN:
        _add_words(turn, block, kind, name)


def _add_words(turn: Message, block: Any, kind: Any, name: str) -> None:
    """A part that is read or looked at."""
    if shows(kind):
        turn["media"] = [*turn.get("media", []), part_of(block, name or "A message")]
    else:
        turn["content"] += _text(block, kind, name)


def _result_block(block: dict[str, Any], name: str) -> Message:
    content = block.get("content")
    if content is None:
        content = ""
    said = {"tool_call_id": block.get("tool_use_id"), "is_error": block.get("is_error")}
    return _result(said, content, name)


def _text(block: Any, kind: Any, name: str) -> str:
    if kind in TEXTS and isinstance(block.get("text"), str):
        return str(block["text"])
    shown = f"a part of the type {quoted(kind)}" if kind else f"{describe(block)} among its parts"
    raise Refused(f"{name} has {shown}; what can be shown is text, pictures, sound and films.")
