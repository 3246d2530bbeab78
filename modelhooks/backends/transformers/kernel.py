"""torch's attention over sequences behind each other, called alike whatever this torch can do by itself.

Workers pin a torch, but a machine with a GPU may bring its own: what an older one does not take is done around it.
"""

import inspect
from collections.abc import Callable
from typing import Any

import torch

Kernel = Callable[..., Any]
CAUSAL = (-1, 0)


def found() -> Kernel | None:
    """The kernel of this torch, or None where it has none."""
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return None
    return adapted(varlen_attn)


def adapted(kernel: Kernel) -> Kernel:
    """The same with all arguments of torch 2.13: `scale`, `enable_gqa`, `window_size` and `num_splits`.

    Without `num_splits` a result may differ in its last bits with what else is in the row.
    """
    known = inspect.signature(kernel).parameters
    missing = [name for name in ("scale", "enable_gqa", "window_size", "num_splits") if name not in known]
    if not missing or any(one.kind is inspect.Parameter.VAR_KEYWORD for one in known.values()):
        return kernel

    def call(query: Any, key: Any, value: Any, *bounds: Any, **more: Any) -> Any:
        asked = {name: more.pop(name, None) for name in missing}
        if asked.get("scale") is not None:
            query = query * (asked["scale"] * query.shape[-1] ** 0.5)
        if asked.get("enable_gqa"):
            repeats = query.shape[1] // key.shape[1]
            key, value = key.repeat_interleave(repeats, 1), value.repeat_interleave(repeats, 1)
        if "window_size" in missing:
            more["is_causal"] = asked["window_size"] == CAUSAL
        return kernel(query, key, value, *bounds, **more)

    return call


def close(found: Any, right: Any) -> bool:
    """Whether a result in half precision, of inputs of about one, is the right one but for its rounding."""
    return bool(torch.isfinite(found).all()) and float((found.float() - right.float()).abs().max()) < 0.05
