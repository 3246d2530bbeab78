"""Which pairs a version of a rubric gets wrong, of the prompts that rubrics are written from: what it is revised by."""

from hashlib import sha256

from curation.criteria.accuracy import accuracy
from curation.models import RubricReport, RubricVerdicts
from curation.rubrics.labelled import written_part
from curation.rubrics.reports import hold, scoring_of

MOST = 8  # that a writer is shown (`modelhooks.contracts.Revision`)
SOUGHT = 2_000  # pairs that are looked at, since a curator waits
CANNOT_TELL = 0.5


def misjudged(report: RubricReport, percent: int) -> list[int]:
    """Items of different prompts: first where the worse response wins, then where the rubric cannot tell; by lot."""
    sought = _sought(report, percent)
    held = hold(report.run, report.version, list(sought))
    points = accuracy(held.verdicts, scoring_of(held.version.criteria)).graded.points.tolist()
    wrong = [(score, sought[item], item) for item, score in zip(held.items, points, strict=True)]
    by_prompt: dict[str, int] = {}
    for score, lot, item in sorted(wrong):
        if score <= CANNOT_TELL:
            by_prompt.setdefault(lot, item)
    return sorted(list(by_prompt.values())[:MOST])


def _sought(report: RubricReport, percent: int) -> dict[int, str]:
    """Item to the lot of its prompt, in the part of the prompts that rubrics are written from."""
    is_chosen = written_part(report.project, percent)
    asked = RubricVerdicts.objects.filter(version=report.version, fingerprint=report.fingerprint)
    drawn = sorted(
        (sha256(f"revision:{report.project.salt}:{group}".encode()).hexdigest(), item)
        for item, group in asked.values_list("item", "item__group")
        if is_chosen(group)
    )
    return {item: lot for lot, item in drawn[:SOUGHT]}
