"""One random model with one workload, in the forms that the arms take it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from modelhooks.backends.benchmark import shapes
from modelhooks.backends.benchmark.workload import VOCABULARY, Mix, groups
from modelhooks.backends.transformers import attention, heads
from modelhooks.backends.transformers.checkpoint import Checkpoint
from modelhooks.backends.transformers.models import ResponseScorer
from modelhooks.backends.transformers.scoring import Engine
from modelhooks.backends.transformers.text import Writer
from modelhooks.contracts import ResponseGroup
from modelhooks.engine.planning import Budget, distinct_tokens
from modelhooks.specs import ModelSpec

SCORE = "score.weight"


@dataclass
class Counted:
    """Tokens that went through the model, padding among them, and in how many forwards."""

    computed: int = 0
    forwards: int = 0


@dataclass
class Subject:
    """`ids` are whole sequences by group; `batch_tokens` is what an arm that batches by tokens may put in a forward."""

    model: Any
    tokenizer: Any
    groups: list[ResponseGroup]
    texts: list[str]
    ids: list[list[list[int]]]
    writer: Writer
    head: heads.Head
    budget: Budget
    batch_tokens: int
    counted: Counted = field(default_factory=Counted)

    @property
    def sequences(self) -> list[list[int]]:
        """All of them, in the order in which they arrived."""
        return [row for group in self.ids for row in group]

    @property
    def useful(self) -> int:
        """Tokens of all sequences, each by itself."""
        return sum(map(len, self.sequences))

    @property
    def distinct(self) -> int:
        """The least that can be computed, each prompt once."""
        return distinct_tokens(self.ids)

    def scorer(self, model: Any = None, *, shares_prompts: bool = True) -> ResponseScorer:
        """Goldpan's own, from text to score, on the same weights."""
        engine = Engine(self.model.model if model is None else model, self.head, self.budget, shares_prompts)
        return ResponseScorer(self.writer.spec, self.writer, engine, known_by="benchmark")

    @contextmanager
    def attending(self, by: str = attention.NAME) -> Iterator[None]:
        """Meanwhile the model attends by this function of transformers' table."""
        self.model.set_attn_implementation(by)
        try:
            yield
        finally:
            self.model.set_attn_implementation("sdpa")


def make(
    shape: shapes.Shape, mix: Mix, count: int, *, device: str, dtype: str, budget: Budget, batch_tokens: int, seed: int
) -> Subject:
    """The model on its device, and `count` groups of the mix."""
    short = Mix(mix.prompt.shrunk(shape.shrink), mix.response.shrunk(shape.shrink), mix.responses)
    asked = groups(short, count, seed=seed)
    model = shapes.random_model(shape, device=device, dtype=dtype, seed=seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = shapes.tokenizer(folder)
        save_file({SCORE: model.score.weight.cpu()}, folder / "head.safetensors")
        spec = _spec(shape)
        files = Checkpoint(
            folder, {}, {**shapes.WORDS, "chat_template": shapes.CHAT}, {SCORE: folder / "head.safetensors"}
        )
        writer = Writer(files, spec)
        head = heads.build(files, spec, shape.hidden, device)
    ids = [[writer.response(one.prompt, response).ids for response in one.responses] for one in asked]
    texts = [_text(words, one, response) for one in asked for response in one.responses]
    return Subject(model, words, asked, texts, ids, writer, head, budget, batch_tokens)


def _spec(shape: shapes.Shape) -> ModelSpec:
    return ModelSpec.model_validate(
        {
            "name": "benchmark",
            "revision": "random",
            "architecture": shape.architecture.lower(),
            "head": {"kind": "linear_last", "layer": {"weight": SCORE}},
            "max_length": shapes.LONGEST,
            "licence": "none",
            "commercial_use": True,
            "source": f"{VOCABULARY} random words",
        }
    )


def _text(words: Any, group: ResponseGroup, response: str) -> str:
    """What other arms are given: the rendered text, as their users would."""
    messages = [*group.prompt, {"role": "assistant", "content": response}]
    return str(words.apply_chat_template(messages, tokenize=False))
