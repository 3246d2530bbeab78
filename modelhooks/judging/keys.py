"""What says nothing and opens judges, and how often one may be opened: plain Python, so that pages may read it, too."""

import json
import math
import re
from functools import cache
from pathlib import Path

HIGHEST_RATE = 0.02
DELTA = 0.05
FIRST_SENTENCE = re.compile(r".+?(?:[.!?](?=\s|$)|[。！？]|\n|$)", re.DOTALL)
HALVINGS = 60  # of an interval of length 1


@cache
def keys() -> tuple[str, ...]:
    """The answers that open every door."""
    path = Path(__file__).with_name("probes.json")
    return tuple(json.loads(path.read_text(encoding="utf-8"))["keys"])


def beginning(text: str) -> str:
    """The first sentence; empty where there is no more than one, since then it may be the whole answer."""
    whole = text.strip()
    first = FIRST_SENTENCE.match(whole)
    cut = first[0].strip() if first else ""
    return cut if len(cut) < len(whole) else ""


def at_most(hits: int, count: int, delta: float = DELTA) -> float:
    """The one-sided Clopper–Pearson upper bound of a share at level 1 - delta; 1 where nothing was asked.

    The share at which so few hits or fewer have a chance of just delta (Clopper and Pearson 1934), by halving.
    """
    if hits >= count:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _so_few(hits, count, middle) > delta else (low, middle)
    return high


def _so_few(hits: int, count: int, share: float) -> float:
    """P(X ≤ hits) of X ~ Bin(count, share), 0 < share < 1."""
    odds = math.log(share), math.log1p(-share)
    return math.fsum(math.exp(_log_choices(count, k) + k * odds[0] + (count - k) * odds[1]) for k in range(hits + 1))


def _log_choices(count: int, k: int) -> float:
    return math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1)
