"""What operators watch about the audit trail."""

from django.utils import timezone

from audit.models import Block, Event


def measures() -> list[tuple[str, dict[str, str], float]]:
    """The age of the oldest event that no block has sealed."""
    sealed = Block.objects.order_by("-id").values_list("last_event", flat=True).first() or 0
    first = Event.objects.filter(id__gt=sealed).order_by("id").values_list("at", flat=True).first()
    return [("audit_seal_lag_seconds", {}, (timezone.now() - first).total_seconds() if first else 0.0)]
