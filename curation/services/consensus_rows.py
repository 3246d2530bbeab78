"""Writes what an analysis settled: only what changed, so that every analysis keeps its consensus for little."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connection

from annotation.imports import copying
from curation.analysis.counted import DIGITS
from curation.analysis.settled import UNSETTLED, Settled
from curation.models import Analysis
from curation.models.analyses import SURE
from curation.votes import Votes

TOLERANCE = 0.005  # a confidence that moves by less, on the same side of SURE, stays the row that it is

NOW = """
    CREATE TEMPORARY TABLE consensus_now (
        item_id bigint, question varchar, facet varchar, place varchar, value varchar, confidence float8,
        posterior jsonb, labels smallint, by_reviewer boolean
    ) ON COMMIT DROP
"""
COPY = """
    COPY consensus_now (item_id, question, facet, place, value, confidence, posterior, labels, by_reviewer) FROM STDIN
"""
END_WHAT_CHANGED = """
    UPDATE curation_consensus held SET until_id = %(analysis)s
    WHERE held.project_id = %(project)s AND held.until_id IS NULL AND NOT EXISTS (
        SELECT FROM consensus_now fresh
        WHERE (fresh.item_id, fresh.question, fresh.facet, fresh.place, fresh.value, fresh.labels, fresh.by_reviewer)
            = (held.item_id, held.question, held.facet, held.place, held.value, held.labels, held.by_reviewer)
          AND abs(fresh.confidence - held.confidence) < %(tolerance)s
          AND (fresh.confidence > %(sure)s) = (held.confidence > %(sure)s)
    )
"""
ADD_WHAT_IS_NEW = """
    INSERT INTO curation_consensus
        (project_id, item_id, question, facet, place, value, confidence, posterior, labels, by_reviewer, since_id)
    SELECT %(project)s, item_id, question, facet, place, value, confidence, posterior, labels, by_reviewer, %(analysis)s
    FROM consensus_now fresh
    WHERE NOT EXISTS (
        SELECT FROM curation_consensus held
        WHERE held.until_id IS NULL AND (held.item_id, held.question, held.facet, held.place)
            = (fresh.item_id, fresh.question, fresh.facet, fresh.place)
    )
    ORDER BY item_id, question, facet, place
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """How many rows an analysis ended and added."""

    ended: int
    added: int


def store(analysis: Analysis, settled: Iterable[tuple[str, Votes, Settled]]) -> Changed:
    """Write the consensus on all facets (question, votes, what they come to), in the caller's transaction.

    What no vote speaks of any more is ended, too.
    """
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        with cursor.copy(COPY) as copy:
            for question, votes, found in settled:
                for line in _lines(question, votes, found):
                    copy.write(line)
        cursor.execute("ANALYZE consensus_now")
        places = {"project": analysis.project_id, "analysis": analysis.pk, "tolerance": TOLERANCE, "sure": SURE}
        cursor.execute(END_WHAT_CHANGED, places)
        ended = cursor.rowcount
        cursor.execute(ADD_WHAT_IS_NEW, places)
        added = cursor.rowcount
        cursor.execute("DROP TABLE consensus_now")
    return Changed(ended, added)


def _lines(question: str, votes: Votes, found: Settled) -> Iterator[bytes]:
    names = (copying.text(question), copying.text(votes.facet.key))
    values = [copying.text(value) for value in votes.facet.values]
    posterior = found.posterior.round(DIGITS).tolist()
    confidence = found.confidence.round(DIGITS).tolist()
    reviewed = np.isin(np.arange(len(votes.units)), found.by_reviewer).tolist()
    rows = zip(votes.units, found.value.tolist(), confidence, posterior, found.votes.tolist(), reviewed, strict=True)
    for unit, value, sure, chances, count, by_reviewer in rows:
        if not count:  # only a model spoke of it, which settles nothing
            continue
        told = b"" if value == UNSETTLED else values[value] if values else str(value).encode()
        yield copying.line(
            (
                str(unit.item).encode(),
                *names,
                copying.text(unit.place),
                told,
                copying.number(sure),
                copying.json(chances),
                str(count).encode(),
                b"t" if by_reviewer else b"f",
            )
        )
