"""Which pairs a version of a judge gets wrong, of the prompts that may be shown: what its instructions are reworded by.

They are the same share of prompts that rubrics are written from, so that the others stay unseen by both.
"""

from hashlib import sha256

from curation.hooks import pairs
from curation.judging.reports import CANNOT_TELL, point
from curation.models import JudgeReport, JudgeVerdict
from curation.rubrics.labelled import written_part

MOST = 8  # that a writer is shown (`modelhooks.contracts.Rewording`)
SOUGHT = 2_000  # pairs that are looked at, since a curator waits


def misjudged(report: JudgeReport, percent: int) -> list[int]:
    """Items of different prompts: first those of which it says the opposite, then where it cannot tell; by lot."""
    said = JudgeVerdict.objects.filter(version=report.version, fingerprint=report.fingerprint)
    lots = _lots(report, percent)
    found = dict(said.filter(item__in=list(lots)).values_list("item", "said"))
    labels = pairs.labels_of(report.run).of(report.run.project, list(found))
    wrong = ((point(found[item], one), lots[item], item) for item, one in labels.items())
    by_prompt: dict[str, int] = {}
    for points, lot, item in sorted(wrong):
        if points <= CANNOT_TELL:
            by_prompt.setdefault(lot, item)
    return sorted(list(by_prompt.values())[:MOST])


def _lots(report: JudgeReport, percent: int) -> dict[int, str]:
    """Item to the lot of its prompt."""
    is_chosen = written_part(report.project, percent)
    asked = JudgeVerdict.objects.filter(version=report.version, fingerprint=report.fingerprint)
    drawn = sorted(
        (sha256(f"rewording:{report.project.salt}:{group}".encode()).hexdigest(), item)
        for item, group in asked.values_list("item", "item__group")
        if is_chosen(group)
    )
    return {item: lot for lot, item in drawn[:SOUGHT]}
