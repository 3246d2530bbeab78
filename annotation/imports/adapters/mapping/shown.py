"""The prompt and the responses of a mapped row, whatever form their cells have."""

from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.chats import interleaved, is_list_of_turns
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.mapping.plan import Plan
from annotation.imports.adapters.shown_files import files_of, placed
from annotation.imports.adapters.turns import assistant, is_conversation, messages_of, user
from annotation.imports.canonical import CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe, letter

Shown = tuple[list[Message], list[CanonicalResponse]]


def shown_of(row: Row, plan: Plan) -> Shown:
    """Prompt and responses. Cells may be texts, lists of messages, lists of turns, or either of these as JSON."""
    prompt = opened(row[plan.prompt])
    cells = _response_cells(row, plan)
    if _are_turns(prompt, cells):
        messages, completions = interleaved(prompt, [cell.value for cell in cells])
    else:
        # A list of plain texts is not a conversation unless all cells are: the cell is then a text that is JSON.
        messages = messages_of(prompt, "The prompt") if is_conversation(prompt) else user(row[plan.prompt])
        completions = [_completion(cell, index, messages) for index, cell in enumerate(cells)]
    completions = [_showing(turns, row, plan, index) for index, turns in enumerate(completions)]
    models = _models(row, plan) or [None] * len(completions)
    if len(models) != len(completions):
        raise Refused(f"There are {len(completions)} responses and {len(models)} models.")
    responses = [
        CanonicalResponse(messages=turns, model=model) for turns, model in zip(completions, models, strict=True)
    ]
    asked = [file for column in plan.prompt_files for file in files_of(row[column], column)]
    return _framed(row, plan, placed(messages, asked)), responses


class _Cell:
    """A response as it stands and as JSON would have it."""

    __slots__ = ("raw", "value")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.value = opened(raw)


def _response_cells(row: Row, plan: Plan) -> list[_Cell]:
    if not plan.responses:
        return [_Cell("")] * plan.count
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


def _showing(turns: list[Message], row: Row, plan: Plan, index: int) -> list[Message]:
    """A response with the files of its column in its first turn, which is the assistant's."""
    column = plan.response_files[index] if plan.response_files else ""
    files = files_of(row[column], column) if column else []
    if not (files and turns):
        return turns
    first: Message = {**turns[0], "media": [*files, *turns[0].get("media", [])]}
    return [first, *turns[1:]]


def _are_turns(prompt: Any, cells: list[_Cell]) -> bool:
    return is_list_of_turns(prompt) and all(is_list_of_turns(cell.value) for cell in cells)


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
