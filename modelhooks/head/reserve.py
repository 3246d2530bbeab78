"""Which prompts are kept from training for good, so that every head of a question can be tried on the same ones.

A prompt's name alone decides, so nothing that comes later moves it: not more labels, not another annotator, not another
head. What is frozen for evaluation is drawn from here, and a wider set can be drawn later without any leak.
"""

import hashlib

EVERY = 5  # one prompt in so many
FEWEST_TRAINED = 20  # prompts with a decided pair before a head is trained
FEWEST_FROZEN = 20  # prompts with a decided pair before a set is frozen
MOST_FROZEN = 2_000  # pairs of a frozen set


def is_reserved(salt: str, question: str, group: str) -> bool:
    """Whether this prompt may never be trained on for this question. `salt` is the project's own."""
    return _place(salt, question, group) % EVERY == 0


def order(salt: str, question: str, group: str) -> int:
    """Where the prompt stands in an order that is as good as drawn by lot, and always the same."""
    return _place(salt, question, group) // EVERY


def _place(salt: str, question: str, group: str) -> int:
    written = "\0".join(("head", salt, question, group))
    return int.from_bytes(hashlib.sha256(written.encode()).digest()[:8], "big")
