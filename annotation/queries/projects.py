"""What waits for one person, in each of their projects."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import User
from modelhooks.models import Checkpoint
from projects.access import RIGHTS, Place, Right
from projects.models import Membership, Project

MOST_COUNTED = 100  # beyond this a list says "more than"

# A slot waits for someone when it is theirs and unanswered, or free and its item is new to them (as in the queue).
# Subqueries yield a value instead of asking EXISTS: PostgreSQL would join every slot before it counts to a hundred.
# Items whose answer is known wait for everybody who has not met them, as long as others wait that they can be mixed
# into: no count moves by another step when one of them comes.
GOLD = """
    g.project_id = wanted.id AND NOT g.is_withdrawn
    AND (SELECT n.id FROM annotation_gold n WHERE n.item_id = g.item_id AND n.version > g.version LIMIT 1) IS NULL
"""
WAITING = """
SELECT wanted.id,
    ordinary.waiting + (SELECT count(*) FROM annotation_gold g
        LEFT JOIN annotation_slot o ON o.item_id = g.item_id AND o.holder_id = %(person)s
        WHERE wanted.labels AND wanted.has_gold AND {GOLD} AND o.annotation_id IS NULL
          AND (o.id IS NOT NULL OR ordinary.waiting > 0)
          AND coalesce((SELECT NOT d.is_out FROM annotation_discard d WHERE d.item_id = g.item_id
              ORDER BY d.id DESC LIMIT 1), TRUE)
          AND (SELECT m.id FROM annotation_gold m WHERE m.item_id = g.item_id
              AND m.created_by_id = %(person)s LIMIT 1) IS NULL
          AND (SELECT l.id FROM annotation_lease l WHERE l.item_id = g.item_id
              AND l.annotator_id = %(person)s AND l.outcome = 'skipped' LIMIT 1) IS NULL
          AND (SELECT i.id FROM annotation_item i WHERE i.id = g.item_id AND i.author_id = %(person)s) IS NULL
    ) AS waiting,
    (SELECT i.id FROM annotation_item i WHERE i.project_id = wanted.id ORDER BY i.project_id, i.id LIMIT 1) IS NOT NULL,
    (SELECT count(*) FROM annotation_import r JOIN jobs_job j ON j.id = r.job_id
        WHERE wanted.owns AND r.project_id = wanted.id AND j.state IN ('failed', 'dead')) AS failed_imports
FROM unnest(%(projects)s::bigint[], %(labels)s::boolean[], %(owns)s::boolean[], %(gold)s::boolean[])
    AS wanted(id, labels, owns, has_gold)
CROSS JOIN LATERAL (
    SELECT (SELECT count(*) FROM (
        SELECT DISTINCT s.item_id FROM annotation_slot s
        WHERE s.project_id = wanted.id AND s.annotation_id IS NULL AND wanted.labels
          AND (NOT wanted.has_gold
            OR (SELECT g.id FROM annotation_gold g WHERE g.item_id = s.item_id AND {GOLD}) IS NULL)
          AND (s.holder_id = %(person)s OR (
            (s.expires_at IS NULL OR s.expires_at < now())
            AND (SELECT o.id FROM annotation_slot o WHERE o.item_id = s.item_id AND o.holder_id = %(person)s) IS NULL
            AND (SELECT l.id FROM annotation_lease l WHERE l.item_id = s.item_id
                AND l.annotator_id = %(person)s AND l.outcome = 'skipped' LIMIT 1) IS NULL
            AND (SELECT i.id FROM annotation_item i WHERE i.id = s.item_id AND i.author_id = %(person)s) IS NULL))
        LIMIT %(most)s) AS found) AS waiting
) AS ordinary
""".replace("{GOLD}", GOLD)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One of someone's projects, and what it wants from them."""

    name: str
    slug: str
    description: str
    role: str
    waiting: int  # items to label, counted up to one more than `MOST_COUNTED`
    has_items: bool
    failed_imports: int

    @property
    def may_own(self) -> bool:
        return Right.OWN in RIGHTS[self.role]

    @property
    def may_label(self) -> bool:
        return Right.LABEL in RIGHTS[self.role]

    @property
    def is_many(self) -> bool:
        return self.waiting > MOST_COUNTED


def waiting(user: User) -> list[Waiting]:
    """Every live project of this person, those that want something first. Two queries, whatever their size."""
    memberships = list(
        Membership.objects.filter(user=user, project__archived_at__isnull=True)
        .select_related("project")
        .order_by("project__name", "project_id")
    )
    found = _counts(user, memberships)
    projects = [_project(membership, *found[membership.project_id]) for membership in memberships]
    return sorted(projects, key=lambda project: not project.waiting)


def waits_for(place: Place) -> int:
    """How many items of one project wait for this person, counted up to one more than `MOST_COUNTED`."""
    here = Membership(project=place.project, user=place.user, role=place.role)
    return _counts(place.user, [here])[place.project.pk][0]


def _counts(user: User, memberships: list[Membership]) -> dict[int, tuple[int, bool, int]]:
    rights = [RIGHTS[membership.role] for membership in memberships]
    parameters: dict[str, Any] = {
        "person": user.pk,
        "most": MOST_COUNTED + 1,
        "projects": [membership.project_id for membership in memberships],
        "labels": [Right.LABEL in right for right in rights],
        "owns": [Right.OWN in right for right in rights],
        "gold": [membership.project.has_had_gold for membership in memberships],
    }
    with connection.cursor() as cursor:
        cursor.execute(WAITING, parameters)
        return {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}


def _project(membership: Membership, count: int, has_items: bool, failed_imports: int) -> Waiting:
    return Waiting(
        name=membership.project.name,
        slug=membership.project.slug,
        description=membership.project.description,
        role=membership.role,
        waiting=count,
        has_items=has_items,
        failed_imports=failed_imports,
    )


MOST_SUGGESTERS = 200  # names in a list to choose from


def suggesters(project: Project) -> list[str]:
    """Names of the checkpoints whose answers may be suggested; the chosen one among them, whatever became of it."""
    live = Checkpoint.objects.of(project).filter(retired_at__isnull=True).order_by("name")
    names = list(live.values_list("name", flat=True)[:MOST_SUGGESTERS])
    chosen = project.suggestions_by
    return names if not chosen or chosen in names else [chosen, *names]
