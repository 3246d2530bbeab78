"""From the turns of a question to token ids, up to where the model's answer begins, and the tokens that end one."""

from collections.abc import Iterable, Sequence
from typing import Any

from modelhooks.backends.transformers.checkpoint import Checkpoint, CheckpointRefused, parsed
from modelhooks.backends.transformers.letters import STEP, Letters, TextRefused
from modelhooks.judging.chat import Turn

# Of models that can think aloud first: an answer of a strict shape leaves no room for it. Other templates ignore it.
ASKED = {"add_generation_prompt": True, "enable_thinking": False}
BESIDE = "generation_config.json"
PROBE = "goldpan"  # a text that no template writes by itself


class Questioner(Letters):
    """Writes questions as the checkpoint's chat template has them."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__(checkpoint)
        if not self.template:
            raise CheckpointRefused("The checkpoint brings no chat template, so nobody knows how it is talked to.")
        self.controls = frozenset(self.tokenizer.convert_tokens_to_ids(self.control_tokens))
        try:
            self._shows_system = self._shows([_message("system", PROBE), _message("user", "?")])
            shows_user = self._shows([_message("user", PROBE)])
        except TextRefused as refused:
            raise CheckpointRefused(str(refused)) from refused
        if not shows_user:
            raise CheckpointRefused("The chat template does not show what it is asked.")
        self.ends = frozenset({*self._end_of_turn(), *_told_ends(checkpoint), *self._own_end()})
        if not self.ends:
            raise CheckpointRefused("Nothing in the folder says with which token the model ends what it writes.")

    def question(self, turns: Sequence[Turn]) -> list[int]:
        """All turns, and the beginning of the model's own. Raises TextRefused."""
        messages = [_message(turn.role, self._quoted(turn.text)) for turn in turns]
        if not self._shows_system:
            messages = _without_system(messages)
        ids, _ = self._encoded(self._rendered(messages, self.template, **ASKED))
        return ids

    def _shows(self, messages: Sequence[dict[str, str]]) -> bool:
        """Some templates refuse a system's turn and some drop it."""
        try:
            return PROBE in self._rendered(messages, self.template, **ASKED)
        except TextRefused:
            if messages[0]["role"] == "system":
                return False
            raise

    def _end_of_turn(self) -> Iterable[int]:
        """The control token that the template writes right after the words of the model."""
        shown = self._rendered([_message("user", "?"), _message("assistant", PROBE + STEP)], self.template)
        ids, marks = self._encoded(shown)
        return [one for mark in marks for one in ids[mark + 1 : mark + 2] if one in self.controls]

    def _own_end(self) -> Iterable[int]:
        own = self.tokenizer.eos_token_id
        return [] if own is None else [own]


def _message(role: str, text: str) -> dict[str, str]:
    return {"role": role, "content": text}


def _without_system(messages: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """What the system says, put before the words of the turn that follows."""
    found: list[dict[str, str]] = []
    said = ""
    for one in messages:
        if one["role"] == "system":
            said += f"{one['content']}\n\n"
        else:
            found.append(_message(one["role"], said + one["content"]))
            said = ""
    return [*found, _message("user", said.strip())] if said else found


def _told_ends(checkpoint: Checkpoint) -> Iterable[int]:
    """The ends that its configurations name, as a number or as several."""
    beside = checkpoint.folder / BESIDE
    told: list[Any] = [checkpoint.config.get("eos_token_id")]
    if beside.is_file():
        read = parsed(beside)
        told.append(read.get("eos_token_id") if isinstance(read, dict) else None)
    flat = [one for each in told for one in (each if isinstance(each, list) else [each])]
    return [one for one in flat if isinstance(one, int) and not isinstance(one, bool)]
