"""Real pairs by topic, of which some can be kept for a test: two texts to one prompt and which of them is better.

They lie in the folder GOLDPAN_REAL_DATA and are no part of Goldpan.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.real_pairs import rows, table

SIDES = {"a": 0, "b": 1}


@dataclass(frozen=True, slots=True)
class Labeled:
    """Two responses and which is truly the better one: `better` is 0 or 1. Pairs that share texts share their topic."""

    key: str
    prompt: str
    topic: str
    texts: tuple[str, str]
    better: int


def debates() -> Iterator[Labeled]:
    """Two arguments of one side of a debate; both sides of it are one topic. Truth: estimated from five people's votes."""
    arguments = {one["id"]: one for one in rows("workers_pairs_convarg/arguments.jsonl")}
    for row in table("workers_pairs_convarg/pairs.csv"):
        if row["gold"] in SIDES:
            first, second = (arguments[row[name]] for name in ("arg_a", "arg_b"))
            prompt = f"{first['title']}: {first['stance']}"
            yield Labeled(row["pair_id"], prompt, first["title"], (first["text"], second["text"]), SIDES[row["gold"]])


def fine_grained() -> Iterator[Labeled]:
    """Two answers to a question from passages; the question is the topic. Truth: what one person preferred."""
    examples = {one["id"]: one for one in rows("spans_pairs_fgrlhf/examples.jsonl")}
    for row in table("spans_pairs_fgrlhf/preferences.csv"):
        one, sides = examples[row["example_id"]], (row["response_a_index"], row["response_b_index"])
        if row["choice"] in SIDES:
            first, second = (one["responses"][int(side)] for side in sides)
            key = f"{row['example_id']}-{'-'.join(sides)}"
            yield Labeled(key, one["question"], row["example_id"], (first, second), SIDES[row["choice"]])
