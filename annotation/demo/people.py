"""Simulated annotators whose habits are known: what a detector says about them can be checked."""

import random
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Habit:
    """How someone labels: their chance of seeing the better response, and what they do instead of looking."""

    name: str
    accuracy: float
    always: str = ""  # "left", "longer", or empty for somebody who looks
    seconds: tuple[float, float] = (20.0, 70.0)
    writes: float = 0.4  # how often they give a reason


CAST = (
    Habit("Ana Marín", 0.92, writes=0.7),
    Habit("Ben Okafor", 0.86),
    Habit("Jo Lind", 0.5, always="left", seconds=(3.0, 9.0), writes=0.0),
    Habit("Kim Sato", 0.5, always="longer", seconds=(8.0, 25.0), writes=0.1),
)

REASONS = (
    "It answers what was asked.",
    "The other one is wrong in the middle.",
    "Shorter, and nothing is missing.",
    "Says what to do first.",
    "The other pads without adding anything.",
)


def answer(habit: Habit, *, better_shown: str, longer_shown: str, gap: int, draw: random.Random) -> dict[str, Any]:
    """One simulated answer in shown order, for the demo's form. `better_shown` is the planted truth as shown."""
    if habit.always == "left":
        winner = "a"
    elif habit.always == "longer":
        winner = longer_shown
    else:
        other = "b" if better_shown == "a" else "a"
        winner = better_shown if draw.random() < habit.accuracy else other
    strength = min(3, max(1, gap + draw.choice((-1, 0, 0, 1))))
    if not habit.always and gap == 1 and draw.random() < 0.2:
        preference: dict[str, Any] = {"winner": "tie", "strength": 0}
    else:
        preference = {"winner": winner, "strength": strength}
    high, low = min(5, 3 + gap), max(1, 4 - gap)
    rated = [high, low] if preference["winner"] == "a" else [low, high] if preference["winner"] == "b" else [3, 3]
    answers: dict[str, Any] = {"better": preference, "correct": rated}
    if draw.random() < habit.writes:
        answers["why"] = draw.choice(REASONS)
    return answers
