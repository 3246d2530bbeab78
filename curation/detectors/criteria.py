"""Criteria of the rubrics in use that do not do what a criterion is for, as the newest report of each version says.

Every defect is a finding of its own, so that one which is dismissed does not hide another. A version that is neither
asked with nor its rubric's newest any more is past, and so is what was found of it.
"""

from curation.detectors.contract import Found, Said, described
from curation.detectors.scene import Scene
from curation.models import RubricReport
from curation.queries.rubrics_in_use import newest_reports
from curation.rubrics.flags import Flag, flags


def find(scene: Scene) -> Said:
    """What judges found is read as it stands now: it is of no snapshot of labels but its own."""
    reports = newest_reports(scene.project)
    found = [
        _found(report, flag)
        for report in reports
        for flag in flags(report.version.criteria, report.figures["criteria"])
    ]
    if not reports:
        return Said(note="No rubric in use was held against labels yet.")
    return Said(found, f"{sum(len(one.version.criteria) for one in reports):,} criteria were looked at.")


def _found(report: RubricReport, flag: Flag) -> Found:
    version, rubric = report.version, report.version.rubric
    title = next(one["title"] for one in version.criteria if one["key"] == flag.key)
    return Found(
        about=f"criterion:{rubric.number}.{version.number}:{flag.key}:{flag.defect}",
        words=f"“{title[:100]}” {flag.words}.",
        strength=flag.strength,
        evidence={
            "rubric": rubric.number,
            "version": version.number,
            "name": rubric.name,
            "criterion": flag.key,
            **flag.figures,
            "pairs": report.pairs,
            "judge": report.checkpoint.name,
            "report": report.pk,
        },
    )


DETECTOR = described("weak_criteria", "1", find)
