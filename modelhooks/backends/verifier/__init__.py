"""Whether responses are right, where that can be computed: answers are compared, programs are run, queries are asked.

What a verifier cannot tell, it does not guess: `is_correct` is None, and the explanation says why. The web process
reads from here which kinds and parameters there are; only workers verify.
"""

from modelhooks.backends.verifier.kind import Verifier
from modelhooks.backends.verifier.kinds import KINDS, VerifierRefused, verifier
from modelhooks.errors import LoadRefused

__all__ = ["KINDS", "Verifier", "VerifierRefused", "load", "verifier"]


def load(options: Verifier) -> Verifier:
    """The verifier that a checkpoint stands for. Raises LoadRefused on a machine that cannot do what it takes."""
    if reason := options.why_not():
        raise LoadRefused(reason)
    return options
