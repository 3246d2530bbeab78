"""What stands around the steps of a response: calls with their results, thoughts, and turns of others between them.

None of it is the response's text, so none of it is a step; each piece is read with the step that it belongs to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotation.folds import Fold, Room, of_turn, thought
from annotation.kinds.base import Judged
from annotation.splitting import TURN_SPLITTERS
from annotation.turns import exchanges, places

SPEAKERS = {"system": "System", "user": "User"}


@dataclass(slots=True)
class Context:
    """What is read with one step. `text` is what wants rendering as the step itself; `asides` stand before it."""

    text: str
    asides: list[tuple[str, str]] = field(default_factory=list)  # who says what
    thoughts: list[Fold] = field(default_factory=list)
    folds: list[Fold] = field(default_factory=list)


def contexts(judged: Judged, letter: str, room: Room) -> list[Context]:
    """One for each step, in order. Cut by turns, a step's text is its turns' content, its calls being folded."""
    by_turns = judged.cut_by in TURN_SPLITTERS
    found = [Context("" if by_turns else judged.text[start:end].strip("\r\n")) for start, end in judged.steps]
    if not found or not any(_has_context(turn, by_turns) for turn in judged.turns):
        return found
    made = exchanges(judged.turns)
    for number, (turn, step) in enumerate(_with_steps(judged)):
        context = found[step]
        if turn["role"] in SPEAKERS:
            context.asides.append((SPEAKERS[turn["role"]], turn["content"]))
        if turn["role"] == "assistant" and by_turns:
            context.text = "\n\n".join(said for said in (context.text, turn["content"].strip("\r\n")) if said.strip())
        if mind := thought(turn, f"{letter}-{number}-thought", room):
            context.thoughts.append(mind)
        context.folds += of_turn(number, made, letter, room)
    return found


def _has_context(turn: Mapping[str, Any], by_turns: bool) -> bool:
    return by_turns or turn["role"] != "assistant" or len(turn) > 2


def _with_steps(judged: Judged) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Each turn with the number of the step that it is read with.

    The assistant's with the step in which it begins; a tool's result with the step before it, which ends where the
    result came; anyone else's with the step that follows.
    """
    step, last = 0, len(judged.steps) - 1
    for turn, (start, _) in zip(judged.turns, places(judged.turns), strict=True):
        reached = start if turn["role"] == "tool" else start + 1
        while step < last and judged.steps[step][1] < reached:
            step += 1
        follows = step < last and turn["role"] in SPEAKERS and start > judged.steps[step][0]
        yield turn, step + 1 if follows else step
