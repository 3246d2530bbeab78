"""Looking at all labels again once enough new ones are there: a round of the relay.

It may be killed at any line, and run twice at once: each project is one transaction that holds the project's row, and
what is due is asked again under that lock.
"""

from typing import Any

import structlog
from django.db import connection, transaction

from curation.models import Analysis
from curation.rubrics import CONTRAST, GRADING
from curation.services import analyses
from jobs.faults import crash_here
from projects.models import Project

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 100  # projects of one round; whoever is left is due in the next one

# What models make of rubrics says something of labels and criteria, too: a run of these that ended since makes it due.
RUBRICS = (CONTRAST, GRADING)
# New annotations are counted up to what is wanted and no further, along the index by project. Those since the newest
# analysis, whatever became of it: one that failed is not tried again before there is something new to look at.
DUE = """
    SELECT project.id FROM projects_project project
    WHERE project.analyze_every > 0 AND project.archived_at IS NULL
      AND (%(only)s::bigint IS NULL OR project.id = %(only)s)
      AND NOT EXISTS (
          SELECT FROM curation_analysis analysis JOIN jobs_job job ON job.id = analysis.job_id
          WHERE analysis.project_id = project.id AND job.state = ANY(%(open)s)
      )
      AND (project.analyze_every <= (
          SELECT count(*) FROM (
              SELECT FROM annotation_annotation said
              WHERE said.project_id = project.id AND said.id > coalesce((
                  SELECT analysis.last_annotation FROM curation_analysis analysis
                  WHERE analysis.project_id = project.id ORDER BY analysis.number DESC LIMIT 1
              ), 0)
              ORDER BY said.id LIMIT project.analyze_every
          ) counted
      ) OR EXISTS (
          SELECT FROM modelhooks_run run JOIN jobs_job job ON job.id = run.job_id
          WHERE run.project_id = project.id AND run.hook = ANY(%(rubrics)s) AND job.state = 'done'
            AND job.finished_at > coalesce((
                SELECT analysis.created_at FROM curation_analysis analysis
                WHERE analysis.project_id = project.id ORDER BY analysis.number DESC LIMIT 1
            ), '-infinity')
            AND EXISTS (SELECT FROM annotation_annotation said WHERE said.project_id = project.id)
      ))
    ORDER BY project.id LIMIT %(most)s
"""


def ask() -> None:
    """One round over all projects that want it. The relay calls this."""
    for project_id in due():
        _look_again(project_id)
        crash_here("analysis_asked_for_labels")


def due(only: int | None = None) -> list[int]:
    """The ids of the projects, or of this one alone, that have enough new annotations, or a new run about rubrics,
    and nothing at work."""
    wanted: dict[str, Any] = {"only": only, "open": [str(state) for state in analyses.OPEN], "most": MOST_AT_ONCE}
    wanted |= {"rubrics": list(RUBRICS)}
    with connection.cursor() as cursor:
        cursor.execute(DUE, wanted)
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def _look_again(project_id: int) -> None:
    """In nobody's name: whoever set this up may have left, and a look shows nobody anything."""
    held = Project.objects.live().select_for_update(no_key=True, skip_locked=True).filter(pk=project_id).first()
    if held and due(project_id):
        analysis = analyses.queue(held, Analysis.Reason.LABELS, None)
        crash_here("analysis_queued_for_labels")
        log.info("analysis.after_labels", project=project_id, number=analysis.number)
