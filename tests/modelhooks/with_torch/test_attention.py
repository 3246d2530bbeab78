"""Attention over packed rows, against the softmax written out with a dense mask; and what CUDA's branch computes."""

from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.attention.varlen import AuxRequest, varlen_attn

from modelhooks.backends.transformers.attention import (
    How,
    Layout,
    by_kernel,
    by_segments,
    packed_attention,
    suits_kernel,
)
from modelhooks.engine.planning import Segment

HEADS, KEY_HEADS, WIDTH = 4, 2, 8


@st.composite
def layouts(draw):
    """Rows of groups: with nothing shared, nothing of their own, members of no length."""
    segments, start = [], 0
    for group in range(draw(st.integers(1, 3))):
        shared = draw(st.integers(0, 6))
        own = tuple(draw(st.lists(st.integers(0, 5), min_size=1, max_size=4)))
        if not shared and not sum(own):
            shared = 1
        segments.append(Segment(group, tuple(range(len(own))), start, shared, own))
        start += shared + sum(own)
    return Layout(tuple(segments), torch.device("cpu"))


def inputs_for(layout, seed=0):
    tokens = max(one.start + one.shared + sum(one.own) for one in layout.segments)
    torch.manual_seed(seed)
    return [torch.randn(1, heads, tokens, WIDTH) for heads in (HEADS, KEY_HEADS, KEY_HEADS)]


def dense(layout, query, key, value, *, window=None, softcap=None, scaling=WIDTH**-0.5):
    """Every pair of tokens, and a mask that says who sees whom."""
    tokens = query.shape[2]
    sees = torch.zeros(tokens, tokens, dtype=torch.bool)
    for one in layout.segments:
        for begin, end in [(one.start + one.shared,) * 2, *one.own_ranges()]:
            seen = [*range(one.start, one.start + one.shared), *range(begin, end)]
            for place, asking in enumerate(seen):
                for back, asked in enumerate(seen[: place + 1]):
                    sees[asking, asked] = window is None or place - back < window
    key, value = (one.repeat_interleave(HEADS // KEY_HEADS, 1) for one in (key, value))
    logits = query @ key.transpose(2, 3) * scaling
    if softcap:
        logits = softcap * torch.tanh(logits / softcap)
    return logits.masked_fill(~sees, float("-inf")).softmax(-1) @ value


def written_out(
    q, k, v, q_bounds, k_bounds, max_q, max_k, *, scale, enable_gqa, num_splits, window_size=(-1, -1), return_aux=None
):
    """What torch's variable-length kernel is documented to compute, by loops: it needs a GPU, this does not."""
    assert num_splits == 1
    assert enable_gqa
    assert q.shape[0] == q_bounds[-1]
    assert k.shape[0] == v.shape[0] == k_bounds[-1]
    assert max_q == (q_bounds[1:] - q_bounds[:-1]).max()
    assert max_k == (k_bounds[1:] - k_bounds[:-1]).max()
    out, lse = torch.empty_like(q), torch.empty(q.shape[1], q.shape[0])
    for n in range(len(q_bounds) - 1):
        ours, theirs = slice(q_bounds[n], q_bounds[n + 1]), slice(k_bounds[n], k_bounds[n + 1])
        keys, values = (one[theirs].repeat_interleave(q.shape[1] // k.shape[1], 1) for one in (k, v))
        logits = torch.einsum("qhd,khd->hqk", q[ours], keys) * scale
        if window_size == (-1, 0):
            logits = logits.masked_fill(~torch.ones(logits.shape[1:], dtype=torch.bool).tril(), float("-inf"))
        lse[:, ours] = logits.logsumexp(-1)
        out[ours] = torch.einsum("hqk,khd->qhd", logits.softmax(-1), values)
    return (out, lse) if return_aux == AuxRequest(lse=True) else out


@settings(deadline=None)
@given(layouts())
def test_a_member_sees_what_is_shared_and_its_own(layout):
    inputs = inputs_for(layout)

    found = by_segments(tuple(inputs), layout, How(WIDTH**-0.5))

    assert torch.allclose(found, dense(layout, *inputs), atol=1e-5)


@settings(deadline=None)
@given(layouts(), st.integers(1, 6), st.sampled_from([None, 2.0]))
def test_windows_and_levelled_logits_hold_across_the_shared_part(layout, window, softcap):
    inputs = inputs_for(layout)

    found = by_segments(tuple(inputs), layout, How(0.5, window, softcap))

    assert torch.allclose(found, dense(layout, *inputs, window=window, softcap=softcap, scaling=0.5), atol=1e-5)


@settings(deadline=None)
@given(layouts())
def test_two_calls_of_the_kernel_merge_to_the_same(layout):
    inputs = inputs_for(layout, seed=3)

    found = by_kernel(tuple(one[0] for one in inputs), layout, WIDTH**-0.5, written_out)

    assert torch.allclose(found.transpose(0, 1), dense(layout, *inputs)[0], atol=1e-5)


def test_torchs_own_kernel_takes_our_call_and_gives_the_shapes_that_we_read():
    layout = Layout((Segment(0, (0, 1), 0, 6, (3, 2)), Segment(1, (0,), 11, 4, (0,))), torch.device("cpu"))
    seen = []

    def kernel(*inputs, **more):
        found = varlen_attn(*inputs, **more)
        seen.extend([found[1].shape, inputs[0].shape[:2]] if isinstance(found, tuple) else [])
        return found

    with FakeTensorMode():  # shapes without numbers, which needs no GPU
        inputs = [torch.empty(heads, 15, 64, dtype=torch.bfloat16) for heads in (HEADS, KEY_HEADS, KEY_HEADS)]
        found = by_kernel(tuple(inputs), layout, None, kernel)

    assert found.shape == (15, HEADS, 64)
    assert seen == [(HEADS, 5), (5, HEADS)] * 2


@pytest.mark.parametrize(
    ("is_cuda", "dtype", "width", "suits"),
    [
        (True, torch.bfloat16, 128, True),
        (True, torch.float16, 256, True),
        (False, torch.bfloat16, 128, False),
        (True, torch.float32, 128, False),
        (True, torch.bfloat16, 512, False),
        (True, torch.bfloat16, 20, False),
    ],
)
def test_the_kernel_is_asked_for_what_it_can_do(is_cuda, dtype, width, suits):
    assert suits_kernel(SimpleNamespace(is_cuda=is_cuda, dtype=dtype, shape=(1, 4, 9, width))) == suits


def test_far_apart_logits_merge_without_overflow():
    layout = Layout((Segment(0, (0,), 0, 2, (2,)),), torch.device("cpu"))
    query, key, value = inputs_for(layout)
    key[:, :, :2] *= 200

    found = by_kernel((query[0], key[0], value[0]), layout, 1.0, written_out)

    assert torch.isfinite(found).all()
    assert torch.allclose(found.transpose(0, 1), dense(layout, query, key, value, scaling=1.0)[0], atol=1e-4)


def test_a_row_without_its_layout_is_refused():
    layout = Layout((Segment(0, (0,), 0, 3, (0,)),), torch.device("cpu"))
    query, key, value = inputs_for(layout)

    with pytest.raises(RuntimeError, match="layout"):
        packed_attention(None, query, key, value)
    with pytest.raises(RuntimeError, match="without a mask"):
        packed_attention(None, query, key, value, torch.ones(1), layout=layout)


def test_a_window_longer_than_every_member_is_no_window():
    layout = Layout((Segment(0, (0, 1), 0, 4, (3, 2)),), torch.device("cpu"))
    inputs = inputs_for(layout)

    found, _ = packed_attention(None, *inputs, scaling=0.5, layout=layout, sliding_window=7)
    cut, _ = packed_attention(None, *inputs, scaling=0.5, layout=layout, sliding_window=6)

    assert torch.allclose(found.transpose(1, 2), dense(layout, *inputs, scaling=0.5), atol=1e-5)
    assert torch.allclose(cut.transpose(1, 2), dense(layout, *inputs, window=6, scaling=0.5), atol=1e-5)
    assert not torch.allclose(found, cut, atol=1e-5)
