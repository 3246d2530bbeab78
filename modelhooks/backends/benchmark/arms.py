"""The ways to score, each from the same sequences to one number per response, in the order of arrival.

Arms 1 and 5 begin at text and tokenize it; the others are given token ids, which is in their favor. All but 5 and 6 use
transformers as it is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

import torch
import transformers
from transformers import AttentionInterface, DynamicCache

from modelhooks.backends.benchmark.subject import Subject
from modelhooks.backends.transformers import attention

Scores = list[float]
Sizes = Sequence[Sequence[int]]
DENSE_AT_MOST = 8_192  # tokens of a row with a dense mask, which grows with the row's square
OPAQUE = f"{attention.NAME}_not_compiled"


@dataclass(frozen=True)
class Arm:
    """`key` is what it is called by; one that is not usual runs only where it is asked for."""

    key: str
    title: str
    run: Callable[[Subject], Scores]
    is_usual: bool = True


def by_pipeline(size: int) -> Callable[[Subject], Scores]:
    """What the documentation of transformers shows first, told not to squash the scores."""

    def run(subject: Subject) -> Scores:
        ask = transformers.pipeline(
            "text-classification", model=subject.model, tokenizer=subject.tokenizer, device=subject.model.device
        )
        found = ask(subject.texts, batch_size=size, function_to_apply="none")
        for batch in in_order(subject.sequences, size):
            _count(subject, len(batch) * max(len(subject.sequences[one]) for one in batch))
        return [one["score"] for one in found]

    return run


def in_order(sequences: Sizes, size: int) -> list[list[int]]:
    """Batches of so many sequences, as they arrived."""
    numbers = list(range(len(sequences)))
    return [numbers[begin : begin + size] for begin in range(0, len(numbers), size)]


def longest_first(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Batches that, padded, have at most so many tokens; at least one sequence each."""
    batches: list[list[int]] = []
    for one in sorted(range(len(lengths)), key=lambda one: -lengths[one]):
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= most:
            batches[-1].append(one)
        else:
            batches.append([one])
    return batches


def padded_in_order(subject: Subject) -> Scores:
    """Batches of 16 as they arrive, padded on the right, with a mask."""
    return _padded(subject, in_order(subject.sequences, 16), with_mask=True)


def padded_by_length(subject: Subject) -> Scores:
    """Sorted by length into batches of so many tokens, with a mask."""
    return _padded(subject, _by_length(subject), with_mask=True)


def padded_without_mask(subject: Subject) -> Scores:
    """The same without one: no real token sees padding that stands to its right, and attention keeps its fast path."""
    return _padded(subject, _by_length(subject), with_mask=False)


def _by_length(subject: Subject) -> list[list[int]]:
    return longest_first([len(one) for one in subject.sequences], subject.batch_tokens)


def _padded(subject: Subject, batches: list[list[int]], *, with_mask: bool) -> Scores:
    sequences = subject.sequences
    scores = [0.0] * len(sequences)
    for batch in batches:
        ids, mask = _filled([sequences[one] for one in batch], subject)
        _count(subject, ids.numel())
        found = subject.model(input_ids=ids, attention_mask=mask if with_mask else None, use_cache=False).logits
        _put(scores, batch, found[:, 0])
    return scores


def packed_by_transformers(subject: Subject) -> Scores:
    """Sequences behind each other in one row, positions begin anew; transformers masks them from each other."""
    sequences = subject.sequences
    scores = [0.0] * len(sequences)
    for batch in _packs([len(one) for one in sequences], min(subject.budget.target, DENSE_AT_MOST)):
        chosen = [sequences[one] for one in batch]
        ids = _tensor([list(chain(*chosen))], subject)
        positions = _tensor([list(chain(*(range(len(one)) for one in chosen)))], subject)
        _count(subject, ids.numel())
        states = subject.model.model(input_ids=ids, position_ids=positions, use_cache=False).last_hidden_state[0]
        ends = [end - 1 for end in accumulate(map(len, chosen))]
        _put(scores, batch, subject.model.score(states[ends])[:, 0])
    return scores


def _packs(lengths: Sequence[int], most: int) -> list[list[int]]:
    batches: list[list[int]] = []
    room = 0
    for one in sorted(range(len(lengths)), key=lambda one: -lengths[one]):
        if lengths[one] > room:
            batches.append([])
            room = most
        batches[-1].append(one)
        room -= lengths[one]
    return batches


def prompts_from_cache(subject: Subject) -> Scores:
    """Prompts padded and computed once, their keys and values repeated for each response, responses padded."""
    parted = [_parted(group) for group in subject.ids]
    starts = list(accumulate((len(one) for _, one in parted), initial=0))
    scores = [0.0] * starts[-1]
    sizes = [len(prompt) + sum(map(len, responses)) for prompt, responses in parted]
    for batch in longest_first(sizes, subject.batch_tokens):
        chosen = [parted[one] for one in batch]
        counts = torch.tensor([len(responses) for _, responses in chosen], device=subject.model.device)
        ids, mask = _filled([prompt for prompt, _ in chosen], subject)
        own, own_mask = _filled([one for _, responses in chosen for one in responses], subject)
        _count(subject, ids.numel() + own.numel(), forwards=2)
        cache = DynamicCache(config=subject.model.config)
        subject.model.model(input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True)
        cache.batch_select_indices(torch.arange(len(chosen), device=ids.device).repeat_interleave(counts))
        before = mask.sum(1).repeat_interleave(counts)
        states = subject.model.model(
            input_ids=own,
            attention_mask=torch.cat([mask.repeat_interleave(counts, 0), own_mask], 1),
            position_ids=before[:, None] + torch.arange(own.shape[1], device=own.device),
            past_key_values=cache,
            use_cache=True,
        ).last_hidden_state
        last = states[torch.arange(len(own)), own_mask.sum(1) - 1]
        where = [
            starts[one] + number
            for one, (_, responses) in zip(batch, chosen, strict=True)
            for number in range(len(responses))
        ]
        _put(scores, where, subject.model.score(last)[:, 0])
    return scores


def prompts_in_a_tree(subject: Subject) -> Scores:
    """A row for each group: prompt, then responses, with a dense mask that hides responses from each other."""
    parted = [_parted(group) for group in subject.ids]
    starts = list(accumulate((len(one) for _, one in parted), initial=0))
    scores = [0.0] * starts[-1]
    sizes = [len(prompt) + sum(map(len, responses)) for prompt, responses in parted]
    for batch in longest_first(sizes, subject.batch_tokens):
        chosen = [parted[one] for one in batch]
        ids, real = _filled([[*prompt, *chain(*responses)] for prompt, responses in chosen], subject)
        members, _ = _filled([_members(*one) for one in chosen], subject)
        positions, _ = _filled([_positions(*one) for one in chosen], subject)
        _count(subject, ids.numel())
        states = subject.model.model(
            input_ids=ids, attention_mask=_tree(members, real), position_ids=positions, use_cache=False
        ).last_hidden_state
        for row, (one, (prompt, responses)) in enumerate(zip(batch, chosen, strict=True)):
            ends = [end - 1 for end in accumulate(map(len, responses), initial=len(prompt))][1:]
            _put(scores, range(starts[one], starts[one + 1]), subject.model.score(states[row, ends])[:, 0])
    return scores


def _parted(group: Sizes) -> tuple[list[int], list[list[int]]]:
    """Prompt and responses. A token at least is left to each response."""
    shortest = min(map(len, group)) - 1
    shared = next((n for n in range(shortest) if len({one[n] for one in group}) > 1), shortest)
    return list(group[0][:shared]), [list(one[shared:]) for one in group]


def _members(prompt: list[int], responses: list[list[int]]) -> list[int]:
    return [*[0] * len(prompt), *chain(*([number] * len(one) for number, one in enumerate(responses, start=1)))]


def _positions(prompt: list[int], responses: list[list[int]]) -> list[int]:
    begun = len(prompt)
    return [*range(begun), *chain(*(range(begun, begun + len(one)) for one in responses))]


def _tree(members: Any, real: Any) -> Any:
    """Who sees whom: (rows, 1, tokens, tokens). Padding sees itself, or its softmax would be over nothing."""
    tokens = members.shape[1]
    causal = torch.ones(tokens, tokens, dtype=torch.bool, device=members.device).tril()
    related = (members[:, None, :] == 0) | (members[:, None, :] == members[:, :, None])
    sees = related & causal & (real[:, None, :] > 0)
    return (sees | torch.eye(tokens, dtype=torch.bool, device=members.device))[:, None]


def goldpan(subject: Subject) -> Scores:
    """Packed rows with each prompt once, as workers score: from messages, through templates, to numbers."""
    return _by_goldpan(subject, subject.model.model)


def goldpan_compiled(subject: Subject) -> Scores:
    """The same with a body whose parts between attentions are compiled: layouts differ from row to row.

    Compilation is in the first repeat's time, so that the median of three is without it.
    """
    AttentionInterface.register(OPAQUE, torch.compiler.disable(attention.packed_attention))
    return _by_goldpan(subject, torch.compile(subject.model.model, dynamic=True), attending=OPAQUE)


def goldpan_unshared(subject: Subject) -> Scores:
    """Packed rows, each response with a prompt of its own: what packing alone brings."""
    return _by_goldpan(subject, subject.model.model, shares_prompts=False)


def _by_goldpan(subject: Subject, body: Any, *, shares_prompts: bool = True, attending: str = attention.NAME) -> Scores:
    with subject.attending(attending):
        scorer = subject.scorer(body, shares_prompts=shares_prompts)
        found = scorer.score(subject.groups)
    _count(subject, scorer.work.computed, forwards=scorer.work.forwards)
    errors = [one.error for row in found for one in row if one.error]
    if errors:
        raise RuntimeError(errors[0])
    return [one.raw for row in found for one in row if one.raw is not None]


def _filled(rows: Iterable[Sequence[int]], subject: Subject) -> tuple[Any, Any]:
    """Padded on the right, and which tokens are real: both (rows, longest)."""
    rows = list(rows)
    longest = max(map(len, rows))
    pad = subject.tokenizer.pad_token_id
    ids = [[*row, *[pad] * (longest - len(row))] for row in rows]
    mask = [[*[1] * len(row), *[0] * (longest - len(row))] for row in rows]
    return _tensor(ids, subject), _tensor(mask, subject)


def _tensor(rows: list[list[int]], subject: Subject) -> Any:
    return torch.tensor(rows, device=subject.model.device)


def _put(scores: Scores, places: Iterable[int], found: Any) -> None:
    for place, score in zip(places, found.float().tolist(), strict=True):
        scores[place] = score


def _count(subject: Subject, tokens: int, *, forwards: int = 1) -> None:
    subject.counted.computed += tokens
    subject.counted.forwards += forwards


ARMS = (
    Arm("1", "pipeline, one by one", by_pipeline(1)),
    Arm("1b", "pipeline, batches of 16", by_pipeline(16)),
    Arm("2", "padded batches of 16 as they arrive", padded_in_order),
    Arm("3", "sorted by length, so many tokens", padded_by_length),
    Arm("3n", "the same without a mask", padded_without_mask),
    Arm("3b", "packed by transformers", packed_by_transformers),
    Arm("3g", "packed by Goldpan, prompts repeated", goldpan_unshared),
    Arm("4", "prompts from the cache, padded", prompts_from_cache),
    Arm("4b", "prompts in a tree, padded", prompts_in_a_tree),
    Arm("5", "Goldpan: packed, each prompt once", goldpan),
    Arm("6", "Goldpan, compiled", goldpan_compiled, is_usual=False),
)
