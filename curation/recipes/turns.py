"""Turns of a conversation, as every recipe writes them."""

from collections.abc import Sequence

from pydantic_core import to_json

from annotation.turns import PARTS_OF, said
from curation.recipes.common import DROP, FOLD, KEEP
from curation.recipes.drops import Drop
from curation.recipes.parameters import Parameters
from curation.recipes.records import Message


def plain(messages: list[Message]) -> list[Message]:
    """The turns with role and content alone; most have nothing else. Calls of tools stand in it as they were judged."""
    for turn in messages:
        if len(turn) != 2:
            return [{"role": turn["role"], "content": said(turn)} for turn in messages]
    return messages


def whole(messages: Sequence[Message]) -> list[Message]:
    """The turns with all they hold: beside role and content the rest as JSON text, empty where there is none."""
    return [{"role": turn["role"], "content": turn["content"], "more": _more(turn)} for turn in messages]


def _more(turn: Message) -> str:
    more = {name: turn[name] for name in PARTS_OF.get(turn["role"], ()) if name in turn}
    return to_json(more).decode() if more else ""


def length(messages: Sequence[Message]) -> int:
    """The number of characters in these turns, without their roles."""
    return sum([len(turn["content"]) for turn in messages])  # a list is quicker than a generator here


def says_something(messages: Sequence[Message]) -> bool:
    """Whether there is more in the turns than white space; a call of a tool is, and so is a picture."""
    return any([said(turn).strip() or turn.get("media") for turn in messages])  # noqa: C419 (quicker)


def under(system: str, messages: list[Message]) -> list[Message] | None:
    """The prompt under the system policy; None where the policy has no place for its system turn."""
    turns = plain(messages)
    if system == KEEP or "system" not in [turn["role"] for turn in turns]:
        return turns
    return _folded(turns) if system == FOLD else None


def alternates(prompt: list[Message], completion: list[Message]) -> bool:
    """Whether user and assistant take turns, the user first and the assistant last, after at most one system turn."""
    roles = [turn["role"] for turn in prompt + completion]
    spoken = roles[1:] if roles[0] == "system" else roles
    return len(spoken) % 2 == 0 and all(
        role == ("assistant" if place % 2 else "user") for place, role in enumerate(spoken)
    )


def as_text(messages: list[Message], parameters: Parameters) -> str | Drop:
    """A prompt as one text, under the parameters `system` and `chats`; or why it has none.

    A lone user turn is its text. Of several turns each begins with its role and a colon, with blank lines between.
    """
    if not messages:
        return Drop.NO_PROMPT
    turns = under(parameters["system"], messages)
    if turns is None:
        return Drop.SYSTEM_TURN
    if len(turns) == 1 and turns[0]["role"] == "user":
        return str(turns[0]["content"])
    if parameters["chats"] == DROP:
        return Drop.SEVERAL_TURNS
    return "\n\n".join(f"{turn['role'].capitalize()}: {turn['content']}" for turn in turns)


def as_answer(messages: Sequence[Message]) -> str | Drop:
    """A response of one turn as its text; or why it has none."""
    return str(messages[0]["content"]) if len(messages) == 1 else Drop.LONG_RESPONSE


def _folded(turns: list[Message]) -> list[Message] | None:
    """System turns put before the first user turn's text; None where no user turn exists."""
    systems = [turn["content"] for turn in turns if turn["role"] == "system"]
    rest = [turn for turn in turns if turn["role"] != "system"]
    for place, turn in enumerate(rest):
        if turn["role"] == "user":
            rest[place] = {"role": "user", "content": "\n\n".join([*systems, turn["content"]])}
            return rest
    return None
