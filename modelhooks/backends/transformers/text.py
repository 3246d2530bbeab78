"""From prompts and responses to token ids, as the model's publisher writes them and as no annotator can forge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelhooks.backends.transformers.checkpoint import Checkpoint, CheckpointRefused
from modelhooks.backends.transformers.letters import CUT, STEP, Letters, TextRefused
from modelhooks.contracts import Comparison, Messages, Solution
from modelhooks.heads import GatedAttributes
from modelhooks.specs import ModelSpec


@dataclass(frozen=True)
class Encoded:
    """One sequence and where it is read: per answer, the tokens whose states the head takes, or None if cut off."""

    ids: list[int]
    reads: tuple[tuple[int, ...] | None, ...]
    truncated: bool = False


class Writer(Letters):
    """Writes what the model reads."""

    def __init__(self, checkpoint: Checkpoint, spec: ModelSpec) -> None:
        self.spec = spec
        steps = spec.template.steps
        super().__init__(
            checkpoint,
            template=spec.template.chat,
            around=_written_by_us(spec),
            step_token=steps.token_id if steps else None,
        )
        if not self.template and not spec.template.parts:
            raise CheckpointRefused("The checkpoint brings no chat template, and the spec gives none.")

    def response(self, prompt: Messages, response: str) -> Encoded:
        """A prompt with one response, read once."""
        ids, _ = self._written([*self._opening(prompt), _turn("assistant", self._quoted(response))])
        return self._read_once(ids)

    def conversation(self, messages: Messages) -> list[int]:
        """All turns as they stand, however many tokens that takes."""
        ids, _ = self._written(self._opening(messages))
        return ids

    def pair(self, comparison: Comparison) -> Encoded:
        """Two responses, in the one user turn that shows both or in parts of their own, read once."""
        messages = self._quoted(list(comparison.prompt))
        if comparison.principle:
            messages.insert(0, _turn("system", self._quoted(comparison.principle)))
        if self.spec.template.parts:
            return self._in_parts(messages, self._quoted(comparison.first), self._quoted(comparison.second))
        shown = self._rendered(
            messages,
            self.spec.template.pair,
            first=self._quoted(comparison.first),
            second=self._quoted(comparison.second),
        )
        ids, _ = self._written([_turn("user", shown)])
        return self._read_once(ids)

    def solution(self, solution: Solution) -> Encoded:
        """A prompt with a solution, read once per step."""
        rule = self.spec.template.steps
        if rule is None:
            raise TypeError("The spec has no rule for steps.")
        if not solution.steps:
            raise TextRefused("A solution without steps has nothing to score.")
        write = self._joined if rule.layout == "joined" else self._in_turns
        ids, marks = self._written(write(solution))
        if len(marks) != len(solution.steps):
            raise TextRefused("The model's template does not show every step, so no step can be told from another.")
        kept, offset, truncated = self._truncated(ids, room=0)
        reads = tuple((mark - offset,) if 0 <= mark - offset < len(kept) else None for mark in marks)
        return Encoded(kept, reads, truncated)

    def _in_parts(self, messages: Sequence[Mapping[str, Any]], first: str, second: str) -> Encoded:
        """Prompt and responses behind each other, read at the mark that begins each."""
        parts = self.spec.template.parts
        assert parts is not None
        asked = self._part(parts.marks[0], self._rendered(messages, parts.source), parts.source_max_length)
        room = (self.spec.max_length - len(asked.ids)) // 2
        answers = [
            self._part(mark, self._rendered(messages, parts.candidate, response=response), room)
            for mark, response in zip(parts.marks[1:], (first, second), strict=True)
        ]
        ids: list[int] = []
        reads: list[int] = []
        for part in (asked, *answers):
            reads.append(len(ids) + len(self._before))
            ids += part.ids
        return Encoded(ids, (tuple(reads),), any(part.truncated for part in (asked, *answers)))

    def _part(self, mark: str, text: str, most: int) -> Encoded:
        """A part as the tokenizer writes a text, of at most so many tokens."""
        ids, _ = self._encoded(mark + text)
        if ids[:1] != [self.tokenizer.convert_tokens_to_ids(mark)]:
            raise TextRefused(f"The tokenizer does not know {mark} as a word of its own.")
        room = most - len(self._before) - len(self._after)
        return Encoded([*self._before, *ids[:room], *self._after], (), len(ids) > room)

    def _opening(self, prompt: Messages) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self._quoted([dict(message) for message in prompt])
        if self.spec.system_prompt and not (messages and messages[0].get("role") == "system"):
            messages.insert(0, _turn("system", self.spec.system_prompt))
        return messages

    def _joined(self, solution: Solution) -> list[dict[str, Any]]:
        rule = self.spec.template.steps
        assert rule is not None
        steps = rule.between.join(self._quoted(step) + STEP for step in solution.steps)
        cut = CUT if rule.is_cut_from_prompt else ""
        return [*self._opening(solution.prompt), _turn("assistant", cut + steps)]

    def _in_turns(self, solution: Solution) -> list[dict[str, Any]]:
        rule = self.spec.template.steps
        assert rule is not None
        *before, last = self._opening(solution.prompt) or [_turn("user", "")]
        asked = [f"{last.get('content') or ''} {self._quoted(solution.steps[0])}".lstrip(" ")]
        turns = [*asked, *map(self._quoted, solution.steps[1:])]
        answer = _turn("assistant", STEP + rule.answer)
        return [*before, *(one for text in turns for one in (_turn("user", text), answer))]

    def _written(self, messages: Sequence[Mapping[str, Any]]) -> tuple[list[int], list[int]]:
        """Token ids, and where the marks of steps stand: on the token put in for one, else on the token before it."""
        ids, marks = self._encoded(self._rendered(messages, self.template))
        if self.spec.bos == "template":
            return ids, marks
        stripped = 1 if ids[:1] == [self.tokenizer.bos_token_id] else 0
        added = self._before if self.spec.bos == "tokenizer" else []
        after = self._after if self.spec.bos == "tokenizer" else []
        moved = len(added) - stripped
        return [*added, *ids[stripped:], *after], [mark + moved for mark in marks]

    def _read_once(self, ids: list[int]) -> Encoded:
        ends = self.spec.append_token_id
        kept, _, truncated = self._truncated(ids, room=0 if ends is None else 1)
        if ends is not None and kept[-1:] != [ends]:
            kept = [*kept, ends]
        if not kept:
            raise TextRefused("There is no text to score.")
        reads = [self._pooled(kept)]
        if isinstance(self.spec.head, GatedAttributes) and self.spec.head.gate and self.spec.head.gate.pattern:
            place = _last_place(kept, list(self.spec.head.gate.pattern))
            if place is None:
                raise TextRefused("The end of the prompt, which the gate reads, was not found in what was kept.")
            reads.append(place)
        return Encoded(kept, (tuple(reads),), truncated)

    def _pooled(self, ids: list[int]) -> int:
        if self.spec.pool == "mask_last":
            return len(ids) - 1
        sought = self.spec.append_token_id if self.spec.pool == "token_id" else self.tokenizer.pad_token_id
        wanted = self.spec.pool == "token_id"
        return next((n for n in range(len(ids) - 1, -1, -1) if (ids[n] == sought) == wanted), len(ids) - 1)

    def _truncated(self, ids: list[int], *, room: int) -> tuple[list[int], int, bool]:
        """What is kept, how many tokens went at the beginning, and whether any went at all."""
        most = self.spec.max_length - room
        if len(ids) <= most:
            return ids, 0, False
        if self.spec.truncation_side == "left":
            return ids[-most:], len(ids) - most, True
        return ids[:most], 0, True


def _turn(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _written_by_us(spec: ModelSpec) -> str:
    """All words that are around what people and models wrote; added tokens among them are control tokens."""
    parts = spec.template.parts
    in_parts = (parts.source, parts.candidate, *parts.marks) if parts else ()
    return "".join((spec.template.pair or "", *in_parts))


def _last_place(ids: list[int], pattern: list[int]) -> int | None:
    """Where the pattern's last occurrence begins."""
    length = len(pattern)
    return next((n for n in range(len(ids) - length, -1, -1) if ids[n : n + length] == pattern), None)
