"""Which items need a person's decision, in the order in which a look at them is worth most (docs/review.md).

Nothing of it is stored: an item waits while something open is said about it, and for as long as nobody decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from django.db import connection

from curation.models.analyses import SURE
from curation.models.findings import UNKNOWN_CHANCE
from projects.models import Project

MOST_COUNTED = 1_000
MOST_ON_TABS = 99
REASONS = 4  # read at first for each item that is counted, since several may speak of one
PAGE = 50
KINDS_OF_ANNOTATORS = ("person", "imported", "model")
LONGEST = 220  # characters of a filter

# The newest review of an item closes it until something is said that the reviewer did not see. Another opinion that
# was asked for keeps it closed while a slot waits for it.
CLOSED = """
    EXISTS (
        SELECT FROM curation_review r
        WHERE r.item_id = {item} AND NOT EXISTS (
            SELECT FROM curation_review later WHERE later.item_id = r.item_id AND later.id > r.id
        ) AND NOT EXISTS (
            SELECT FROM annotation_annotation a
            WHERE a.item_id = r.item_id AND a.id > r.last_annotation AND a.run_id IS NULL
                AND (r.decision = 'another' OR a.id <= (
                    SELECT y.last_annotation FROM curation_analysis y
                    WHERE y.project_id = %(project)s AND y.finished_at IS NOT NULL ORDER BY y.number DESC LIMIT 1))
        ) AND (r.decision <> 'another' OR EXISTS (
            SELECT FROM annotation_slot s WHERE s.item_id = r.item_id AND s.annotation_id IS NULL
        ))
    )
"""
OUT = """
    EXISTS (
        SELECT FROM annotation_discard d WHERE d.item_id = {item} AND d.is_out AND NOT EXISTS (
            SELECT FROM annotation_discard back WHERE back.item_id = d.item_id AND back.id > d.id)
    )
"""
# Of the three that may name an annotator at most one is not null.
SAID_BY = """
    EXISTS (
        SELECT FROM annotation_annotation a LEFT JOIN modelhooks_run m ON m.id = a.run_id
        WHERE {annotations} AND (
            a.author_id = %(person)s::bigint OR m.checkpoint_id = %(model)s::bigint
            OR (a.author_id IS NULL AND a.run_id IS NULL AND a.imported_name = %(imported)s::text)
        )
    )
"""
# Indexes end where these conditions do (curation.models), so their constants stand in the text.
WORTH = f"({{row}}.strength * coalesce({{row}}.chance, {UNKNOWN_CHANCE}))"
OPEN = """
    {row}.project_id = %(project)s AND {row}.gone_id IS NULL AND {row}.item_id IS NOT NULL
    AND {row}.decision IN ('', 'another')
    AND (%(detector)s::text = '' OR {row}.detector = %(detector)s)
    AND (%(question)s::text = '' OR {row}.question = %(question)s)
    AND (%(annotator)s::text = '' OR {row}.person_id = %(person)s::bigint OR {row}.checkpoint_id = %(model)s::bigint
        OR {row}.imported_name = %(imported)s::text OR {said_by})
"""
UNSURE = f"""
    {{row}}.project_id = %(project)s AND {{row}}.until_id IS NULL
    AND {{row}}.confidence <= {SURE} AND {{row}}.labels >= 2
    AND %(detector)s::text = '' AND (%(question)s::text = '' OR {{row}}.question = %(question)s)
    AND (%(annotator)s::text = '' OR {{said_by}})
"""
FREE = """
    (%(reviewer)s::bigint IS NULL OR NOT EXISTS (
        SELECT FROM curation_reviewlease l
        WHERE l.item_id = {item} AND l.expires_at > statement_timestamp() AND l.reviewer_id <> %(reviewer)s::bigint))
"""


def _of(part: str, row: str) -> str:
    """A condition about a row, by the name that the row has in the statement."""
    return part.replace("{item}", f"{row}.item_id").replace("{row}", row)


def _open(row: str) -> str:
    """What may wait, if its item is not closed or nobody decided about it."""
    return _of(OPEN.replace("{said_by}", SAID_BY.replace("{annotations}", "a.id = {row}.annotation_id")), row)


def _unsure(row: str) -> str:
    """What waits, if its item is not closed."""
    return _of(UNSURE.replace("{said_by}", SAID_BY.replace("{annotations}", "a.item_id = {row}.item_id")), row)


# Each item that waits stands in one of these once: by its strongest finding, or without any by its least sure place.
SAID_ONES = f"""
    FROM curation_finding f
    WHERE {_open("f")} AND (f.decision = '' OR NOT {_of(CLOSED, "f")}) AND NOT {_of(OUT, "f")} AND NOT EXISTS (
        SELECT FROM curation_finding g
        WHERE g.item_id = f.item_id AND ({_of(WORTH, "g")}, f.id) > ({_of(WORTH, "f")}, g.id) AND {_open("g")}
            AND (g.decision = '' OR NOT {_of(CLOSED, "g")}) OFFSET 0)
"""
UNSURE_ONES = f"""
    FROM curation_consensus c
    WHERE {_unsure("c")} AND NOT {_of(CLOSED, "c")} AND NOT {_of(OUT, "c")} AND NOT EXISTS (
        SELECT FROM curation_finding f WHERE f.item_id = c.item_id AND {_open("f")} OFFSET 0
    ) AND NOT EXISTS (
        SELECT FROM curation_consensus d
        WHERE d.item_id = c.item_id AND (d.confidence, d.id) < (c.confidence, c.id) AND {_unsure("d")} OFFSET 0)
"""  # noqa: S608
# Either list is read in the order of an index for as long as it takes to fill a page; only a page's items are told of.
IN_ORDER = f"""
    WITH first AS (
        SELECT * FROM (
            (SELECT f.item_id, TRUE AS is_said, {_of(WORTH, "f")} AS worth, 0::float8 AS confidence {SAID_ONES}
                AND {_of(FREE, "f")}
                AND (NOT %(is_behind)s OR {_of(WORTH, "f")} <= %(worth)s::float8)
                AND (NOT %(is_behind)s OR (-{_of(WORTH, "f")}, f.item_id) > (-%(worth)s::float8, %(after)s::bigint))
            ORDER BY {_of(WORTH, "f")} DESC, f.item_id LIMIT %(limit)s)
            UNION ALL
            (SELECT c.item_id, FALSE, 0::float8, c.confidence {UNSURE_ONES}
                AND {_of(FREE, "c")}
                AND (NOT %(is_behind)s OR %(worth)s::float8 IS NOT NULL
                    OR (c.confidence, c.item_id) > (%(confidence)s::float8, %(after)s::bigint))
            ORDER BY c.confidence, c.item_id LIMIT %(limit)s)
        ) AS both_lists ORDER BY is_said DESC, worth DESC, confidence, item_id LIMIT %(limit)s
    )
    SELECT w.item_id, w.worth,
        (SELECT count(*) FROM curation_finding f
            WHERE f.item_id = w.item_id AND {_open("f")} AND (f.decision = '' OR NOT w.is_closed)),
        CASE WHEN w.is_closed THEN 1 ELSE coalesce((
            SELECT min(c.confidence) FROM curation_consensus c WHERE c.item_id = w.item_id AND {_unsure("c")}), 1) END,
        l.reviewer_id
    FROM (SELECT *, {_of(CLOSED, "first")} AS is_closed FROM first OFFSET 0) w
    LEFT JOIN curation_reviewlease l ON l.item_id = w.item_id AND l.expires_at > statement_timestamp()
    ORDER BY w.is_said DESC, w.worth DESC, w.confidence, w.item_id
"""  # noqa: S608
PLACE_OF = f"""
    SELECT (SELECT max({_of(WORTH, "f")}) {SAID_ONES} AND f.item_id = %(item)s),
        (SELECT min(c.confidence) {UNSURE_ONES} AND c.item_id = %(item)s)
"""
COUNTED = f"""
    SELECT count(DISTINCT item_id), count(*) FROM (
        SELECT item_id FROM (
            SELECT f.item_id, f.decision = '' AS is_new FROM curation_finding f WHERE {_open("f")}
            UNION ALL SELECT c.item_id, FALSE FROM curation_consensus c WHERE {_unsure("c")} OFFSET 0
        ) AS parts WHERE (is_new OR NOT {_of(CLOSED, "parts")}) AND NOT {_of(OUT, "parts")} LIMIT %(most)s
    ) AS reasons
"""  # noqa: S608
COUNTED_BRIEFLY = f"""
    SELECT * FROM ({COUNTED}) AS items, (
        SELECT count(*) FROM (
            SELECT FROM curation_finding
            WHERE project_id = %(project)s AND gone_id IS NULL AND item_id IS NULL AND decision = '' LIMIT %(most)s
        ) AS others
    ) AS beside
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is looked at; an annotator is `person-3`, `model-5` or `imported-` with a name."""

    detector: str = ""
    question: str = ""
    annotator: str = ""

    @property
    def address(self) -> str:
        """As the query of an address, with its question mark; empty without filters."""
        return self.address_with()

    def address_with(self, **changed: str) -> str:
        """The same with some of it changed."""
        asked = {name: getattr(self, name) for name in ("detector", "question", "annotator")} | changed
        told = urlencode({name: value for name, value in asked.items() if value})
        return f"?{told}" if told else ""

    @property
    def is_empty(self) -> bool:
        return self == Filters()

    @property
    def who(self) -> tuple[Literal["person", "imported", "model"], int | str] | None:
        """The annotator: what they are, and their id or imported name; None for everybody, or for nobody who can be."""
        kind, _, key = self.annotator.partition("-")
        if kind == "imported" and key:
            return "imported", key
        if kind in ("person", "model") and key.isascii() and key.isdecimal() and len(key) < 19:
            return ("person" if kind == "person" else "model"), int(key)
        return None


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the queue. `confidence` is that of its least sure place, 1 where none is unsure."""

    item_id: int
    worth: float
    findings: int
    confidence: float
    reviewer_id: int | None


def read_filters(sent: Mapping[str, str]) -> Filters:
    """From an address; what has no such form is no filter."""
    asked = {name: str(sent.get(name, "")).replace("\x00", "")[:LONGEST] for name in ("detector", "question")}
    found = Filters(**asked, annotator=str(sent.get("annotator", "")).replace("\x00", "")[:LONGEST])
    return found if found.who else replace(found, annotator="")


def queue(
    project: Project, filters: Filters, *, after: int | None = None, limit: int = PAGE, reviewer: int | None = None
) -> list[Line]:
    """The first items, or those behind the item `after`; with a `reviewer`, without those that others have in hand."""
    worth, confidence = (None, None) if after is None else _place_of(project, filters, after)
    is_behind = worth is not None or confidence is not None
    behind = {"is_behind": is_behind, "worth": worth, "confidence": confidence, "after": after}
    values = {**_values(project, filters), **behind, "limit": limit, "reviewer": reviewer}
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER, values)
        return [Line(*row) for row in cursor.fetchall()]


def _place_of(project: Project, filters: Filters, item_id: int) -> tuple[float | None, float | None]:
    """Where an item stands: by what it is worth, else by how sure it is; neither where it does not wait."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE_OF, {**_values(project, filters), "item": item_id})
        worth, confidence = cursor.fetchone()
    return worth, confidence


def count(project: Project, filters: Filters | None = None) -> int:
    """How many items wait, counted up to a thousand and one."""
    with connection.cursor() as cursor:
        values = {**_values(project, filters or Filters()), "most": REASONS * MOST_COUNTED}
        cursor.execute(COUNTED, values)
        items, reasons = cursor.fetchone()
    return _surely(items, reasons, MOST_COUNTED, values)


def count_briefly(project: Project) -> tuple[int, int]:
    """How many items wait, and how many findings about people, models and questions still hold, in one quick query:
    each up to one more than `MOST_ON_TABS`.
    """
    values = {**_values(project, Filters()), "most": REASONS * MOST_ON_TABS}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED_BRIEFLY, values)
        items, reasons, beside = cursor.fetchone()
    return _surely(items, reasons, MOST_ON_TABS, values), min(beside, MOST_ON_TABS + 1)


def _surely(items: int, reasons: int, most: int, values: dict[str, Any]) -> int:
    """How many items wait, up to one more than `most`; all reasons are read where the first ones spoke of too few."""
    if items <= most and reasons == values["most"]:
        with connection.cursor() as cursor:
            cursor.execute(COUNTED, {**values, "most": None})
            items, _ = cursor.fetchone()
    return min(items, most + 1)


def _values(project: Project, filters: Filters) -> dict[str, Any]:
    who: dict[str, int | str] = dict([filters.who]) if filters.who else {}
    return {
        "project": project.pk,
        "detector": filters.detector,
        "question": filters.question,
        "annotator": filters.annotator,
        **{kind: who.get(kind) for kind in KINDS_OF_ANNOTATORS},
    }
