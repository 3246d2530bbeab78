"""Criteria in the words of layouts that know neither weights nor gates."""

from collections.abc import Mapping
from typing import Any

AVOIDS = "The response avoids this: "

CONDITIONS = "Conditions to pass, examples of failing, evidence and dependencies."
KEYS = "Keys, which follow from the words when it is read."
PITFALLS = f"Weights below zero: a pitfall is written as “{AVOIDS}…”, which is good where it holds."
WEIGHTS = "Weights."
LEVELS = "Levels and what they mean: every criterion is answered yes or no."


def in_words(criterion: Mapping[str, Any]) -> str:
    """What is good about a response that meets it; a pitfall must not be asked for as if it were."""
    return f"{AVOIDS}{criterion['title']}" if criterion["weight"] < 0 else str(criterion["title"])
