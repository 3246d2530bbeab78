"""Which answers of judges are accepted without a person: now, and as a release has fixed it.

Nothing is written: it follows from the decisions (`Acceptance`) and the annotations, neither of which ever changes. An
answer is accepted where it is as certain as the decision asks for, comes from the version that was looked at, and
stands on an item of which no person and no import has answered the question.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from curation.models import Acceptance
from curation.recipes.common import takes_accepted
from projects.models import Project

# Certainty as `curation.analysis.judges` has it: of the likelier side, by the model's own probability or its scores.
# Beyond 500 log-odds e to the power of them is no number any more.
ACCEPTED = """
    SELECT a.item_id, a.id
    FROM annotation_annotation a JOIN modelhooks_run r ON r.id = a.run_id
    WHERE a.project_id = %(project)s AND a.id <= %(last)s
      AND r.checkpoint_id = %(checkpoint)s AND r.question = %(question)s AND r.fingerprint = %(fingerprint)s
      AND a.answers -> %(question)s IS NOT NULL AND a.answers -> %(question)s <> 'null'
      AND %(confidence)s <= CASE
          WHEN jsonb_typeof(a.source -> 'p_first') = 'number'
          THEN greatest((a.source ->> 'p_first')::float8, 1 - (a.source ->> 'p_first')::float8)
          WHEN jsonb_typeof(a.source #> '{scores,0}') = 'number' AND jsonb_typeof(a.source #> '{scores,1}') = 'number'
               AND a.source #> '{scores,2}' IS NULL
          THEN 1 / (1 + exp(-least(500, abs(
              (a.source #>> '{scores,0}')::float8 - (a.source #>> '{scores,1}')::float8))))
      END
      AND NOT EXISTS (SELECT FROM annotation_annotation b WHERE b.supersedes_id = a.id AND b.id <= %(last)s)
      AND NOT EXISTS (
          SELECT FROM annotation_annotation p
          WHERE p.item_id = a.item_id AND p.id <= %(last)s AND p.run_id IS NULL
            AND p.answers -> %(question)s IS NOT NULL AND p.answers -> %(question)s <> 'null'
      )
    ORDER BY a.item_id, a.id
"""
NEWEST = 2**63 - 1


def items(acceptance: Acceptance, *, last: int = NEWEST) -> dict[int, int]:
    """Item id to the annotation that is accepted about it, of the annotations up to `last`."""
    with connection.cursor() as cursor:
        cursor.execute(
            ACCEPTED,
            {
                "project": acceptance.project_id,
                "last": last,
                "checkpoint": acceptance.checkpoint_id,
                "question": acceptance.question,
                "fingerprint": acceptance.fingerprint,
                "confidence": acceptance.confidence,
            },
        )
        return dict(cursor.fetchall())


def newest(project: Project, recipes: Iterable[Mapping[str, Any]]) -> int:
    """The newest decision, where any of these settled recipes takes what is accepted; else, or without any, 0."""
    if not any(takes_accepted(one["parameters"]) for one in recipes):
        return 0
    found = Acceptance.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True)
    return found.first() or 0


def standing(project: Project, *, last_acceptance: int, last_annotation: int) -> frozenset[int]:
    """The annotations that were accepted when these two were the newest."""
    if not last_acceptance:
        return frozenset()
    decided = Acceptance.objects.filter(project=project).standing(last=last_acceptance)
    return frozenset(one for each in decided for one in items(each, last=last_annotation).values())


def told(project: Project, last_acceptance: int) -> list[dict[str, Any]] | None:
    """What a manifest says of the decisions that stood then; None where there are none."""
    decided = Acceptance.objects.filter(project=project).standing(last=last_acceptance).select_related("checkpoint")
    return [
        {
            "question": one.question,
            "model": one.checkpoint.name,
            "fingerprint": one.fingerprint,
            "confidence": one.confidence,
            "target": one.target,
            "analysis": one.figures["analysis"],
            "figures": one.figures,
        }
        for one in decided.order_by("question")
    ] or None
