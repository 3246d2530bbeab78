"""The history of webhooks stays short: a round of the relay."""

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from jobs.models import Job, State
from webhooks.models import Delivery

KEPT = 100  # deliveries of each hook
AT_ONCE = 1_000
OPEN = (State.QUEUED, State.LEASED)


@transaction.atomic
def tidy() -> int:
    """Forget deliveries beyond the newest of each hook, those that are still tried excepted; how many."""
    by_age = Window(RowNumber(), partition_by=[F("hook_id")], order_by=[F("created_at").desc(), F("pk").desc()])
    old = Delivery.objects.annotate(place=by_age).filter(place__gt=KEPT).exclude(job__state__in=OPEN)
    found = dict(old.values_list("pk", "job_id")[:AT_ONCE])
    Delivery.objects.filter(pk__in=found).delete()
    Job.objects.filter(pk__in=found.values()).delete()
    return len(found)
