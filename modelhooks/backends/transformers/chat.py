"""A causal language model in a folder that is talked to in this process: the same as a chat server, without one.

Answers of a shape are held to it while they are written, so none has another. Weights are safetensors, no code of the
checkpoint is run, nothing is downloaded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import torch
import transformers

from modelhooks import fingerprint
from modelhooks.backends.transformers import body, decoding, grammar
from modelhooks.backends.transformers.checkpoint import Checkpoint, CheckpointRefused, opened
from modelhooks.backends.transformers.decoding import Draft, Text
from modelhooks.backends.transformers.grammar import Vocabulary
from modelhooks.backends.transformers.letters import TextRefused
from modelhooks.backends.transformers.questions import Questioner
from modelhooks.backends.transformers.scoring import NO_MEMORY, is_lack_of_memory
from modelhooks.contracts import Usage
from modelhooks.engine.planning import CPU, CUDA
from modelhooks.judging.chat import Ask, Reply, Sample

VERSION = 1  # raise it when the same question would get other answers
ROWS = 32  # texts that are written at once
BLIND = "The model in the folder sees no pictures."
LOST = "What the model weighs is no number any more; another type of weights may help."
# The models that have been tried, against plain transformers. What Gemma 2 does to its attention only "eager" knows.
CLASSES = {
    "llama": (transformers.LlamaConfig, transformers.LlamaForCausalLM, "sdpa"),
    "qwen2": (transformers.Qwen2Config, transformers.Qwen2ForCausalLM, "sdpa"),
    "qwen3": (transformers.Qwen3Config, transformers.Qwen3ForCausalLM, "sdpa"),
    "mistral": (transformers.MistralConfig, transformers.MistralForCausalLM, "sdpa"),
    "gemma": (transformers.GemmaConfig, transformers.GemmaForCausalLM, "sdpa"),
    "gemma2": (transformers.Gemma2Config, transformers.Gemma2ForCausalLM, "eager"),
}


@dataclass(frozen=True)
class _Asked:
    """One question as it goes to the model, or why it cannot."""

    ask: Ask
    ids: tuple[int, ...] = ()
    most: int = 0
    refusal: Reply | None = None

    def drafts(self) -> list[Draft]:
        """Its texts. Without chance all samples are one."""
        if self.refusal:
            return []
        count = self.ask.samples if self.ask.sampling.temperature else 1
        return [Draft(self.ids, self.ask.shape, self.ask.sampling, number, self.most) for number in range(count)]


class FolderChat:
    """A `Chat` that runs in this process."""

    takes_images = False

    def __init__(self, model: Any, questioner: Questioner, known_by: str) -> None:
        self.model = model
        self.questioner = questioner
        self.fingerprint = known_by
        self.vocabulary = Vocabulary(
            questioner.tokenizer, model.config.vocab_size, questioner.controls, questioner.ends
        )
        self.context = int(model.config.max_position_embeddings)
        self.budget = (CUDA if model.device.type == "cuda" else CPU).most

    def ask(self, asks: Sequence[Ask]) -> list[Reply]:
        """One reply for each, in their order."""
        asked = [self._asked(one) for one in asks]
        parts = [one.drafts() for one in asked]
        texts = iter(self._texts([draft for part in parts for draft in part]))
        found = [list(islice(texts, len(part))) for part in parts]
        return [one.refusal or _reply(one, some) for one, some in zip(asked, found, strict=True)]

    def _texts(self, drafts: Sequence[Draft]) -> list[Text | None]:
        """One for each, in their order, batch by batch; None where memory did not suffice."""
        found: dict[int, Text | None] = {}
        for places in _batches(drafts, self.budget):
            found |= zip(places, self._written([drafts[place] for place in places]), strict=True)
        return [found[place] for place in range(len(drafts))]

    def _asked(self, ask: Ask) -> _Asked:
        if any(turn.pictures for turn in ask.turns):
            return _refused(ask, "refused", BLIND)
        try:
            ids = tuple(self.questioner.question(ask.turns))
        except TextRefused as refused:
            return _refused(ask, "refused", str(refused))
        room = self.context - len(ids)
        if room < 1:
            said = f"The question has {len(ids):,} tokens, and the model reads and writes {self.context:,} together."
            return _refused(ask, "too_large", said)
        return _Asked(ask, ids, min(ask.sampling.max_tokens, room))

    def _written(self, drafts: Sequence[Draft]) -> list[Text | None]:
        """In one batch, or where memory does not suffice in halves; None for what does not even fit alone."""
        try:
            return list(decoding.write(self.model, self.vocabulary, drafts))
        except (torch.OutOfMemoryError, RuntimeError) as error:
            if not is_lack_of_memory(error):
                raise
            del error
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if len(drafts) == 1:
            return [None]
        half = len(drafts) // 2
        return [*self._written(drafts[:half]), *self._written(drafts[half:])]


def load(folder: Path | str, *, device: str = "cpu", dtype: str = "float32") -> FolderChat:
    """The chat model in a folder. Raises `CheckpointRefused`, whose sentence is for people."""
    if dtype not in body.DTYPES:
        raise CheckpointRefused(f"{dtype!r} is no type of weights; choose {', '.join(body.DTYPES)}.")
    checkpoint = opened(Path(folder), _is_known)
    questioner = Questioner(checkpoint)
    config_class, model_class, attend_by = CLASSES[checkpoint.config["model_type"]]
    model = body.weighted(
        checkpoint,
        config_class.from_dict(dict(checkpoint.config)),
        model_class,
        attend_by=attend_by,
        device=device,
        dtype=dtype,
        may_be_left=lambda _name: False,
    )
    if not max(questioner.ends) < model.config.vocab_size:
        raise CheckpointRefused("A token that ends what the model writes is none that it weighs.")
    return FolderChat(model, questioner, _known_by(checkpoint, questioner, device, dtype, attend_by))


def _is_known(config: Any) -> None:
    kind = config.get("model_type")
    if kind not in CLASSES:
        raise CheckpointRefused(
            f"config.json says {str(kind)[:80]!r}; chat models in a folder are {', '.join(CLASSES)}. "
            "Others can be served (vLLM, SGLang, llama.cpp) and asked there."
        )


def _known_by(checkpoint: Checkpoint, questioner: Questioner, device: str, dtype: str, attend_by: str) -> str:
    runtime = {
        "device": torch.cuda.get_device_name(device) if device.startswith("cuda") else "cpu",
        "dtype": dtype,
        "attention": attend_by,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "xgrammar": version("xgrammar"),
    }
    versions = {"chat": VERSION, "grammar": grammar.VERSION, "ends": sorted(questioner.ends)}
    return fingerprint.of_parts({**versions, "files": checkpoint.digests(), "runtime": runtime})


def _batches(drafts: Sequence[Draft], budget: int) -> Iterator[list[int]]:
    """Places of drafts that are written together: of like lengths, and of no more tokens than the budget has."""
    batch: list[int] = []
    longest = 0
    for place in sorted(range(len(drafts)), key=lambda one: (len(drafts[one].prompt), one)):
        longest = max(longest, len(drafts[place].prompt) + drafts[place].most)
        if batch and (len(batch) == ROWS or (len(batch) + 1) * longest > budget):
            yield batch
            batch, longest = [], len(drafts[place].prompt) + drafts[place].most
        batch.append(place)
    if batch:
        yield batch


def _refused(ask: Ask, reason: str, error: str) -> _Asked:
    return _Asked(ask, refusal=Reply(reason=reason, error=error))


def _reply(asked: _Asked, texts: Sequence[Text | None]) -> Reply:
    """The samples that came; with none, why."""
    samples: list[Sample] = [one.sample for one in texts if one and one.sample]
    usage = Usage(len(asked.ids), sum(one.tokens for one in texts if one), requests=1)
    if not samples:
        has_room = any(texts)
        return Reply((), usage, "unreadable" if has_room else "too_large", LOST if has_room else NO_MEMORY)
    if not asked.ask.sampling.temperature:
        samples *= asked.ask.samples
    return Reply(tuple(samples), usage)
