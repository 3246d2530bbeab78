"""Training a head again once enough people have answered: what is planned, and a round that looks what is due."""

import structlog
from django.db import transaction
from django.http import Http404

from audit.services import record
from modelhooks.labels import labels
from modelhooks.models import Head, Retraining
from modelhooks.services import heads
from modelhooks.services.heads import HeadRefused, Wishes
from projects.access import Place, Right
from projects.access import place as place_of
from ui.problems import Refusal

log = structlog.get_logger(__name__)

FEWEST, MOST = 10, 1_000_000  # new answers
PLANS_AT_ONCE = 500


@transaction.atomic
def plan(place: Place, *, question: str, every: int) -> None:
    """Train again, in this person's name, after every so many new answers to the question; 0: only when asked.

    Raises HeadRefused.
    """
    if question not in {one.key for one in labels().questions(place.project)}:
        raise HeadRefused(f"The form asks no preference “{question[:40]}” between two responses.")
    if every and not FEWEST <= every <= MOST:
        raise HeadRefused(f"A head can be trained again after {FEWEST:,} to {MOST:,} new answers; 0 is never.")
    wanted = Retraining.objects.filter(project=place.project, question=question)
    if every:
        Retraining.objects.update_or_create(
            project=place.project, question=question, defaults={"every": every, "planned_by": place.user}
        )
    else:
        wanted.delete()
    record(
        "head.planned",
        subject=f"project:{place.project.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"question": question, "every": every},
    )


def planned(place: Place, question: str) -> int:
    """After how many new answers it is trained again; 0 where it is not."""
    found = Retraining.objects.filter(project=place.project, question=question).first()
    return found.every if found else 0


def ask() -> None:
    """One round over all plans. Whoever may not train any more trains nothing, and the others go on."""
    plans = Retraining.objects.filter(project__archived_at__isnull=True).select_related("project", "planned_by")
    for one in plans.order_by("pk")[:PLANS_AT_ONCE]:
        try:
            _train_if_due(one)
        except (Refusal, Http404) as why:
            log.info("head.not_retrained", project=one.project_id, why=type(why).__name__)


def _train_if_due(plan: Retraining) -> None:
    newest = Head.objects.filter(project=plan.project, question=plan.question).select_related("job").first()
    if newest and newest.job.is_open:
        return
    chosen = newest.parameters if newest else Wishes().model_dump()
    since = labels().answered_since(
        plan.project,
        plan.question,
        newest.last_annotation if newest else 0,
        with_imported=chosen["with_imported"],
    )
    if since >= plan.every:
        where = place_of(plan.planned_by, plan.project.slug, Right.CURATE)
        heads.train(where, question=plan.question, wishes={**chosen, "widen": False})
