"""What nobody needs any more. The relay calls this every hour."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from accounts.models import Allowance

LONGEST_WINDOW = timedelta(days=1)


def tidy() -> None:
    """Delete sessions that have ended, and quotas whose window is long over."""
    Session.objects.filter(expire_date__lt=Now()).delete()
    Allowance.objects.filter(began_at__lt=Now() - LONGEST_WINDOW).delete()
