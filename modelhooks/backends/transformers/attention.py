"""Attention over a packed row: each member sees what its group shares and what it has of its own, and nothing else.

Registered under a name of its own in transformers' table of attention functions, and reached with the row's layout as
a keyword argument of the model's forward. On the CPU a loop of small calls; on CUDA two calls of the variable-length
kernel, whose results over shared and own keys are merged by their log-sum-exps (as in cascade attention: Ye et al.,
"Cascade Inference", 2024). No dense mask over the row is ever made.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate
from typing import Any

import torch
from transformers import AttentionInterface

from modelhooks.backends.transformers import kernel
from modelhooks.engine.planning import Segment

log = logging.getLogger(__name__)
NAME = "goldpan_packed"
HALF = (torch.float16, torch.bfloat16)
WIDEST_HEAD = 256
KEPT_MASK = 1 << 21  # numbers in a mask
# Shared and own parts, one empty, one longer than a block of the kernel, and a member that shares nothing.
PROBED = (Segment(0, (0, 1, 2), 0, 37, (5, 70, 0)), Segment(1, (0,), 112, 0, (9,)))
PROBED_TOKENS = 121
attend_plainly = torch.nn.functional.scaled_dot_product_attention


@dataclass(frozen=True)
class Layout:
    """Where the segments of a row are, and, for the kernel, the same as index tensors, made once per row."""

    segments: tuple[Segment, ...]
    device: Any
    _masks: dict[tuple[int, int, int | None, Any], Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def longest(self) -> int:
        """Tokens of the longest member, the shared ones among them."""
        return max(one.shared + max(one.own, default=0) for one in self.segments)

    @cached_property
    def shared(self) -> "Blocks":
        """The shared part of each segment."""
        return self._blocks([(one.start, one.start + one.shared) for one in self.segments if one.shared])

    @cached_property
    def own(self) -> "Blocks":
        """Each member's own part, where there is one."""
        return self._blocks([span for one in self.segments for span in one.own_ranges() if span[0] < span[1]])

    @cached_property
    def own_with_shared(self) -> "tuple[Blocks, Blocks]":
        """All own parts of a segment as one block of queries, and the shared part that they all look back at."""
        both = [one for one in self.segments if one.shared and sum(one.own)]
        queries = [(one.start + one.shared, one.start + one.shared + sum(one.own)) for one in both]
        return self._blocks(queries), self._blocks([(one.start, one.start + one.shared) for one in both])

    def mask(self, tokens: int, before: int, window: int | None, dtype: Any) -> Any:
        """Added to the logits of a member's last tokens, (tokens, before + tokens); kept for all layers if small."""
        key = (tokens, before, window, dtype)
        if key in self._masks:
            return self._masks[key]
        sees = torch.ones(tokens, before + tokens, dtype=torch.bool, device=self.device).tril(before)
        if window is not None:
            sees = sees.triu(before - window + 1)
        made = torch.zeros(sees.shape, dtype=dtype, device=self.device).masked_fill_(~sees, float("-inf"))
        if made.numel() <= KEPT_MASK:
            self._masks[key] = made
        return made

    def _blocks(self, spans: list[tuple[int, int]]) -> "Blocks":
        index = [place for begin, end in spans for place in range(begin, end)]
        lengths = [end - begin for begin, end in spans]
        return Blocks(
            index=torch.tensor(index, device=self.device, dtype=torch.long),
            bounds=torch.tensor([0, *accumulate(lengths)], device=self.device, dtype=torch.int32),
            longest=max(lengths, default=0),
        )


@dataclass(frozen=True)
class Blocks:
    """Spans of a row behind each other: which places, where each begins, and the length of the longest."""

    index: Any
    bounds: Any
    longest: int


@dataclass(frozen=True)
class How:
    """What a layer says about its attention: the scale of its logits, how far back it looks, where logits level off."""

    scaling: float | None
    window: int | None = None
    softcap: float | None = None


def packed_attention(  # noqa: PLR0917  transformers calls it by position
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any = None,
    scaling: float | None = None,
    dropout: float = 0.0,
    *,
    layout: Layout | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **_others: Any,
) -> tuple[Any, None]:
    """One layer's attention. Shapes: query (1, heads, tokens, width); result (1, tokens, heads, width)."""
    if layout is None or attention_mask is not None or query.shape[0] != 1:
        raise RuntimeError("A packed row is computed alone, with its layout and without a mask.")
    window = sliding_window if sliding_window and sliding_window < layout.longest else None
    if window is None and softcap is None and suits_kernel(query):
        proven = proven_kernel(query.device, query.dtype, query.shape[1], key.shape[1], query.shape[3])
        if proven:
            return by_kernel((query[0], key[0], value[0]), layout, scaling, proven)[None], None
    return by_segments((query, key, value), layout, How(scaling, window, softcap)).transpose(1, 2), None


def suits_kernel(query: Any) -> bool:
    """Whether the variable-length kernel takes it: on a GPU, in half precision, heads of a width that it knows."""
    width = query.shape[-1]
    return bool(query.is_cuda and query.dtype in HALF and width % 8 == 0 and width <= WIDEST_HEAD)


@cache
def proven_kernel(
    device: Any, dtype: Any, heads: int, key_heads: int, width: int, *, find: Callable[[], Any] = kernel.found
) -> Any:
    """torch's kernel, once it has computed a small row on this device as plain attention does; None if it did not.

    Where Goldpan is tested there is no GPU, so no score rests on a kernel that has not shown itself right here.
    """
    candidate = find()
    if candidate is None:
        return None
    layout, scaling = Layout(PROBED, device), width**-0.5
    chance = torch.Generator(device).manual_seed(0)
    shapes = [(number, PROBED_TOKENS, width) for number in (heads, key_heads, key_heads)]
    query, key, value = (torch.randn(shape, generator=chance, device=device).to(dtype) for shape in shapes)
    with torch.inference_mode():
        right = by_segments((query[None], key[None], value[None]), layout, How(scaling))[0].transpose(0, 1)
        try:
            is_right = kernel.close(by_kernel((query, key, value), layout, scaling, candidate), right)
        except (RuntimeError, TypeError, ValueError) as error:
            log.warning("torch's attention kernel is not used: %s", str(error).strip().splitlines()[0])
            return None
    if not is_right:
        log.warning("torch's attention kernel is not used: it computes something else than plain attention.")
    return candidate if is_right else None


def by_segments(inputs: tuple[Any, Any, Any], layout: Layout, how: How) -> Any:
    """Attention segment by segment; result (1, heads, tokens, width)."""
    query, key, value = inputs
    result = torch.empty_like(query)
    for one in layout.segments:
        begin, end = one.start, one.start + one.shared
        for first, last in [(begin, end), *one.own_ranges()]:
            if first == last:
                continue
            is_own = first >= end
            keys, values = key[:, :, first:last], value[:, :, first:last]
            if is_own and begin < end:
                keys = torch.cat([key[:, :, begin:end], keys], 2)
                values = torch.cat([value[:, :, begin:end], values], 2)
            result[:, :, first:last] = causal(query[:, :, first:last], keys, values, layout, how)
    return result


def causal(query: Any, keys: Any, values: Any, layout: Layout, how: How) -> Any:
    """Attention of queries that are the last of the keys' tokens, each to those before it and itself."""
    tokens, before = query.shape[2], keys.shape[2] - query.shape[2]
    grouped = query.shape[1] != keys.shape[1]
    if how.softcap is None and how.window is None and before == 0:
        return attend_plainly(query, keys, values, is_causal=True, scale=how.scaling, enable_gqa=grouped)
    mask = layout.mask(tokens, before, how.window, query.dtype)
    if how.softcap is None:
        return attend_plainly(query, keys, values, attn_mask=mask, scale=how.scaling, enable_gqa=grouped)
    repeats = query.shape[1] // keys.shape[1]
    keys, values = keys.repeat_interleave(repeats, 1), values.repeat_interleave(repeats, 1)
    scale = query.shape[-1] ** -0.5 if how.scaling is None else how.scaling
    logits = how.softcap * torch.tanh(query @ keys.transpose(2, 3) * scale / how.softcap)
    weights = (logits + mask).softmax(-1, dtype=torch.float32)
    return weights.to(query.dtype) @ values


def by_kernel(inputs: tuple[Any, Any, Any], layout: Layout, scaling: float | None, varlen: kernel.Kernel) -> Any:
    """The same by a variable-length kernel with the signature of torch's `varlen_attn`.

    Shapes: query (heads, tokens, width); result (tokens, heads, width). The kernel's log-sum-exps are (heads, tokens),
    whatever its documentation says.
    One split of the keys only, so that a member's result does not depend on what else is in the row.
    """
    from torch.nn.attention.varlen import AuxRequest

    q, k, v = (one.transpose(0, 1).contiguous() for one in inputs)
    result = torch.empty_like(q)
    alike = {"scale": scaling, "enable_gqa": q.shape[1] != k.shape[1], "num_splits": 1}
    with_lse = AuxRequest(lse=True)

    def run(asking: Blocks, asked: Blocks, **more: Any) -> Any:
        return varlen(
            *(q[asking.index], k[asked.index], v[asked.index], asking.bounds, asked.bounds),
            *(asking.longest, asked.longest),
            **alike,
            **more,
        )

    shared, own = layout.shared, layout.own
    if shared.longest:
        result[shared.index] = run(shared, shared, window_size=(-1, 0))
    if own.longest:
        result[own.index], own_lse = run(own, own, window_size=(-1, 0), return_aux=with_lse)
        asking, asked = layout.own_with_shared
        if asking.longest:
            back, back_lse = run(asking, asked, return_aux=with_lse)
            lse = torch.empty(q.shape[:2], dtype=torch.float32, device=q.device)
            lse[own.index] = own_lse.transpose(0, 1).float()
            # Of two softmaxes over parts of the keys, the share of the second.
            share = torch.sigmoid(back_lse.transpose(0, 1).float() - lse[asking.index])[..., None]
            merged = torch.lerp(result[asking.index].float(), back.float(), share)
            result[asking.index] = merged.to(result.dtype)
    return result


AttentionInterface.register(NAME, packed_attention)
