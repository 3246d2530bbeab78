"""A kernel counts only once it has shown itself right, and one of an older torch is called as it can be."""

import logging

import pytest
import torch

from modelhooks.backends.transformers import attention, kernel
from modelhooks.backends.transformers.attention import Layout, by_kernel, packed_attention, proven_kernel
from modelhooks.engine.planning import Segment
from tests.modelhooks.with_torch.test_attention import HEADS, KEY_HEADS, WIDTH, dense, inputs_for, written_out

CPU = torch.device("cpu")
LAYOUT = Layout((Segment(0, (0, 1), 0, 6, (3, 2)), Segment(1, (0,), 11, 4, (0,))), CPU)


def proven(find):
    return proven_kernel(CPU, torch.float32, HEADS, KEY_HEADS, WIDTH, find=find)


def of_torch_2_11(q, k, v, q_bounds, k_bounds, max_q, max_k, *, return_aux=None, scale=None, window_size=(-1, -1)):
    assert q.shape[1] == k.shape[1], "it knows no groups of heads"
    more = {"scale": scale, "enable_gqa": True, "num_splits": 1, "window_size": window_size, "return_aux": return_aux}
    return written_out(q, k, v, q_bounds, k_bounds, max_q, max_k, **more)


def of_torch_2_10(q, k, v, q_bounds, k_bounds, max_q, max_k, is_causal=False, return_aux=None):
    window = kernel.CAUSAL if is_causal else (-1, -1)
    more = {"return_aux": return_aux, "scale": WIDTH**-0.5, "window_size": window}
    return of_torch_2_11(q, k, v, q_bounds, k_bounds, max_q, max_k, **more)


@pytest.mark.parametrize("older", [of_torch_2_11, of_torch_2_10])
@pytest.mark.parametrize("scaling", [WIDTH**-0.5, 0.7])
def test_an_older_kernel_is_called_with_what_it_takes_and_computes_the_same(older, scaling):
    inputs = inputs_for(LAYOUT)

    found = by_kernel(tuple(one[0] for one in inputs), LAYOUT, scaling, kernel.adapted(older))

    assert torch.allclose(found.transpose(0, 1), dense(LAYOUT, *inputs, scaling=scaling)[0], atol=1e-5)


def test_a_kernel_that_takes_everything_is_called_as_it_is():
    assert kernel.adapted(written_out) is written_out
    assert kernel.found() is not None


def test_a_kernel_that_is_right_is_proven():
    assert proven(lambda: written_out) is written_out
    assert proven(lambda: None) is None


def halved(*inputs, **more):
    found = written_out(*inputs, **more)
    return (found[0] / 2, found[1]) if isinstance(found, tuple) else found


def with_turned_sums(*inputs, **more):
    """With another head's log-sum-exps."""
    found = written_out(*inputs, **more)
    return (found[0], found[1].flip(0)) if isinstance(found, tuple) else found


def without_numbers(*inputs, **more):
    found = written_out(*inputs, **more)
    return (found[0] * float("nan"), found[1]) if isinstance(found, tuple) else found


def refusing(*_inputs, **_more):
    raise RuntimeError("no kernel image is available\nfor this device")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (halved, "something else"),
        (with_turned_sums, "something else"),
        (without_numbers, "something else"),
        (refusing, "no kernel image is available"),
    ],
)
def test_a_kernel_that_fails_or_is_off_is_not_used_and_the_log_says_so(wrong, said, caplog):
    with caplog.at_level(logging.WARNING):
        assert proven(lambda: wrong) is None

    assert said in caplog.text


@pytest.mark.parametrize("by", [written_out, None], ids=["proven", "not proven"])
def test_a_row_is_computed_by_the_kernel_that_is_proven_or_else_plainly(by, monkeypatch):
    asked = []
    monkeypatch.setattr(attention, "suits_kernel", lambda _query: True)
    monkeypatch.setattr(attention, "proven_kernel", lambda *shape: asked.append(shape) or by)
    inputs = inputs_for(LAYOUT)

    found, _ = packed_attention(None, *inputs, scaling=0.5, layout=LAYOUT)

    assert asked == [(CPU, torch.float32, HEADS, KEY_HEADS, WIDTH)]
    assert torch.allclose(found.transpose(1, 2), dense(LAYOUT, *inputs, scaling=0.5), atol=1e-5)
