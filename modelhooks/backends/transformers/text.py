"""From prompts and responses to token ids, as the model's publisher writes them and as no annotator can forge.

Text that people and models wrote is untrusted: where it contains `<|im_end|>` or a step's mark, those are letters.
Control tokens in it are wrapped in private-use characters before the template is rendered; the rendered text is then
encoded piece by piece, what was wrapped as plain text. Marks of ours (the end of a step) travel the same way and become
token ids or positions, so they cannot be mistaken for the same word in a step's own text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import jinja2
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from modelhooks.backends.transformers.checkpoint import TEMPLATE, Checkpoint, CheckpointRefused
from modelhooks.contracts import Comparison, Messages, Solution
from modelhooks.heads import GatedAttributes
from modelhooks.specs import ModelSpec

WRAPPED, UNWRAPPED, CUT, STEP = (chr(0xF6A00 + number) for number in range(4))
OURS = re.compile(f"[{WRAPPED}{UNWRAPPED}{CUT}{STEP}]")
TOKENS = ("bos_token", "eos_token", "pad_token", "unk_token")
# Templates that print today's date make scores change overnight; this is the day that they fall back to themselves.
DAY = "26 Jul 2024"


class TextRefused(ValueError):
    """A text that the model's template cannot show; the sentence goes into the result."""


@dataclass(frozen=True)
class Encoded:
    """One sequence and where it is read: per answer, the tokens whose states the head takes, or None if cut off."""

    ids: list[int]
    reads: tuple[tuple[int, ...] | None, ...]
    truncated: bool = False


class Writer:
    """Writes what the model reads."""

    def __init__(self, checkpoint: Checkpoint, spec: ModelSpec) -> None:
        self.spec = spec
        self.tokenizer = _tokenizer(checkpoint)
        self.template = spec.template.chat or self.tokenizer.chat_template or ""
        if not self.template and not spec.template.parts:
            raise CheckpointRefused("The checkpoint brings no chat template, and the spec gives none.")
        if "strftime_now" in self.template and "date_string" not in self.template:
            raise CheckpointRefused("The chat template prints today's date, so scores would change by the day.")
        self._controls = _either(_control_tokens(self.tokenizer, _written_by_us(self.template, spec)))
        self._marks = re.compile(f"{WRAPPED}({self._controls.pattern}){UNWRAPPED}|[{WRAPPED}{UNWRAPPED}{CUT}{STEP}]")
        try:
            self._newline = self._plain("\n")
            self._writes_a_prefix = self._plain("\nx") != [*self._newline, *self._plain("x")]
            self._before, self._after = self._added_by_itself()
        except TextRefused as refused:
            raise CheckpointRefused(f"tokenizer.json cannot be used. {refused}") from refused

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

    def _rendered(self, messages: Sequence[Mapping[str, Any]], template: str | None, **more: Any) -> str:
        try:
            text = self.tokenizer.apply_chat_template(
                list(messages), chat_template=template, tokenize=False, date_string=DAY, **more
            )
        except (jinja2.TemplateError, TypeError, ValueError, KeyError) as error:
            raise TextRefused(f"The model's template cannot show this conversation: {str(error)[:200]}") from error
        return str(text)

    def _encoded(self, text: str) -> tuple[list[int], list[int]]:
        rule = self.spec.template.steps
        ids: list[int] = []
        marks: list[int] = []
        reached = 0
        for found in self._marks.finditer(text):
            ids.extend(self._piece(text[reached : found.start()], is_first=reached == 0))
            reached = found.end()
            if found[0] == STEP and rule is not None:
                ids.extend([] if rule.token_id is None else [rule.token_id])
                marks.append(len(ids) - 1)
            elif found[1]:
                ids.extend(self._as_letters(found[1]))
        ids.extend(self._piece(text[reached:], is_first=reached == 0))
        return ids, marks

    def _piece(self, text: str, *, is_first: bool) -> list[int]:
        """The ids of a piece that we or the template wrote, or plain text; control tokens in it are control tokens."""
        if not text:
            return []
        if is_first or not self._writes_a_prefix:
            return self._plain(text)
        return self._without_prefix(text)

    def _without_prefix(self, text: str) -> list[int]:
        """In the middle of a text, without the space that SentencePiece writes before the beginning of one."""
        ids = self._plain("\n" + text)
        begun = len(self._newline)
        return ids[begun:] if ids[:begun] == self._newline else self._plain(text)

    def _as_letters(self, token: str) -> list[int]:
        """A control token's text as plain text."""
        own = self.tokenizer.convert_tokens_to_ids(token)
        before = "\n" if self._writes_a_prefix else ""
        whole = self._ids(before + token, add_special_tokens=False, split_special_tokens=True)
        begun = len(self._newline) if before else 0
        if own not in whole and whole[:begun] == self._newline[:begun]:
            return whole[begun:]
        # Added tokens that are not special are matched all the same; parted, they are not.
        return [*self._piece(token[:1], is_first=False), *self._piece(token[1:], is_first=False)]

    def _plain(self, text: str) -> list[int]:
        return self._ids(text, add_special_tokens=False, split_special_tokens=False)

    def _ids(self, text: str, **how: bool) -> list[int]:
        with compiled(TextRefused, "The tokenizer cannot write this text"):
            found: list[int] = self.tokenizer.encode(text, **how)
        return found

    def _added_by_itself(self) -> tuple[list[int], list[int]]:
        """What the tokenizer puts before and after a text."""
        bare, full = self._plain("x"), self._ids("x", add_special_tokens=True)
        places = (n for n in range(len(full) - len(bare) + 1) if full[n : n + len(bare)] == bare)
        start = next(places, None)
        if not bare or start is None:
            raise TextRefused("It does not write plain letters.")
        return full[:start], full[start + len(bare) :]

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

    def _quoted(self, value: Any) -> Any:
        """The same with control tokens wrapped, in every string however deep, and none of our marks."""
        if isinstance(value, str):
            clean = OURS.sub("", value)
            return self._controls.sub(f"{WRAPPED}\\g<0>{UNWRAPPED}", clean)
        if isinstance(value, Mapping):
            return {key: self._quoted(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._quoted(one) for one in value]
        return value


def _turn(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _written_by_us(template: str, spec: ModelSpec) -> str:
    """All words that are around what people and models wrote; added tokens among them are control tokens."""
    parts = spec.template.parts
    in_parts = (parts.source, parts.candidate, *parts.marks) if parts else ()
    return "".join((template, spec.template.pair or "", *in_parts))


def _last_place(ids: list[int], pattern: list[int]) -> int | None:
    """Where the pattern's last occurrence begins."""
    length = len(pattern)
    return next((n for n in range(len(ids) - length, -1, -1) if ids[n : n + length] == pattern), None)


@contextmanager
def compiled(refusal: type[ValueError], said: str) -> Iterator[None]:
    """Around calls into the tokenizer, compiled code that reads files of strangers: its panics are no `Exception`."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise refusal(f"{said}: {lines[0][:200]}") from error


def _tokenizer(checkpoint: Checkpoint) -> Any:
    """From tokenizer.json alone, which is data; of its configuration only words and the template are taken."""
    config = checkpoint.tokenizer_config
    words = {key: _word(config.get(key)) for key in TOKENS}
    beside = checkpoint.folder / TEMPLATE
    template = beside.read_text(encoding="utf-8") if beside.is_file() else config.get("chat_template")
    with compiled(CheckpointRefused, "tokenizer.json cannot be read"):
        read = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
    made = PreTrainedTokenizerFast(tokenizer_object=read, **{key: word for key, word in words.items() if word})
    made.chat_template = _one_template(template)
    return made


def _one_template(template: Any) -> str | None:
    """Of several named ones, the one called default."""
    if isinstance(template, list):
        named = {one.get("name"): one.get("template") for one in template if isinstance(one, dict)}
        template = named.get("default")
    return template if isinstance(template, str) else None


def _word(value: Any) -> str | None:
    """A token as a word; older files write an object with its content."""
    value = value.get("content") if isinstance(value, Mapping) else value
    return value if isinstance(value, str) else None


def _control_tokens(tokenizer: Any, template: str) -> list[str]:
    """Special tokens, and what other added tokens the template writes; white space is text."""
    return [
        token.content
        for token in tokenizer.added_tokens_decoder.values()
        if token.special or (token.content in template and not token.content.isspace())
    ]


def _either(words: Sequence[str]) -> re.Pattern[str]:
    """Any of these words, the longest first; nothing where there are none."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)")
