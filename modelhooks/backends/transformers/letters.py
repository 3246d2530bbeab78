"""Token ids of a rendered conversation, in which no annotator can forge a control token.

Text that people and models wrote is untrusted: where it contains `<|im_end|>` or a step's mark, those are letters.
Control tokens in it are wrapped in private-use characters before the template is rendered; the rendered text is then
encoded piece by piece, what was wrapped as plain text. Marks of ours (the end of a step) travel the same way and become
token ids or positions, so they cannot be mistaken for the same word in a step's own text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import jinja2
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from modelhooks.backends.transformers.checkpoint import TEMPLATE, Checkpoint, CheckpointRefused

WRAPPED, UNWRAPPED, CUT, STEP = (chr(0xF6A00 + number) for number in range(4))
OURS = re.compile(f"[{WRAPPED}{UNWRAPPED}{CUT}{STEP}]")
TOKENS = ("bos_token", "eos_token", "pad_token", "unk_token")
# Templates that print today's date make scores change overnight; this is the day that they fall back to themselves.
DAY = "26 Jul 2024"


class TextRefused(ValueError):
    """A text that the model's template cannot show; the sentence goes into the result."""


class Letters:
    """A checkpoint's tokenizer and chat template.

    `template` stands in for the checkpoint's own; `around` is all that we write around the texts of others, and
    `step_token` what is put in where a step ends.
    """

    def __init__(
        self, checkpoint: Checkpoint, *, template: str | None = None, around: str = "", step_token: int | None = None
    ) -> None:
        self.tokenizer = _tokenizer(checkpoint)
        self.template = template or self.tokenizer.chat_template or ""
        if "strftime_now" in self.template and "date_string" not in self.template:
            raise CheckpointRefused("The chat template prints today's date, so scores would change by the day.")
        self._step_token = step_token
        self.control_tokens = _control_tokens(self.tokenizer, self.template + around)
        self._controls = _either(self.control_tokens)
        self._marks = re.compile(f"{WRAPPED}({self._controls.pattern}){UNWRAPPED}|[{WRAPPED}{UNWRAPPED}{CUT}{STEP}]")
        try:
            self._newline = self._plain("\n")
            self._writes_a_prefix = self._plain("\nx") != [*self._newline, *self._plain("x")]
            self._before, self._after = self._added_by_itself()
        except TextRefused as refused:
            raise CheckpointRefused(f"tokenizer.json cannot be used. {refused}") from refused

    def _rendered(self, messages: Sequence[Mapping[str, Any]], template: str | None, **more: Any) -> str:
        try:
            text = self.tokenizer.apply_chat_template(
                list(messages), chat_template=template, tokenize=False, date_string=DAY, **more
            )
        except (jinja2.TemplateError, TypeError, ValueError, KeyError) as error:
            raise TextRefused(f"The model's template cannot show this conversation: {str(error)[:200]}") from error
        return str(text)

    def _encoded(self, text: str) -> tuple[list[int], list[int]]:
        ids: list[int] = []
        marks: list[int] = []
        reached = 0
        for found in self._marks.finditer(text):
            ids.extend(self._piece(text[reached : found.start()], is_first=reached == 0))
            reached = found.end()
            if found[0] == STEP:
                ids.extend([] if self._step_token is None else [self._step_token])
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
