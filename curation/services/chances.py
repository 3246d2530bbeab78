"""What reviews of a detector say about its findings that are still open: the chance that each is right."""

from itertools import pairwise

from django.db import connection, transaction

from curation.queries.precision import FEWEST, Steps, calibrated, decided, judged

EVERY = 5  # reviewed findings
HIGHEST = 2.0  # above every strength

# Rows that a reviewer decides at this moment are left alone instead of waited for.
SET = """
    UPDATE curation_finding SET chance = %(chance)s WHERE id IN (
        SELECT id FROM curation_finding
        WHERE project_id = %(project)s AND detector = %(detector)s AND decision = '' AND gone_id IS NULL
            AND strength >= %(low)s AND strength < %(high)s AND chance IS DISTINCT FROM %(chance)s::float8
        ORDER BY id FOR UPDATE SKIP LOCKED
    )
"""


def learn(project_id: int, detectors: set[str]) -> None:
    """Set chances anew for detectors of which enough findings are reviewed, every five of them.

    In a transaction of its own, after the decision's: a process that dies between leaves chances as they were.
    """
    for name in sorted(detectors):
        reviewed = decided(project_id, name).count()
        if reviewed >= FEWEST and reviewed % EVERY == 0:
            set_chances(project_id, name)


@transaction.atomic
def set_chances(project_id: int, detector: str) -> None:
    """Write the chance on every open finding of the detector; nothing below thirty reviewed ones."""
    steps = calibrated(judged(project_id, detector))
    if steps is None:
        return
    with connection.cursor() as cursor:
        for low, high, chance in _spans(steps):
            told: dict[str, int | float | str] = {
                "project": project_id,
                "detector": detector,
                "low": low,
                "high": high,
                "chance": chance,
            }
            cursor.execute(SET, told)


def _spans(steps: Steps) -> list[tuple[float, float, float]]:
    """From which strength up to below which, and the chance there."""
    edges = (-1.0, *steps.starts[1:], HIGHEST)
    return [(low, high, chance) for (low, high), chance in zip(pairwise(edges), steps.chances, strict=True)]
