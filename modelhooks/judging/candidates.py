"""New items out of prompts: responses drawn in several ways, each with its parameters, none twice."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelhooks.contracts import Generation, Generator, Messages, Usage

MOST_RESPONSES = 16  # of an item


@dataclass(frozen=True)
class Candidates:
    """One prompt's responses, and how many were left out for which reason."""

    prompt: Messages
    responses: tuple[Generation, ...]
    left_out: Mapping[str, int]
    usage: Usage

    def row(self, model: str) -> dict[str, Any]:
        """This as a row of Goldpan's own import layout, under the name of the model that wrote it."""
        responses = [
            {"text": one.text, "model": model, "params": {**one.parameters, "finish_reason": one.finish_reason}}
            for one in self.responses
        ]
        return {"prompt": [dict(turn) for turn in self.prompt], "responses": responses}


def candidates(
    generator: Generator, prompts: Sequence[Messages], *, n: int, ways: Sequence[Mapping[str, Any]]
) -> list[Candidates]:
    """`n` responses in each of the ways (parameters of the generator) to every prompt.

    Left out are those that did not come, that say nothing, that were cut off at their length, and that another response
    of the prompt says word for word; and whatever comes after an item is full (16).
    """
    if not ways:
        raise ValueError("Without a way to draw them there are no responses.")
    drawn = [generator.generate(prompts, n=n, parameters=way) for way in ways]
    return [kept(prompt, [one for each in drawn for one in each[place]]) for place, prompt in enumerate(prompts)]


def kept(prompt: Messages, generations: Sequence[Generation]) -> Candidates:
    """Those of a prompt's responses that are worth labeling, in their order."""
    reasons = list(_reasons(generations))
    kept = tuple(one for one, reason in zip(generations, reasons, strict=True) if not reason)
    left_out = Counter(reason for reason in reasons if reason)
    return Candidates(prompt, kept, dict(left_out), sum((one.usage for one in generations), Usage()))


def _reasons(generations: Sequence[Generation]) -> Iterator[str]:
    """Why each is left out; empty for what is kept."""
    seen: set[str] = set()
    for one in generations:
        said = one.text.strip()
        reason = _reason(one, said, seen)
        if not reason:
            seen.add(said)
        yield reason


def _reason(one: Generation, said: str, seen: set[str]) -> str:
    if one.error:
        return "did not come"
    if not said:
        return "empty"
    if one.finish_reason == "length":
        return "cut off"
    if said in seen:
        return "said before"
    return "" if len(seen) < MOST_RESPONSES else "the item is full"
