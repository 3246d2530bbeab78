"""Pairs of a version's report: those that writers are shown, above all what it gets wrong, and those that they are not.

What is shown is of the prompts that rubrics are written from; what is to be tested is held against the others, which
nobody chose for being wrong.
"""

from hashlib import sha256

from curation.criteria.accuracy import accuracy
from curation.models import RubricReport, RubricVerdicts
from curation.rubrics.labelled import written_part
from curation.rubrics.reports import hold, scoring_of

MOST = 8  # that a reviser is shown (`modelhooks.contracts.Revision`)
SOUGHT = 2_000  # pairs that are looked at, since a curator waits
CANNOT_TELL = 0.5


def misjudged(report: RubricReport, percent: int) -> list[int]:
    """Items of different prompts: first where the worse response wins, then where the rubric cannot tell; by lot."""
    wrong = [item for points, item in _worst_first(report, percent) if points <= CANNOT_TELL]
    return sorted(wrong[:MOST])


def to_explain(report: RubricReport, percent: int, most: int) -> list[int]:
    """The same, up to `most`, and after them pairs that it gets right."""
    return [item for _, item in _worst_first(report, percent)[:most]]


def held_out(report: RubricReport, percent: int) -> dict[int, str]:
    """Items that the report's judge answered about, of prompts that nothing is shown of, each with its prompt."""
    return {item: group for item, group, _ in _drawn(report, percent, of_written=False)}


def _worst_first(report: RubricReport, percent: int) -> list[tuple[float, int]]:
    """One item of each prompt with its points, by lot among equals."""
    sought = {item: lot for item, _, lot in _drawn(report, percent, of_written=True)}
    held = hold(report.run, report.version, list(sought))
    points = accuracy(held.verdicts, scoring_of(held.version.criteria)).graded.points.tolist()
    by_prompt: dict[str, tuple[float, int]] = {}
    for score, lot, item in sorted((score, sought[item], item) for item, score in zip(held.items, points, strict=True)):
        by_prompt.setdefault(lot, (score, item))
    return list(by_prompt.values())


def _drawn(report: RubricReport, percent: int, *, of_written: bool) -> list[tuple[int, str, str]]:
    """Item, its prompt, and the lot of that, in the part of the prompts that rubrics are written from, or the rest."""
    is_written = written_part(report.project, percent)
    asked = RubricVerdicts.objects.filter(version=report.version, fingerprint=report.fingerprint)
    found = [
        (sha256(f"revision:{report.project.salt}:{group}".encode()).hexdigest(), item, group)
        for item, group in asked.values_list("item", "item__group")
        if is_written(group) == of_written
    ]
    return [(item, group, lot) for lot, item, group in sorted(found)[:SOUGHT]]
