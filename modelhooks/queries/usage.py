"""What chunks have used, added up by the database."""

from django.db import connection
from django.db.models import BigIntegerField, FloatField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from modelhooks.models import Chunk, Run

OUTCOME = """
SELECT key, sum(value::bigint) AS total FROM modelhooks_chunk, jsonb_each_text(outcome) WHERE run_id = %s
GROUP BY key HAVING sum(value::bigint) > 0 ORDER BY total DESC, key
"""


def tokens(name: str) -> Sum:
    """Of one count of `modelhooks.contracts.Usage`; None where nothing was used."""
    return Sum(Cast(KeyTextTransform(name, "usage"), BigIntegerField()))


def money() -> Sum:
    """What they cost; None where nothing had a price."""
    return Sum(Cast(KeyTextTransform("cost", "usage"), FloatField()))


def outcome_of(run: Run) -> list[tuple[str, int]]:
    """What became of its answers, by words of its hook, the most first."""
    with connection.cursor() as cursor:
        cursor.execute(OUTCOME, [run.pk])
        return [(words, int(count)) for words, count in cursor.fetchall()]


def with_cost(runs: QuerySet[Run]) -> QuerySet[Run]:
    """The same runs, each with its `cost`."""
    of_each = Chunk.objects.filter(run=OuterRef("pk"), usage__has_key="cost").order_by().values("run")
    return runs.annotate(cost=Subquery(of_each.annotate(total=money()).values("total")))
