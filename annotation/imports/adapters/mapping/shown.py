"""The prompt and the responses of a mapped row, whatever form their cells have."""

from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.mapping.plan import Plan
from annotation.imports.adapters.turns import assistant, is_conversation, messages_of, user
from annotation.imports.canonical import CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe, letter

Shown = tuple[list[Message], list[CanonicalResponse]]


def shown_of(row: Row, plan: Plan) -> Shown:
    """Prompt and responses. Cells may be texts, lists of messages, lists of turns, or either of these as JSON."""
    prompt = opened(row[plan.prompt])
    cells = _response_cells(row, plan)
    if _are_turns(prompt, cells):
        messages, completions = _interleaved(prompt, cells)
    else:
        # A list of plain texts is not a conversation unless all cells are: the cell is then a text that is JSON.
        messages = messages_of(prompt, "The prompt") if is_conversation(prompt) else user(row[plan.prompt])
        completions = [_completion(cell, index, messages) for index, cell in enumerate(cells)]
    models = _models(row, plan) or [None] * len(completions)
    if len(models) != len(completions):
        raise Refused(f"There are {len(completions)} responses and {len(models)} models.")
    responses = [
        CanonicalResponse(messages=turns, model=model) for turns, model in zip(completions, models, strict=True)
    ]
    return _framed(row, plan, messages), responses


class _Cell:
    """A response as it stands and as JSON would have it."""

    __slots__ = ("raw", "value")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.value = opened(raw)


def _response_cells(row: Row, plan: Plan) -> list[_Cell]:
    if not plan.is_list:
        return [_Cell(row[column]) for column in plan.responses]
    held = opened(row[plan.responses[0]])
    if not isinstance(held, list):
        raise Refused(f"The column {plan.responses[0][:60]} holds {describe(held)}, not a list of responses.")
    return [_Cell(value) for value in held]


def _completion(cell: _Cell, index: int, prompt: list[Message]) -> list[Message]:
    """The answer's own turns. A conversation that repeats the prompt is taken without it."""
    if not is_conversation(cell.value):
        return assistant(cell.raw)
    turns = messages_of(cell.value, f"Response {letter(index)}")
    return turns[len(prompt) :] if turns[: len(prompt)] == prompt else turns


def _are_turns(prompt: Any, cells: list[_Cell]) -> bool:
    return _is_list_of_texts(prompt) and all(_is_list_of_texts(cell.value) for cell in cells)


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(part is None or isinstance(part, str) for part in value)


def _interleaved(prompt: list[Any], cells: list[_Cell]) -> tuple[list[Message], list[list[Message]]]:
    """Chats as a list of user turns beside a list of replies each: after the first turn every model has its own."""
    completions = []
    for index, cell in enumerate(cells):
        if len(cell.value) != len(prompt):
            raise Refused(f"The prompt has {len(prompt)} turns and response {letter(index)} has {len(cell.value)}.")
        turns = assistant(cell.value[0])
        for asked, said in zip(prompt[1:], cell.value[1:], strict=True):
            turns += user(asked) + assistant(said)
        completions.append(turns)
    return user(prompt[0]), completions


def _framed(row: Row, plan: Plan, messages: list[Message]) -> list[Message]:
    """The prompt with its context below the last user turn, and the system turn above all."""
    context = row.get(plan.context) if plan.context else None
    if context is not None and context != "":
        if not isinstance(context, str):
            raise Refused(f"The context is {describe(context)}, not text.")
        last = messages[-1]
        if isinstance(last["content"], str):
            messages = [*messages[:-1], {"role": last["role"], "content": f"{last['content']}\n\n{context}"}]
    system = row.get(plan.system) if plan.system else None
    return [{"role": "system", "content": system}, *messages] if system is not None and system != "" else messages


def _models(row: Row, plan: Plan) -> list[Any]:
    cells = [opened(row.get(column)) or None for column in plan.models]
    return cells[0] if plan.is_list and cells and isinstance(cells[0], list) else cells
