"""Rows in each layout, ours alone: every response says in its text how a planted scorer is to score it."""

from typing import Any


def pair(number: int, right: float, wrong: float, subset: str = "easy", prompt: str = "") -> dict[str, Any]:
    """RewardBench."""
    return {
        "id": number,
        "prompt": prompt or f"Which number is larger in row {number}?",
        "chosen": f"score {right}",
        "chosen_model": "m1",
        "rejected": f"score {wrong}",
        "rejected_model": "m2",
        "subset": subset,
    }


def best_of(key: str, right: list[float], wrong: list[float], subset: str = "Focus") -> dict[str, Any]:
    """RewardBench 2."""
    return {
        "id": key,
        "prompt": f"Which is the best of {key}?",
        "chosen": [f"score {one}" for one in right],
        "rejected": [f"score {one}" for one in wrong],
        "num_correct": len(right),
        "num_incorrect": len(wrong),
        "total_completions": len(right) + len(wrong),
        "models": [],
        "subset": subset,
    }


def styled(number: int, right: list[float], wrong: list[float], domain: str = "chat") -> dict[str, Any]:
    """RM-Bench."""
    return {
        "id": number,
        "domain": domain,
        "prompt": f"Say it in three styles, number {number}.",
        "chosen": [f"score {one}" for one in right],
        "rejected": [f"score {one}" for one in wrong],
    }


def judged(number: int, first: float, second: float, label: str, source: str = "law") -> dict[str, Any]:
    """JudgeBench."""
    return {
        "pair_id": f"pair-{number}",
        "original_id": str(number),
        "source": source,
        "question": f"Which answer is right in case {number}?",
        "response_model": "m1",
        "response_A": f"score {first}",
        "response_B": f"score {second}",
        "label": label,
    }


def solved(key: str, scores: list[float], label: int) -> dict[str, Any]:
    """ProcessBench."""
    return {
        "id": key,
        "generator": "m1",
        "problem": f"Solve {key}.",
        "steps": [f"score {one}" for one in scores],
        "final_answer_correct": label == -1,
        "label": label,
    }
