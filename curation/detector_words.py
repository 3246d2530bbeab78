"""What each detector is called and what it looks for, in words.

Pages and programs read them here, for detectors compute with what no page may load; detectors take them from here, too.
The words of one that no longer looks stay: its findings do.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """`title` heads a group of its findings; `about` tells a curator in a sentence what is looked for and how."""

    title: str
    about: str


WORDS = {
    "draws_lots": Words(
        "Annotators whose labels carry nothing",
        "Dawid and Skene's confusion matrices: what they say hardly depends on what the rest comes to.",
    ),
    "contrary": Words(
        "Annotators who say the opposite",
        "Dawid and Skene's confusion matrices: right less often than lots would be, with 95 % certainty.",
    ),
    "one_side": Words(
        "Annotators who favor a side",
        "Which response stands left is drawn by lot, so both sides are chosen alike; an exact binomial test.",
    ),
    "disputed_labels": Words(
        "Labels that the rest contradicts",
        "Confident learning: a reward head, trained on other prompts, finds the label at least as unlikely as labels "
        "are likely on average.",
    ),
    "unexplained_pairs": Words(
        "Labels that no rubric explains",
        "Several rubrics were written to say why the preferred response is better; a judge that goes by them, in both "
        "orders and without the label, prefers it by none.",
    ),
    "cycles": Words(
        "Prompts whose preferences go in circles",
        "The cyclic part of what is preferred (HodgeRank), beyond what the best order of the responses would give; "
        "elsewhere each circle of three labels that the consensus is sure of.",
    ),
    "tastes": Words(
        "Groups of annotators who prefer differently",
        "A mixture of rewards around a shared one; more than one group only where held-out labels are told clearly "
        "better.",
    ),
    "unreliable_question": Words(
        "Questions that people do not answer alike",
        "Krippendorff's α, whose interval by prompts lies below 0.25 as a whole.",
    ),
    "near_duplicates": Words(
        "Items that repeat an earlier one",
        "MinHash over runs of three words of prompt and responses; candidates are compared exactly.",
    ),
    "benchmark_leakage": Words(
        "Prompts that stand in a benchmark",
        "A run of 13 words that a kept benchmark has, too; of a shorter row, the whole of it.",
    ),
    "judge_order": Words(
        "Judges that follow the order",
        "A judge asked in both orders, whose contradictions favor one place; McNemar's exact test.",
    ),
    "judge_length": Words(
        "Judges that follow length",
        "What length adds to a judge's choice beyond what it adds to people's, on the same pairs.",
    ),
    "judge_probes": Words(
        "Judges that fail the probes",
        "Questions of our own with a known answer: easy pairs, empty answers, master keys, long empty talk.",
    ),
    "weak_criteria": Words(
        "Criteria that do not tell",
        "Of the rubrics in use, as a judge found them on labeled pairs: reversed, noisy, the same as another, or "
        "met by preferred and rejected responses alike.",
    ),
}
"""Name of a detector to its words."""


def title_of(name: str) -> str:
    """A detector as people read it; of one that has no words here, its name."""
    return WORDS[name].title if name in WORDS else name.replace("_", " ").replace("-", " ").capitalize()


def about_of(name: str) -> str:
    """What it looks for and how; empty of one that has no words here."""
    return WORDS[name].about if name in WORDS else ""
