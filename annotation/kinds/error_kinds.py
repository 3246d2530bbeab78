"""What can be wrong with a step or a stretch of text: lists that projects start from, and the letter of each kind."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from annotation.kinds.base import Settings

USUAL = ("Arithmetic", "Logic", "Unsupported", "Misread", "Hallucinated fact", "Format", "Miracle step")
"""Errors by what went wrong. A miracle step is a correct result that nothing before it leads to."""

PATTERNS = ("Transformation", "Decomposition", "Regather", "Deduction", "Verification", "Integration")
"""Errors by the pattern of reasoning that failed: the six of Socratic-PRMBench (2025)."""

IN_TEXT = ("Irrelevant", "Redundant", "Incoherent", "Wrong grounding", "Unverifiable")
"""Errors in a stretch of text: the five of Fine-Grained RLHF's long-form question answering (2023)."""

BY_AGENTS = ("Wrong tool", "Bad arguments", "Misread result", "Needless", "Harmful", "Untrue claim", "Early end")
"""Errors of those who act by calling tools."""

TAKEN = frozenset("DGJKLOPQRSZ")  # keys of the labeling page itself
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class ErrorKind(Settings):
    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: str = Field(min_length=1, max_length=60)


def named(titles: Iterable[str]) -> list[dict[str, str]]:
    """A list of kinds of error as a question's settings hold it."""
    return [{"key": title.lower().replace(" ", "_"), "title": title} for title in titles]


def letters(kinds: Iterable[Mapping[str, str]], taken: str = "") -> dict[str, str]:
    """A letter for each kind of error by its key: of its own words where one is free, and none once all are taken.

    `taken` are letters that mean something else to the question, besides those that do to the page.
    """
    free = [letter for letter in ALPHABET if letter not in TAKEN and letter not in taken]
    found: dict[str, str] = {}
    for kind in kinds:
        title = kind["title"].upper()
        wanted = [*(word[0] for word in title.split()), *title, *free]
        letter = next((one for one in wanted if one in free), "")
        found[kind["key"]] = letter
        if letter:
            free.remove(letter)
    return found
