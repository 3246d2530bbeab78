"""Verifiers on real solutions of word problems, whose truth is known."""

import json
import os
from pathlib import Path

import pytest

from modelhooks.backends.verifier import verifier
from modelhooks.contracts import Candidate

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
SOLUTIONS = REAL / "pairs_steps_gsm8k" / "questions.jsonl"

needs_solutions = pytest.mark.skipif(not SOLUTIONS.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")


def read() -> tuple[list[Candidate], list[bool]]:
    candidates, truths = [], []
    for line in SOLUTIONS.read_text().splitlines():
        row = json.loads(line)
        for one in row["solutions"]:
            candidates.append(Candidate((), "\n".join(one["steps"]), "\n".join(row["ground_truth_steps"])))
            truths.append(bool(one["is_correct"]))
    return candidates, truths


@needs_solutions
@pytest.mark.parametrize("kind", ["numeric", "maths"])
def test_what_is_told_of_real_solutions_is_true(kind: str) -> None:
    candidates, truths = read()

    said = verifier(kind, {"reference_is_solution": True}).verify(candidates)

    told = [(one.is_correct, truth) for one, truth in zip(said, truths, strict=True) if one.is_correct is not None]
    assert len(told) > 0.99 * len(candidates)
    assert [one for one, _ in told] == [truth for _, truth in told]
