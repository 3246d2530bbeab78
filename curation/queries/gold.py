"""How right each annotator is about items whose answer is known."""

from collections import defaultdict
from typing import Any

from django.db import connection

from annotation.models import Form, Question
from annotation.queries.gold import RIGHT_FROM, is_right, items_of
from curation import removals
from curation.votes import Annotator, annotator_of, json_of
from projects.models import Project

# What each annotator said of the gold items. Of people the first answer counts, as they may have been told since what
# was expected; of imports and models the one that stands, which nobody told.
SAID = """
    SELECT a.item_id, a.author_id, a.imported_name, r.checkpoint_id, a.answers -> %(question)s
    FROM annotation_annotation a LEFT JOIN modelhooks_run r ON r.id = a.run_id
    WHERE a.item_id = ANY(%(items)s) AND a.id <= %(last)s AND a.form_id = ANY(%(forms)s)
      AND a.answers -> %(question)s IS NOT NULL AND a.answers -> %(question)s <> 'null'
      AND a.item_id <> ALL(%(items_out)s) AND (a.author_id IS NULL OR a.author_id <> ALL(%(people_out)s))
      AND (a.author_id IS NOT NULL OR a.run_id IS NOT NULL OR a.imported_name <> ALL(%(imported_out)s))
      AND CASE WHEN a.author_id IS NOT NULL THEN a.supersedes_id IS NULL ELSE NOT EXISTS (
          SELECT FROM annotation_annotation b WHERE b.supersedes_id = a.id AND b.id <= %(last)s) END
    ORDER BY a.id
"""


def accuracy(project: Project, question: Question, last: int) -> dict[Annotator, tuple[int, int]]:
    """Annotator to (right, asked): answers to gold items as of annotation `last` that were right, and all of them.

    Gold is taken as it is known now: whoever corrects it corrects what everybody was found to be. An answer of many
    parts is right from `RIGHT_FROM` on. A checkpoint that answered an item in several runs counts by the newest.
    """
    gold = items_of(project, [question.key])
    said: dict[Annotator, dict[int, float]] = defaultdict(dict)
    for item, annotator, value in _said(project, question, last, list(gold)):
        share = is_right(question, value, gold[item])
        if share is not None:
            said[annotator][item] = share
    return {
        annotator: (sum(share >= RIGHT_FROM for share in shares.values()), len(shares))
        for annotator, shares in said.items()
    }


def _said(project: Project, question: Question, last: int, items: list[int]) -> list[tuple[int, Annotator, object]]:
    forms = Form.objects.filter(
        project=project, questions__key=question.key, questions__kind=question.kind, questions__target=question.target
    )
    wanted: dict[str, Any] = {
        **removals.standing(project).wanted(),
        "question": question.key,
        "items": items,
        "last": last,
        "forms": list(forms.values_list("pk", flat=True)),
    }
    with connection.cursor() as cursor:
        cursor.execute(SAID, wanted)
        return [(row[0], annotator_of(*row[1:4]), json_of(row[4])) for row in cursor.fetchall()]
