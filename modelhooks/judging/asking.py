"""What all judges do alike: fill in a prompt, ask, read every sample, and know what they are by a fingerprint."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from modelhooks.contracts import Messages, Usage
from modelhooks.judging.chat import Answer, Ask, Chat, Reply, Sampling, Turn
from modelhooks.judging.confidence import Path, Told, told
from modelhooks.judging.fences import Draw, Fence, draw, fence, texts_of
from modelhooks.judging.pictures import Resolve, Unseen, pictures
from modelhooks.judging.reading import NoAnswer, answer
from modelhooks.prompts import Prompt, prompt

# Changes whenever the same sample would be read otherwise than before.
READER = 1
INSTRUCTIONS = "instructions-1"
INSTRUCTED = "instructions of this project"
SURE = Sampling(temperature=0.0, alternatives=20)

Shape = TypeVar("Shape", bound=Answer)


@dataclass(frozen=True)
class Setting:
    """The chat that answers and how it is asked.

    `resolve` finds the bytes of pictures, for a chat that sees them. `draw` makes the codes of fences. `instructions`
    are what those who are judged for say of how to judge: no stranger's, yet in a fence, so that they stay one text.
    """

    chat: Chat
    sampling: Sampling = SURE
    resolve: Resolve | None = None
    draw: Draw = field(default=draw, repr=False)
    instructions: str = ""

    def fingerprint(self, *prompts: str, **more: Any) -> str:
        """64 hexadecimal digits of everything that changes an answer but the texts themselves."""
        instructed = {"instructions": self.instructions} if self.instructions else {}
        asked_with = (*prompts, INSTRUCTIONS) if self.instructions else prompts
        parts = {
            "chat": self.chat.fingerprint,
            "sampling": self.sampling.parameters(),
            "prompts": {name: prompt(name).digest for name in asked_with},
            "reader": READER,
            "sees": self.sees,
            **instructed,
            **more,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def sees(self) -> bool:
        """Whether pictures are shown to it."""
        return self.resolve is not None and self.chat.takes_images


@dataclass(frozen=True)
class Question(Generic[Shape]):
    """One question with its fence, ready to be asked, or why it cannot be: `reason`."""

    asked: Ask | None
    shape: type[Shape]
    code: str = ""
    reason: str = ""
    later: tuple[Turn, ...] = ()
    """What is asked in rounds after this one."""


@dataclass(frozen=True)
class Read(Generic[Shape]):
    """One sample: what it answered, or why it is no answer."""

    text: str
    found: Shape | None
    error: str = ""
    start: int = 0
    reply: Reply = field(default_factory=lambda: Reply(error="Nothing was asked."), repr=False)
    number: int = 0

    def told(self, path: Path, verdicts: Sequence[str]) -> Told | None:
        """The probabilities of the verdicts at this place of the answer, where they are known."""
        if self.found is None:
            return None
        return told(self.text, self.reply.samples[self.number].tokens, self.start, path, verdicts)


@dataclass(frozen=True)
class Heard(Generic[Shape]):
    """All samples of one question, and as many more as were asked for and did not come.

    `error` says why nothing came back, `reason` why it was not asked.
    """

    reads: tuple[Read[Shape], ...]
    usage: Usage = field(default_factory=Usage)
    error: str = ""
    reason: str = ""

    @property
    def found(self) -> list[Shape]:
        """The answers that could be read."""
        return [read.found for read in self.reads if read.found is not None]

    @property
    def is_whole(self) -> bool:
        """Whether every sample could be read."""
        return bool(self.reads) and all(read.found is not None for read in self.reads)

    @property
    def texts(self) -> tuple[str, ...]:
        """What was said, as it was said."""
        return tuple(read.text for read in self.reads if read.text)

    @property
    def trouble(self) -> str:
        """Why there is none, or not every one; empty where all is well."""
        return self.error or self.reason or next((read.error for read in self.reads if read.error), "")


def question(
    setting: Setting,
    worded: Prompt,
    shape: type[Shape],
    messages: Messages,
    *,
    texts: Mapping[str, tuple[str, str]],
    words: Mapping[str, str],
    samples: int = 1,
) -> Question[Shape]:
    """A question about a conversation. `texts` are strangers' and get fences, by place: label and text; `words` are
    ours.

    Only the first turn of the user is asked; a prompt of two rounds goes on from it. Where the prompt has no place for
    the conversation, its messages are only looked through for pictures.
    """
    try:
        shown = pictures(messages, setting.resolve if setting.sees else None)
    except Unseen as unseen:
        return Question(None, shape, reason=str(unseen))
    if setting.instructions:
        worded = worded.under(prompt(INSTRUCTIONS))
        texts = {**texts, "instructions": (INSTRUCTED, setting.instructions)}
    around = fence([*texts_of(messages), *(text for _, text in texts.values())], setting.draw)
    filling = _words(around, messages if "conversation" in worded.places else None, texts, words)
    system, user, *later = (Turn(role, text) for role, text in worded.filled(filling))
    asked = Ask((system, replace(user, pictures=shown)), shape, samples, setting.sampling)
    return Question(asked, shape, around.code, later=tuple(later))


def _words(
    around: Fence, messages: Messages | None, texts: Mapping[str, tuple[str, str]], words: Mapping[str, str]
) -> dict[str, str]:
    fenced = {place: around.around(label, text) if label else "" for place, (label, text) in texts.items()}
    conversation = {} if messages is None else {"conversation": around.conversation(messages)}
    return {"code": around.code, **conversation, **fenced, **words}


def hear(setting: Setting, questions: Sequence[Question[Shape]]) -> list[Heard[Shape]]:
    """Ask them all together and read what comes back, each sample strictly."""
    replies = iter(setting.chat.ask([one.asked for one in questions if one.asked is not None]))
    return [
        Heard((), reason=one.reason) if one.asked is None else _heard(one, one.asked, next(replies))
        for one in questions
    ]


def _heard(one: Question[Shape], asked: Ask, reply: Reply) -> Heard[Shape]:
    if reply.error:
        return Heard((), reply.usage, error=reply.error)
    reads = [_read(one, reply, number) for number in range(len(reply.samples))]
    missing = asked.samples - len(reads)
    reads += [Read("", None, "The server gave fewer samples than it was asked for.")] * missing
    return Heard(tuple(reads), reply.usage)


def _read(one: Question[Shape], reply: Reply, number: int) -> Read[Shape]:
    text = reply.samples[number].text
    try:
        found, start = answer(reply.samples[number], one.shape, one.code)
    except NoAnswer as trouble:
        return Read(text, None, str(trouble), reply=reply, number=number)
    return Read(text, found, "", start, reply, number)
