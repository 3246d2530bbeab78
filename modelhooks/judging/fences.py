"""Texts of strangers inside a question: each between lines that carry a code which nobody could know beforehand."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Draw = Callable[[], str]

# Words that chat templates give a meaning of their own. A server may read them as such wherever they stand, so the text
# gets a character inside them that shows nothing and breaks the word; `bare` takes it out again.
BREAK = "\u2060"
CONTROL = re.compile(
    r"<(?=\|[^|<>\n]{1,60}\|>|/?s>|/?think>|(?:start|end)_of_turn>|/?tool_(?:call|response)>|bos>|eos>|pad>|extra_\d+>)"
    r"|\[(?=/?INST\]|/?(?:SYSTEM_PROMPT|TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS)\])"
    r"|<(?=<SYS>>|</SYS>>)|<(?=｜[^｜<>\n]{1,60}｜>)"
)


def draw() -> str:
    """Eight digits of a code that cannot be guessed."""
    return secrets.token_hex(4)


def harmless(text: str) -> str:
    """The text with every control word broken."""
    return CONTROL.sub(lambda hit: hit[0] + BREAK, text)


def bare(text: str) -> str:
    """The text without the marks that `harmless` put there."""
    return text.replace(BREAK, "")


@dataclass(frozen=True)
class Fence:
    """One code, good for all the texts of one question."""

    code: str

    def around(self, label: str, text: str) -> str:
        """The text between its lines. The label is ours."""
        return f"<<<{self.code} {label}\n{harmless(text)}\n>>>{self.code}"

    def conversation(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """Each message in a fence of its own, so that none can pretend to be the next."""
        return "\n".join(self.around(label, text) for label, text in labeled(messages))


def fence(texts: Iterable[str], draw: Draw = draw) -> Fence:
    """A fence whose code stands in none of the texts."""
    whole = "\n".join(texts)
    for _ in range(100):
        code = draw()
        if code not in whole:
            return Fence(code)
    raise ValueError("Every code that was drawn stands in the texts.")


def texts_of(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the messages say, as it is shown."""
    return [_said(message) for message in messages]


def labeled(messages: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Each message with its label: its number, from 1, and whose it is."""
    return [
        (f"message {number}, {role_of(message)}", _said(message)) for number, message in enumerate(messages, start=1)
    ]


def role_of(message: Mapping[str, Any]) -> str:
    """Whose a message is, in a word of ours."""
    role = message.get("role")
    return role if role in {"system", "user", "assistant", "tool"} else "somebody"


def _said(message: Mapping[str, Any]) -> str:
    """The content and, each in a paragraph of its own, what pictures it shows and the calls it makes."""
    pictures = [f"[pictures: {len(message['media'])}]"] if message.get("media") else []
    calls = [f"{call.get('name')}({call.get('arguments')})" for call in message.get("tool_calls") or ()]
    content = str(message.get("content") or "")
    return "\n\n".join([*pictures, *([content] if content or not calls else []), *calls])
