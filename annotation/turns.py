"""Turns of a conversation: what they hold, and which of their words are a response's text.

A stored turn is `{"role", "content"}` and, where its source has them:

* of the assistant: `reasoning`, what it thought before it spoke, and `tool_calls`, each `{"id"?, "name", "arguments"}`
  with the arguments as the JSON text that the model wrote;
* of a tool: `name`, the tool's; `tool_call_id`, the call that it answers; `is_error`, true where it failed;
* of anybody but the system: `media`, what it shows before its words, each `{"sha256", "kind", "type", "name"?}`.

A response's text is what its assistant wrote (docs/decisions/0011). Plain functions on plain data.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Turn = Mapping[str, Any]

PARTS_OF = {
    "user": ("media",),
    "assistant": ("media", "reasoning", "tool_calls"),
    "tool": ("media", "tool_call_id", "name", "is_error"),
}
"""What a turn of a role may hold besides role and content."""
BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call of a tool with what came back, or either of them alone; the numbers are those of their turns, from 0."""

    call: Mapping[str, str] | None = None
    call_turn: int = -1
    call_number: int = -1
    """Its place among the calls of its turn, from 0."""
    result: Turn | None = None
    result_turn: int = -1


def call_text(call: Mapping[str, str]) -> str:
    """A call as it stands in a response's text: `name(arguments)`."""
    return f"{call['name']}({call['arguments']})"


def said(turn: Turn) -> str:
    """What a turn says: its content, and after it each call in a paragraph of its own."""
    calls = turn.get("tool_calls")
    if not calls:
        return str(turn["content"])
    written = [turn["content"]] if turn["content"] else []
    return BETWEEN.join([*written, *map(call_text, calls)])


def text_of(turns: Iterable[Turn]) -> str:
    """A response's text: what its assistant turns say, with a blank line between them."""
    return BETWEEN.join([said(turn) for turn in turns if turn["role"] == "assistant"])


def places(turns: Sequence[Turn]) -> list[tuple[int, int]]:
    """Where each turn stands in the response's text, in code points, the end excluded.

    A turn that is not the assistant's has no words in it: both numbers say before which character it comes.
    """
    found, at, begun = [], 0, False
    for turn in turns:
        if turn["role"] != "assistant":
            found.append((at, at))
            continue
        start = at + len(BETWEEN) if begun else at
        at, begun = start + len(said(turn)), True
        found.append((start, at))
    return found


def exchanges(turns: Sequence[Turn]) -> dict[int, list[Exchange]]:
    """Calls with their results, by the number of the turn under which they are read.

    That is the turn of the call; a result that answers no call stands where it came. A result belongs to the call whose
    id it names; one that names none, or one that nobody made, to the first call of the turn before it without a result.
    """
    found: dict[int, list[Exchange]] = {}
    open_calls: list[tuple[int, int]] = []  # places in `found` whose result is still to come
    for number, turn in enumerate(turns):
        if turn["role"] == "tool":
            _answer(found, open_calls, number, turn)
        elif turn.get("tool_calls"):
            found[number] = [Exchange(call, number, place) for place, call in enumerate(turn["tool_calls"])]
            open_calls += [(number, place) for place in range(len(found[number]))]
    return found


def _answer(found: dict[int, list[Exchange]], open_calls: list[tuple[int, int]], number: int, turn: Turn) -> None:
    wanted = turn.get("tool_call_id")
    fits = [at for at in open_calls if wanted and _call(found, at).get("id") == wanted]
    if not fits and not wanted:
        fits = open_calls[:]
    if not fits:
        found.setdefault(number, []).append(Exchange(result=turn, result_turn=number))
        return
    at = fits[0]
    open_calls.remove(at)
    made = found[at[0]][at[1]]
    found[at[0]][at[1]] = Exchange(made.call, made.call_turn, made.call_number, turn, number)


def _call(found: dict[int, list[Exchange]], at: tuple[int, int]) -> Mapping[str, str]:
    call = found[at[0]][at[1]].call
    return call or {}


def without_ids(conversations: Iterable[Sequence[Turn]]) -> Iterator[list[dict[str, Any]]]:
    """Conversations in which calls have numbers for ids, since each provider's ids look like nobody else's."""
    known: dict[str, str] = {}
    for turns in conversations:
        yield [_renamed(turn, known) for turn in turns]


def _renamed(turn: Turn, known: dict[str, str]) -> dict[str, Any]:
    kept = dict(turn)
    if "tool_calls" in kept:
        kept["tool_calls"] = [_numbered(call, "id", known) for call in kept["tool_calls"]]
    return _numbered(kept, "tool_call_id", known)


def _numbered(named: Mapping[str, Any], field: str, known: dict[str, str]) -> dict[str, Any]:
    if field not in named:
        return dict(named)
    return {**named, field: known.setdefault(named[field], f"call-{len(known) + 1}")}
