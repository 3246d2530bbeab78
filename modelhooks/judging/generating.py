"""Responses by a chat model: as many as are asked for, each with everything that it was drawn with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from modelhooks.contracts import Generation, Messages, Usage
from modelhooks.judging.asking import Setting
from modelhooks.judging.chat import MOST_SAMPLES, Ask, Reply, Sampling, Turn
from modelhooks.judging.fences import harmless
from modelhooks.judging.pictures import Unseen, pictures

KNOWN = frozenset(one.name for one in fields(Sampling)) - {"alternatives"}
NOTHING = Usage()


@dataclass(frozen=True)
class ChatGenerator:
    """A Generator. Parameters are those of `Sampling` without `alternatives`; the setting's are the default."""

    setting: Setting

    @property
    def fingerprint(self) -> str:
        """The model that writes; how samples are drawn stands in each generation's parameters."""
        return self.setting.chat.fingerprint

    def generate(self, prompts: Sequence[Messages], *, n: int, parameters: Mapping[str, Any]) -> list[list[Generation]]:
        """`n` responses per prompt, in order; where one did not come, its place says why.

        Raises ValueError for a parameter that nobody knows, and for fewer than 1 or more than 64 responses.
        """
        sampling = self._sampling(parameters)
        if not 1 <= n <= MOST_SAMPLES:
            raise ValueError(f"One to {MOST_SAMPLES} responses for each prompt.")
        asks = [self._ask(prompt, n, sampling) for prompt in prompts]
        replies = iter(self.setting.chat.ask([one for one in asks if isinstance(one, Ask)]))
        told = [Reply(error=one) if isinstance(one, str) else next(replies) for one in asks]
        return [self._generations(reply, n, sampling) for reply in told]

    def _sampling(self, parameters: Mapping[str, Any]) -> Sampling:
        unknown = set(parameters) - KNOWN
        if unknown:
            raise ValueError(f"Nobody knows the parameter “{min(unknown)}”; known are {', '.join(sorted(KNOWN))}.")
        usual = {name: getattr(self.setting.sampling, name) for name in KNOWN}
        return Sampling(**{**usual, **parameters})

    def _ask(self, prompt: Messages, n: int, sampling: Sampling) -> Ask | str:
        """The conversation as it is, to be gone on with; or why it cannot be shown."""
        try:
            shown = [pictures([turn], self.setting.resolve if self.setting.sees else None) for turn in prompt]
        except Unseen as unseen:
            return str(unseen)
        turns = [
            Turn(str(turn["role"]), harmless(str(turn.get("content") or "")), seen)
            for turn, seen in zip(prompt, shown, strict=True)
        ]
        return Ask(tuple(turns), None, n, sampling)

    def _generations(self, reply: Reply, n: int, sampling: Sampling) -> list[Generation]:
        """What it all cost stands with the first, so that usages add up."""
        drawn = {name: getattr(sampling, name) for name in sorted(KNOWN)} | {"model": self.fingerprint}
        missing = reply.error or "The server gave fewer responses than it was asked for."
        found = []
        for number in range(n):
            usage, own = reply.usage if number == 0 else NOTHING, {**drawn, "sample": number}
            if number < len(reply.samples):
                sample = reply.samples[number]
                found.append(Generation(sample.text, sample.finish_reason, own, usage))
            else:
                found.append(Generation("", "error", own, usage, missing))
        return found


@dataclass(frozen=True)
class NamedGenerator:
    """A Generator that writes down by whom each response was drawn: `said`, and its fingerprint."""

    setting: Setting
    said: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """Whatever changes a response but how it is drawn."""
        return ChatGenerator(self.setting).fingerprint

    def generate(self, prompts: Sequence[Messages], *, n: int, parameters: Mapping[str, Any]) -> list[list[Generation]]:
        """`n` responses per prompt, each with all it was drawn with."""
        found = ChatGenerator(self.setting).generate(prompts, n=n, parameters=parameters)
        return [[self._told(one) for one in each] for each in found]

    def _told(self, one: Generation) -> Generation:
        return replace(one, parameters={**one.parameters, **self.said, "fingerprint": self.fingerprint})
