"""Carries messages from the outbox to the broker, and runs the rounds that keep the house in order.

The process behind `goldpan relay`. It holds nothing that is not in PostgreSQL, so it may be killed at any moment and
may run more than once. A broker or a database that is away only makes it wait.
"""

import threading
import time
from collections.abc import Callable
from typing import NoReturn

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from jobs import broker, faults
from jobs.models import Job, Outbox

log = structlog.get_logger(__name__)

BATCH = 100
POLL = 2.0  # seconds; NOTIFY usually wakes us long before
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds after a failure, doubling


def serve() -> NoReturn:
    """Deliver messages for ever; the rounds run beside it in a thread of their own."""
    threading.Thread(target=run_rounds, name="rounds", daemon=True).start()
    insist("relay", _listen_and_deliver)


def run_rounds() -> NoReturn:
    """Call each of `settings.RELAY_ROUNDS` every so many seconds, for ever."""
    due = dict.fromkeys(settings.RELAY_ROUNDS, 0.0)

    def one_pass() -> None:
        for path, seconds in settings.RELAY_ROUNDS.items():
            if time.monotonic() >= due[path]:
                due[path] = time.monotonic() + seconds
                import_string(path)()
        time.sleep(0.25)

    insist("rounds", one_pass)


def deliver() -> int:
    """Publish one batch and delete what was published; how many. Raises BrokerAway for the first that failed."""
    with transaction.atomic():
        messages = list(Outbox.objects.select_for_update(skip_locked=True).order_by("id")[:BATCH])
        if messages:
            faults.crash_here("after_commit")
        sent, away = _publish(messages)
        faults.crash_here("after_publish")
        Outbox.objects.filter(pk__in=[message.pk for message in sent]).delete()
        Job.objects.filter(pk__in=[message.args.get("job_id") for message in sent]).update(published_at=Now())
    if away:
        raise away
    return len(sent)


def insist(name: str, turn: Callable[[], object]) -> NoReturn:
    """Take one turn after the other, with growing pauses while something is wrong.

    Whatever it is: a thread that ended here would leave the rest of the process alive and its work undone.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            turn()
            pause = FIRST_PAUSE
        except Exception as error:
            log.warning(f"{name}.waits", error=type(error).__name__, seconds=pause)
            if not isinstance(error, broker.BrokerAway):
                connection.close()
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _publish(messages: list[Outbox]) -> tuple[list[Outbox], broker.BrokerAway | None]:
    """Send in order until one fails; what was sent, and the failure."""
    for number, message in enumerate(messages):
        try:
            broker.publish(message.task, queue=message.queue, args=message.args)
        except broker.BrokerAway as error:
            return messages[:number], error
    return messages, None


def _listen_and_deliver() -> None:
    connection.ensure_connection()
    connection.connection.execute("LISTEN goldpan_outbox")
    while deliver() == BATCH:
        pass
    for _ in connection.connection.notifies(timeout=POLL, stop_after=1):
        pass
