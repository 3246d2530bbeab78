"""Which answers of judges are accepted without a person: now, and as a release has fixed it.

Nothing is written: it follows from the decisions (`Acceptance`) and the annotations, neither of which ever changes. An
answer is accepted where it is as certain as the decision asks for, comes from the version that was looked at, and
stands on an item of which no person and no import has answered the question.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import starmap
from typing import Any

from django.db import connection

from annotation.acceptances import Accepted
from curation.models import Acceptance
from curation.recipes import raw
from curation.recipes.common import takes_accepted
from projects.models import Project

FROM = """
    FROM curation_acceptance d
    JOIN modelhooks_run r ON r.project_id = d.project_id AND r.checkpoint_id = d.checkpoint_id
                         AND r.question = d.question AND r.fingerprint = d.fingerprint
    JOIN annotation_annotation a ON a.run_id = r.id
"""
# Certainty as `curation.analysis.judges` has it: of the likelier side, by the model's own probability or its scores.
# Beyond 500 log-odds e to the power of them is no number any more.
IS_ACCEPTED = """
    a.id <= %(last)s
      AND a.answers -> d.question IS NOT NULL AND a.answers -> d.question <> 'null'
      AND d.confidence <= CASE
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
            AND p.answers -> d.question IS NOT NULL AND p.answers -> d.question <> 'null'
      )
"""
ACCEPTED = f"SELECT a.item_id, a.id {FROM} WHERE d.id = ANY(%(decisions)s) AND {IS_ACCEPTED} ORDER BY a.item_id, a.id"
# In one query, for the page of an item: the decisions that stand now (`AcceptanceQuerySet.standing`), and what by them.
ABOUT = f"""
    SELECT a.item_id, a.id, d.question, c.name, coalesce(nullif(u.name, ''), u.email), d.created_at, d.confidence,
           d.target, (d.figures ->> 'at_least')::float8, (d.figures ->> 'analysis')::int
    {FROM}
    JOIN modelhooks_checkpoint c ON c.id = d.checkpoint_id
    JOIN accounts_user u ON u.id = d.decided_by_id
    WHERE d.project_id = %(project)s AND NOT d.is_withdrawn AND a.item_id = ANY(%(items)s) AND {IS_ACCEPTED}
      AND NOT EXISTS (
          SELECT FROM curation_acceptance n
          WHERE n.project_id = d.project_id AND n.question = d.question AND n.id > d.id
      )
    ORDER BY a.item_id, a.id
"""  # noqa: S608 - of our own constants
NEWEST = 2**63 - 1


def items(acceptance: Acceptance, *, last: int = NEWEST) -> dict[int, int]:
    """Item id to the annotation that is accepted about it, of the annotations up to `last`."""
    return dict(_found([acceptance.pk], last=last))


def about(project: Project, about_items: Collection[int]) -> Sequence[Accepted]:
    """The answers about these items that are accepted now, each with the decision by which it is."""
    with connection.cursor() as cursor:
        cursor.execute(ABOUT, {"project": project.pk, "items": list(about_items), "last": NEWEST})
        return list(starmap(Accepted, cursor.fetchall()))


def newest(project: Project, recipes: Iterable[Mapping[str, Any]]) -> int:
    """The newest decision, where any of these settled recipes takes or tells what is accepted; else, or without any,
    0."""
    if not any(one["name"] == raw.RECIPE.name or takes_accepted(one["parameters"]) for one in recipes):
        return 0
    found = Acceptance.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True)
    return found.first() or 0


def standing(project: Project, *, last_acceptance: int, last_annotation: int) -> frozenset[int]:
    """The annotations that were accepted when these two were the newest."""
    if not last_acceptance:
        return frozenset()
    decided = Acceptance.objects.filter(project=project).standing(last=last_acceptance)
    found = _found(list(decided.values_list("pk", flat=True)), last=last_annotation)
    return frozenset(annotation for _, annotation in found)


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


def _found(decisions: list[int], *, last: int) -> list[tuple[int, int]]:
    """Item and annotation of each answer that is accepted by one of these decisions."""
    with connection.cursor() as cursor:
        cursor.execute(ACCEPTED, {"decisions": decisions, "last": last})
        return list(cursor.fetchall())
