from collections.abc import Iterator
from pathlib import Path

import kombu
import pytest
import redis as client_library

from stack import redis

pytestmark = pytest.mark.stack


@pytest.fixture
def broker(folder: Path) -> Iterator[redis.RedisServer]:
    server = redis.ephemeral(folder / ("long and with spaces " * 7) / "home").start()
    yield server
    server.thaw()
    server.remove()


def test_celery_can_use_its_address(broker: redis.RedisServer) -> None:
    with kombu.Connection(broker.url) as connection:
        queue = connection.SimpleQueue("numbers")
        queue.put({"job": 7})

        assert queue.get(timeout=2).payload == {"job": 7}


def test_it_asks_for_a_password(broker: redis.RedisServer) -> None:
    stranger = client_library.Redis(unix_socket_path=str(broker.socket), retry=None)

    with pytest.raises(client_library.AuthenticationError):
        stranger.ping()


def test_its_password_is_not_among_its_arguments(broker: redis.RedisServer) -> None:
    arguments = Path(f"/proc/{broker.pid}/cmdline").read_text()

    assert broker.url.split(":")[2].split("@")[0] not in arguments


def test_it_starts_again_after_kill_9(broker: redis.RedisServer) -> None:
    broker.kill()

    broker.start()

    assert broker.client().ping()


def test_frozen_it_answers_nobody_until_thawed(broker: redis.RedisServer) -> None:
    broker.freeze()
    with pytest.raises(client_library.TimeoutError):
        broker.client().ping()

    broker.thaw()

    assert broker.client().ping()


def test_nothing_listens_on_the_network(broker: redis.RedisServer) -> None:
    assert broker.client().config_get("port")["port"] == "0"
