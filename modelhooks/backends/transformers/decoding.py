"""Texts written token by token, several at once: prompts read together, then a token for each text at a time.

Prompts are padded on the left and each is read once, however many texts go on from it. Whatever a text draws comes from
a stream of its own, so that what stands beside it in a batch changes nothing but the last digits of its numbers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from modelhooks.backends.transformers.grammar import Constraint, Vocabulary
from modelhooks.judging.chat import Answer, Sample, Sampling, Token

# The largest share of a distribution that is drawn from: rounding must not point behind its end.
HIGHEST = 1 - 1e-12
COLDEST = 1e-4  # there is no chance below it: what is divided by next to nothing is no number any more
STREAMS = 0x9E3779B97F4A7C15  # between the streams of one seed's samples; odd, so that no two fall together


@dataclass(frozen=True)
class Draft:
    """One text to be written: after which prompt, in what shape, how it is drawn, and its number among its like.

    `most` bounds its tokens.
    """

    prompt: tuple[int, ...]
    shape: type[Answer] | None
    sampling: Sampling
    number: int
    most: int


@dataclass(frozen=True)
class Text:
    """A text that was written, and how many tokens that took; None where the model's numbers were none."""

    sample: Sample | None
    tokens: int


@dataclass
class _Row:
    draft: Draft
    constraint: Constraint
    stream: torch.Generator
    tokens: list[int] = field(default_factory=list)
    told: list[Token] = field(default_factory=list)
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return not self.reason


def write(model: Any, vocabulary: Vocabulary, drafts: Sequence[Draft]) -> list[Text]:
    """One text for each draft, in their order, all in one batch."""
    rows = [_Row(one, vocabulary.constraint(one.shape), _stream(one)) for one in drafts]
    with torch.inference_mode():
        _fill(model, vocabulary, rows)
    return [_text(vocabulary, row) for row in rows]


def _fill(model: Any, vocabulary: Vocabulary, rows: list[_Row]) -> None:
    prompts = list(dict.fromkeys(row.draft.prompt for row in rows))
    logits, state = _read(model, prompts)
    place = {prompt: number for number, prompt in enumerate(prompts)}
    logits, going = _kept(state, logits, [place[row.draft.prompt] for row in rows]), rows
    while True:
        for row, weights, allowed in zip(going, logits, _allowed(going, logits.device), strict=True):
            _step(vocabulary, row, weights, allowed)
        still = [number for number, row in enumerate(going) if row.is_open]
        if not still:
            return
        if len(still) < len(going):
            _kept(state, logits, still)
            going = [going[number] for number in still]
        logits = _next(model, state, [row.tokens[-1] for row in going])


@dataclass
class _State:
    """What the model has read: its memory, which places of it are no padding, and where each text is."""

    memory: Any
    mask: Any
    position: Any


def _read(model: Any, prompts: Sequence[Sequence[int]]) -> tuple[Any, _State]:
    longest = max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(one)) + list(one) for one in prompts], device=model.device)
    mask = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in prompts], device=model.device)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    found = model(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=True, logits_to_keep=1)
    return found.logits[:, -1].float(), _State(found.past_key_values, mask, positions[:, -1])


def _next(model: Any, state: _State, tokens: Sequence[int]) -> Any:
    state.position = state.position + 1
    state.mask = torch.cat([state.mask, state.mask.new_ones(len(tokens), 1)], dim=1)
    found = model(
        input_ids=torch.tensor(tokens, device=model.device)[:, None],
        attention_mask=state.mask,
        position_ids=state.position[:, None],
        past_key_values=state.memory,
        use_cache=True,
    )
    return found.logits[:, -1].float()


def _kept(state: _State, logits: Any, wanted: Sequence[int]) -> Any:
    """Only these rows are gone on with, some of them more than once."""
    chosen = torch.tensor(wanted, device=state.mask.device)
    state.memory.batch_select_indices(chosen)
    state.mask, state.position = state.mask[chosen], state.position[chosen]
    return logits[chosen]


def _allowed(rows: Sequence[_Row], device: Any) -> Any:
    return torch.stack([row.constraint.allowed() for row in rows]).to(device)


def _step(vocabulary: Vocabulary, row: _Row, logits: Any, allowed: Any) -> None:
    """Draw the next token of one text, and see whether that ends it."""
    masked = logits.masked_fill(~allowed, -math.inf)
    if not torch.isfinite(masked.max()):
        row.reason = "lost"
        return
    token = _drawn(masked, row.draft.sampling, row.stream)
    if token in vocabulary.ends:
        row.tokens.append(token)
        row.reason = "stop"
        return
    alternatives = _told(vocabulary, row, logits, allowed, token) if row.draft.sampling.alternatives else ()
    row.told.append(Token(vocabulary.word(token, is_first=not row.tokens), alternatives))
    row.constraint.take(token)
    row.tokens.append(token)
    if row.constraint.is_complete:
        row.reason = "stop"
    elif len(row.tokens) >= row.draft.most:
        row.reason = "length"


def _drawn(masked: Any, sampling: Sampling, stream: torch.Generator) -> int:
    """The likeliest token where there is no chance, else the one that the next number of the stream falls on."""
    if sampling.temperature < COLDEST:
        return int(masked.argmax())
    shares = (masked.double() / sampling.temperature).softmax(-1)
    order = None
    if sampling.top_p < 1:
        order = shares.argsort(descending=True, stable=True)
        shares = shares[order]
        shares = shares.masked_fill(shares.cumsum(-1) - shares >= sampling.top_p, 0.0)
    reached = shares.cumsum(-1)
    at = torch.rand((), generator=stream, dtype=torch.float64).clamp(max=HIGHEST).to(reached.device) * reached[-1]
    found = int(torch.searchsorted(reached, at, right=True))
    return found if order is None else int(order[found])


def _told(vocabulary: Vocabulary, row: _Row, logits: Any, allowed: Any, token: int) -> tuple[tuple[str, float], ...]:
    """The likeliest of what may stand here and what does, with what the model gave them of all that it weighed.

    Before temperature and before the constraint: a share that went to what is not allowed stays missing, so that a
    model that wanted to say something else is not taken for sure.
    """
    known = logits.log_softmax(-1)
    open_ones = known.masked_fill(~allowed, -math.inf)
    best = open_ones.topk(min(row.draft.sampling.alternatives, len(known)))
    shares = dict(zip(best.indices.tolist(), best.values.tolist(), strict=True))
    shares[token] = float(known[token])
    sums: dict[str, float] = {}
    for one, logarithm in shares.items():
        if logarithm > -math.inf:
            word = vocabulary.word(one, is_first=not row.tokens)
            sums[word] = sums.get(word, 0.0) + math.exp(logarithm)
    return tuple((word, math.log(share)) for word, share in sums.items() if share > 0)


def _stream(draft: Draft) -> torch.Generator:
    made = torch.Generator()
    seed = draft.sampling.seed
    if seed is None:
        made.seed()
    else:
        made.manual_seed((seed + draft.number * STREAMS) % 2**63)
    return made


def _text(vocabulary: Vocabulary, row: _Row) -> Text:
    if row.reason == "lost":
        return Text(None, len(row.tokens))
    said = [token for token in row.tokens if token not in vocabulary.ends]
    return Text(Sample(vocabulary.text(said), row.reason, tuple(row.told)), len(row.tokens))
