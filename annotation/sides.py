"""Which response stands where. Drawn once for each (annotator, item), so that nobody's habit favors a model."""

import hashlib


def order(*, salt: str, annotator_id: int, item_id: int, responses: int) -> list[int]:
    """Response indices in the order shown: `order[0]` stands at A.

    The same for the same person and item whenever asked, unguessable without the project's salt, and uniform over
    permutations across people and items.
    """

    def draw(index: int) -> bytes:
        return hashlib.sha256(f"{salt}:{annotator_id}:{item_id}:{index}".encode()).digest()

    return sorted(range(responses), key=draw)
