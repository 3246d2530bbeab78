"""The only door to Celery's broker besides the worker itself. Every call comes back within a few seconds."""

from contextlib import suppress
from functools import cache
from typing import Any

from celery import Celery
from django.conf import settings
from django.utils.module_loading import import_string
from kombu import Connection
from kombu.exceptions import ChannelError, OperationalError

BrokerAway = OperationalError
# Seconds per answer. A connection takes up to three; who asks here has better things to do than to wait.
PATIENCE = {"socket_timeout": 1, "socket_connect_timeout": 1}


def publish(task: str, *, queue: str, args: dict[str, Any]) -> None:
    """Send one message. Raises BrokerAway."""
    try:
        _app().send_task(task, kwargs=args, queue=queue, retry=False, connection=_kept())
    except OperationalError:
        with suppress(Exception):  # it is broken already
            _kept().release()
        _kept.cache_clear()
        raise


def is_empty(queue: str) -> bool:
    """True if the broker answers and holds no message in this queue; False where it cannot be asked."""
    try:
        with _connect() as connection:
            channel: Any = connection.default_channel
            return not channel.queue_declare(queue, passive=True).message_count
    except ChannelError:  # no such queue: Redis knows only queues that hold something
        return True
    except OperationalError:
        return False


def ping() -> bool:
    """True if the broker answers."""
    try:
        with _connect() as connection:
            channel: Any = connection.default_channel
            channel.client.ping()
    except Exception:  # whatever the client library raises, it did not answer
        return False
    return True


@cache
def _kept() -> Connection:
    """The relay's, kept from message to message."""
    return _connect()


def _connect() -> Connection:
    app = _app()
    options = {**app.conf.broker_transport_options, **PATIENCE}
    return app.connection_for_write(transport_options=options)


def _app() -> Celery:
    """By name, because `config` sits above every floor and nobody imports it."""
    app: Celery = import_string(settings.JOB_BROKER)
    return app
