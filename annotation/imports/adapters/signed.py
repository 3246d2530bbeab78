"""Preferences written as one signed number, in which negative means that the first of two responses is better."""

from typing import Any

from annotation.imports.canonical import CanonicalLabel, Refused
from annotation.imports.canonical.answers import STRONGEST


def signed_preference(annotator: str, value: Any, name: str, **more: Any) -> CanonicalLabel:
    """The label that a number from -3 to 3 stands for; 0 is a tie. `more` are further fields of the label.

    Raises `Refused` with a sentence that begins with `name` ("The preference strength").
    """
    if type(value) is float and value.is_integer():  # Parquet and pandas write whole numbers as floats
        value = int(value)
    if type(value) is not int or not -STRONGEST <= value <= STRONGEST:
        raise Refused(f"{name} is not a whole number from -{STRONGEST} to {STRONGEST}.")
    winner = "a" if value < 0 else "b" if value > 0 else "tie"
    answer = {"winner": winner, "strength": abs(value) or None}
    return CanonicalLabel(annotator=annotator, kind="preference", answer=answer, **more)
