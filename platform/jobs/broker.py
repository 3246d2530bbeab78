"""The only door to Celery's broker besides the worker itself. Every call comes back within a few seconds."""

from typing import Any

from celery import Celery
from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import ChannelError, OperationalError

BrokerAway = OperationalError


def publish(task: str, *, queue: str, args: dict[str, Any]) -> None:
    """Send one message. Raises BrokerAway."""
    _app().send_task(task, kwargs=args, queue=queue, retry=False)


def is_empty(queue: str) -> bool:
    """True if the broker answers and holds no message in this queue; False where it cannot be asked."""
    try:
        with _app().connection_for_read() as connection:
            channel: Any = connection.default_channel
            return not channel.queue_declare(queue, passive=True).message_count
    except ChannelError:  # no such queue: Redis knows only queues that hold something
        return True
    except OperationalError:
        return False


def ping() -> bool:
    """True if the broker answers."""
    try:
        with _app().connection_for_read() as connection:
            channel: Any = connection.default_channel
            channel.client.ping()
    except Exception:  # whatever the client library raises, it did not answer
        return False
    return True


def _app() -> Celery:
    """By name, because `config` sits above every floor and nobody imports it."""
    app: Celery = import_string(settings.JOB_BROKER)
    return app
