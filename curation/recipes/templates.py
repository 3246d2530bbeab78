"""A prompt as one text, in the words that a model was trained to see before it answers."""

from collections.abc import Callable

from curation.recipes.drops import Drop
from curation.recipes.parameters import OneOf, Option, Parameters
from curation.recipes.records import Message
from curation.recipes.turns import as_text

PLAIN, HUMAN, CHATML = "plain", "human_assistant", "chatml"
TEMPLATE = OneOf(
    name="template",
    title="How a prompt becomes text",
    help="Trainers of texts put prompt and response together, so the prompt ends where the response begins.",
    options=(
        Option(PLAIN, "Its words alone, each turn of several with its role before it"),
        Option(HUMAN, "Human: …, a blank line, Assistant: as in hh-rlhf"),
        Option(CHATML, "ChatML: <|im_start|>user …<|im_end|>"),
    ),
)
NAMES = {"user": "Human"}


def rendered(prompt: list[Message], parameters: Parameters) -> str | Drop:
    """The prompt under the parameters `template`, `chats` and `system`, up to where a response begins."""
    plain = as_text(prompt, parameters)
    if isinstance(plain, Drop) or parameters[TEMPLATE.name] == PLAIN:
        return plain
    return RENDERED[parameters[TEMPLATE.name]](prompt)


def _human(prompt: list[Message]) -> str:
    """A system turn has no name before it."""
    return "".join(f"{_head(turn['role'])}{turn['content']}" for turn in prompt) + _head("assistant")


def _head(role: str) -> str:
    return "" if role == "system" else f"\n\n{NAMES.get(role, role.capitalize())}: "


def _chatml(prompt: list[Message]) -> str:
    turns = "".join(f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>\n" for turn in prompt)
    return f"{turns}<|im_start|>assistant\n"


RENDERED: dict[str, Callable[[list[Message]], str]] = {HUMAN: _human, CHATML: _chatml}
