"""How little a head knows of a pair: entropy, disagreement of an ensemble, and disagreement spread over the pool.

With p_m the probability by head m of an ensemble and H the binary entropy in nats: entropy H(mean p); BALD
H(mean p) - mean H(p), what the heads do not know *together*, without what is truly a coin flip. Taking the top of
either from a redundant pool takes the same pair many times, and is then worse than chance. `diverse` takes, one by one,
the pair with the largest BALD × distance to what was taken, the distance being 1 - |cos|: x and -x are the same pair
swapped.

Source: Houlsby et al., *Bayesian Active Learning for Classification and Preference Learning*, 2011, equation 2; Sener
and Savarese, *Active Learning for CNNs: A Core-Set Approach*, ICLR 2018, for k-center. Second best of six in trials,
and needs no information matrix.
"""

import numpy as np
from scipy.special import expit, xlogy

from curation.noise.proposals import Floats, Integers

LISTED_FOR_EACH = 5  # candidates that are looked at for each pair that is taken


def entropy(p: Floats) -> Floats:
    """In nats, of probabilities of any shape."""
    found: Floats = -xlogy(p, p) - xlogy(1 - p, 1 - p)
    return found


def bald(scores: Floats) -> Floats:
    """(n,) the mutual information of label and head, in nats, from (m, n) log-odds. Not below zero."""
    p = expit(scores)
    found: Floats = np.maximum(entropy(p.mean(axis=0)) - entropy(p).mean(axis=0), 0.0)
    return found


def top(scores: Floats, count: int) -> Integers:
    """The `count` greatest, greatest first; the earlier of equals."""
    found: Integers = np.argsort(-scores, kind="stable")[:count]
    return found


def diverse(pool: Floats, worth: Floats, count: int) -> Integers:
    """The `count` pairs with the most worth that lie apart, best first; `pool` (n, d), `worth` (n,) not below zero.

    Looks at LISTED_FOR_EACH times as many, those with the most worth. Fewer where the pool is smaller.
    """
    listed = top(worth, LISTED_FOR_EACH * count)
    length = np.linalg.norm(pool[listed], axis=1, keepdims=True)
    unit = pool[listed] / np.where(length == 0, 1.0, length)
    far, open_, taken = np.ones(len(listed)), np.ones(len(listed), bool), []
    for _ in range(min(count, len(listed))):
        best = int(np.where(open_, far * worth[listed], -1.0).argmax())
        open_[best] = False
        taken.append(listed[best])
        far = np.minimum(far, 1 - np.minimum(np.abs(unit @ unit[best]), 1.0))
    return np.array(taken, np.int64)
