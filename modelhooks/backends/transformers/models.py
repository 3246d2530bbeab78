"""Checkpoints as models of the contracts: what is asked goes in, what is answered comes out, in the same order."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
import transformers

from modelhooks import fingerprint
from modelhooks.backends.transformers import body, heads
from modelhooks.backends.transformers.checkpoint import CheckpointRefused, inspect
from modelhooks.backends.transformers.letters import TextRefused
from modelhooks.backends.transformers.padded import PaddedEngine
from modelhooks.backends.transformers.scoring import Answer, Engine, Work, chunks, one_ahead
from modelhooks.backends.transformers.text import Encoded, Writer
from modelhooks.contracts import (
    AttributeScores,
    Comparison,
    Gaussian,
    Judgment,
    Orders,
    Preference,
    ResponseGroup,
    RewardScore,
    Solution,
    StepScore,
    Usage,
)
from modelhooks.engine.planning import CPU, CUDA, Budget
from modelhooks.heads import GatedAttributes, reads_steps
from modelhooks.judging.orders import TORN
from modelhooks.specs import ENCODERS, ModelSpec

# Groups that are planned together; the next ones are tokenized meanwhile.
GROUPS_AT_ONCE = 256

Sequences = list[Encoded | TextRefused]


class Scorer:
    """What all of them share: a loaded checkpoint, and the fingerprint that keys its results."""

    def __init__(self, spec: ModelSpec, writer: Writer, engine: Engine | PaddedEngine, known_by: str) -> None:
        self.spec = spec
        self.writer = writer
        self.engine = engine
        self.fingerprint = known_by

    @property
    def work(self) -> Work:
        """Tokens and forwards since it was loaded."""
        return self.engine.work

    def _answers(self, asked: Sequence[Any], write: Callable[[Any], Sequences]) -> Iterator[list[Answer]]:
        """One list of answers per thing asked, its sequences being computed together."""
        written = one_ahead(chunks(asked, GROUPS_AT_ONCE), lambda some: [write(one) for one in some])
        for groups in written:
            yield from self.engine.answers(groups)


class ResponseScorer(Scorer):
    """A `RewardModel`: one raw number per response. For a softmax of words it is the log-odds of the first."""

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        """The scores, in the order of the groups and of their responses."""
        return [[_reward(one) for one in answers] for answers in self._answers(groups, self._written)]

    def _written(self, group: ResponseGroup) -> Sequences:
        return [_tried(self.writer.response, group.prompt, response) for response in group.responses]


class AttributeScorer(ResponseScorer):
    """An `AttributeRewardModel`; its overall score makes it a `RewardModel` too."""

    def score_attributes(self, groups: Sequence[ResponseGroup]) -> list[list[AttributeScores]]:
        """The scores, in the order of the groups and of their responses."""
        return [[self._attributes(one) for one in answers] for answers in self._answers(groups, self._written)]

    def _attributes(self, answer: Answer) -> AttributeScores:
        assert isinstance(self.spec.head, GatedAttributes)
        names, numbers = self.spec.head.attributes, answer.numbers[0]
        if numbers is None:
            return AttributeScores(_reward(answer))
        means, spreads = numbers[1 : len(names) + 1], numbers[len(names) + 1 :]
        variances: Sequence[float | None] = spreads or [None] * len(names)
        scores = {name: Gaussian(mean, spread) for name, mean, spread in zip(names, means, variances, strict=True)}
        return AttributeScores(_reward(answer), scores)


class StepScorer(Scorer):
    """A `ProcessRewardModel`: all steps of a solution in one pass."""

    def score_steps(self, solutions: Sequence[Solution]) -> list[list[StepScore]]:
        """The scores, in the order of the solutions and of their steps; a step that was cut off has an error."""
        found = self._answers(solutions, lambda one: [_tried(self.writer.solution, one)])
        return [_steps(answer, len(one.steps)) for one, (answer,) in zip(solutions, found, strict=True)]


class PairScorer(Scorer):
    """A `PreferenceJudge` that reads two responses at once and says no words.

    It draws nothing, so one sample is all that `n` ever changes: its votes.
    """

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        """One judgment per comparison. In both orders, the mean probability; torn between them, an abstention."""
        found = self._answers(comparisons, partial(self._written, orders=orders))
        return [_judgment(answers, n) for answers in found]

    def _written(self, comparison: Comparison, *, orders: Orders) -> Sequences:
        swapped = Comparison(comparison.prompt, comparison.second, comparison.first, comparison.principle)
        asked = [comparison, swapped] if orders == "both" else [comparison]
        return [_tried(self.writer.pair, one) for one in asked]


def load(
    folder: Path | str,
    spec: ModelSpec,
    *,
    device: str = "cpu",
    dtype: str = "float32",
    budget: Budget | None = None,
) -> ResponseScorer | AttributeScorer | StepScorer | PairScorer:
    """The checkpoint in a folder, called as the spec says. Raises `CheckpointRefused`, whose sentence is for people.

    `dtype` is that of the body: float32, bfloat16 or float16; heads are float32. `budget` is in tokens per forward.
    """
    if dtype not in body.DTYPES:
        raise CheckpointRefused(f"{dtype!r} is no type of weights; choose {', '.join(body.DTYPES)}.")
    checkpoint = inspect(Path(folder), spec)
    writer = Writer(checkpoint, spec)
    model = body.load(checkpoint, spec, device=device, dtype=dtype)
    head = heads.build(checkpoint, spec, model.config.hidden_size, device)
    kind_of_engine = PaddedEngine if spec.architecture in ENCODERS else Engine
    engine = kind_of_engine(model, head, budget or (CUDA if device.startswith("cuda") else CPU))
    known_by = fingerprint.fingerprint(spec, checkpoint.digests(), runtime(device, dtype, spec))
    if spec.is_pairwise:
        return PairScorer(spec, writer, engine, known_by)
    if reads_steps(spec.head):
        return StepScorer(spec, writer, engine, known_by)
    kind = AttributeScorer if isinstance(spec.head, GatedAttributes) else ResponseScorer
    return kind(spec, writer, engine, known_by)


def runtime(device: str, dtype: str, spec: ModelSpec) -> fingerprint.Runtime:
    """What a score depends on beside spec and files."""
    on_gpu = device.startswith("cuda")
    return fingerprint.Runtime(
        device=torch.cuda.get_device_name(device) if on_gpu else "cpu",
        dtype=dtype,
        attention=body.attending(spec),
        batching="padded batches" if spec.architecture in ENCODERS else "packed rows, shared prompts",
        torch=torch.__version__,
        transformers=transformers.__version__,
    )


def _tried(write: Callable[..., Encoded], *asked: Any) -> Encoded | TextRefused:
    """What was written, or why it could not be: one bad text leaves the others their scores."""
    try:
        return write(*asked)
    except TextRefused as refused:
        return refused


def _reward(answer: Answer) -> RewardScore:
    numbers = answer.numbers[0]
    return RewardScore(numbers[0] if numbers else None, answer.n_tokens, answer.truncated, answer.errors[0])


def _steps(answer: Answer, count: int) -> list[StepScore]:
    if len(answer.numbers) != count:  # there was no sequence, hence one reason for all steps
        return [StepScore(None, answer.errors[0]) for _ in range(count)]
    pairs = zip(answer.numbers, answer.errors, strict=True)
    return [StepScore(numbers[0] if numbers else None, error) for numbers, error in pairs]


def _judgment(answers: list[Answer], n: int) -> Judgment:
    """From the log-odds of the response shown first, in the order that was asked and, where asked, swapped."""
    odds = [one.numbers[0][0] if one.numbers[0] else None for one in answers]
    usage = Usage(prompt_tokens=sum(one.n_tokens for one in answers), requests=len(answers))
    if any(one is None for one in odds):
        said = next(one.errors[0] for one in answers if one.errors[0])
        return Judgment(None, usage=usage, error=said)
    turned = [one if order == 0 else -one for order, one in enumerate(odds) if one is not None]
    p_first = sum(_sigmoid(one) for one in turned) / len(turned)
    verdicts: list[Preference] = ["first" if one > 0 else "second" if one < 0 else "tie" for one in turned]
    agreed = len(set(verdicts)) == 1
    return Judgment(
        preference=verdicts[0] if agreed else None,
        p_first=p_first,
        votes={verdict: n * verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)},
        consistent_under_swap=agreed if len(verdicts) > 1 else None,
        usage=usage,
        error="" if agreed else TORN,
        by_order=tuple({"A" if one > 0 else "B" if one < 0 else "tie": n} for one in odds if one is not None),
    )


def _sigmoid(odds: float) -> float:
    return float(torch.sigmoid(torch.tensor(odds, dtype=torch.float64)))
