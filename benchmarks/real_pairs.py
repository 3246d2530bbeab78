"""Real pairs whose better side is known, as the reward head sees them: two texts, a label, and what must stay together.

They lie in the folder GOLDPAN_REAL_DATA and are no part of Goldpan.
"""

import csv
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from annotation.imports.reading import open_rows
from modelhooks.head import pairs

FOLDER = Path(os.environ.get("GOLDPAN_REAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
OF_FIRST = {"a": 1.0, "tie": 0.5, "b": 0.0}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two responses; `p` is 1 where the first is better, 0 where the second is, 0.5 for a tie."""

    first: str
    second: str
    p: float
    group: str


def gsm8k() -> Iterator[Pair]:
    """A right solution of a word problem beside a wrong one; the problem is the group. Truth: the final answer."""
    solutions = {
        one["id"]: ["\n".join(solution["steps"]) for solution in one["solutions"]]
        for one in rows("pairs_steps_gsm8k/questions.jsonl")
    }
    for row in table("pairs_steps_gsm8k/pairs.csv"):
        first, second = (solutions[row["question_id"]][int(row[f"solution_{side}_index"])] for side in "ab")
        yield Pair(first, second, OF_FIRST[row["gold"]], row["question_id"])


def convarg() -> Iterator[Pair]:
    """Two arguments of one side of a debate; the debate is the group. Truth: estimated from five people's votes."""
    arguments = {one["id"]: one["text"] for one in rows("workers_pairs_convarg/arguments.jsonl")}
    for row in table("workers_pairs_convarg/pairs.csv"):
        if row["gold"]:
            yield Pair(arguments[row["arg_a"]], arguments[row["arg_b"]], OF_FIRST[row["gold"]], row["debate"])


def pandalm() -> Iterator[Pair]:
    """Two models' responses; the prompt is the group. Truth: what more than half of three people chose, else a tie."""
    for row in rows("pairs_pandalm/pairs.jsonl"):
        # Some responses are a bare JSON value, which is what was shown.
        first, second = (text if isinstance(text, str) else json.dumps(text) for text in _sides(row))
        votes = [vote["choice"] for vote in row["votes"] if vote["annotator"].startswith("human")]
        most = next((side for side in "ab" if votes.count(side) > len(votes) / 2), "tie")
        yield Pair(first, second, OF_FIRST[most], row["prompt_id"])


SETS: dict[str, Callable[[], Iterator[Pair]]] = {"GSM8K": gsm8k, "ConvArg": convarg, "PandaLM": pandalm}


def are_there() -> bool:
    """Whether this machine has the data."""
    return (FOLDER / "pairs_pandalm" / "pairs.jsonl").exists()


def embedded(some: list[Pair], embedder: Any) -> pairs.Pairs:
    """The pairs with the points of their texts, each text embedded once; lengths are characters."""
    texts = sorted({text for one in some for text in (one.first, one.second)})
    place = {text: row for row, text in enumerate(texts)}
    points = np.asarray(embedder.embed(texts), float)
    sides = ([one.first for one in some], [one.second for one in some])
    first, second = (points[[place[text] for text in side]] for side in sides)
    of_first, of_second = (np.array([len(text) for text in side], float) for side in sides)
    _, groups = np.unique([one.group for one in some], return_inverse=True)
    return pairs.make(first, second, np.array([one.p for one in some]), groups, lengths=(of_first, of_second))


def _sides(row: dict[str, Any]) -> tuple[Any, Any]:
    return row["response_a"], row["response_b"]


def rows(name: str) -> list[Any]:
    """The records of a file of lines."""
    with (FOLDER / name).open("rb") as opened:
        return [record.value for record in open_rows(opened)]


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table with names of its columns."""
    with (FOLDER / name).open(newline="") as opened:
        return list(csv.DictReader(opened))
