"""A small world of pairs with planted flips, whose points are planted too."""

import numpy as np

from benchmarks import gain
from benchmarks.gain import Known, World
from benchmarks.topics import Labeled

TOPICS, EACH, SIZE = 40, 12, 24


def world(seed: int, *, can_be_learnt: bool = True) -> tuple[World, Known]:
    """Pairs of planted points of which one direction is what is preferred, or none."""
    rng = np.random.default_rng(seed)
    wanted = rng.normal(size=SIZE)
    pairs, points = [], {}
    for topic in range(TOPICS):
        for number in range(EACH):
            both = rng.normal(size=(2, SIZE))
            texts = tuple(f"answer {side} of {number} about {topic}" for side in "ab")
            points |= {text: row.astype(np.float32) for text, row in zip(texts, both, strict=True)}
            worth = both @ wanted if can_be_learnt else rng.normal(size=2)
            better = int(worth[1] > worth[0])
            pairs.append(Labeled(f"{topic}-{number}", f"Question {topic}?", f"{topic}", (texts[0], texts[1]), better))
    return gain.draw(pairs, share=0.3, seed=seed, tested=0.3, most=300), Known(points, f"planted-{seed}")
