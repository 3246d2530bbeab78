"""AB-24: headers that claim another host, another sender or another length, and requests that are too large."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from audit.models import Event
from stack.home import Home
from stack.up import gunicorn
from tests.architecture.source_tree import ROOT
from tests.world import World


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "a" * 300, "[::"])
def test_ab_24_another_host_is_refused(host: str, world: World) -> None:
    for client in (Client(), world.browser("olga")):
        assert client.get("/", headers={"Host": host}).status_code == 400


def test_ab_24_a_forwarded_host_changes_no_link(world: World) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}

    page = world.api("olga").get("/api/v1/projects/answers/items/?page_size=1", headers=forged)

    assert "evil.example" not in page.content.decode()
    assert page.json()["next"].startswith("http://testserver/")


def test_ab_24_an_event_names_the_peer_and_not_what_it_claims(world: World) -> None:
    browser = world.browser("olga")
    fields = {"name": "reader", "scopes": ["read"], "days": "30"}

    browser.post("/me/tokens/new/", fields, headers={"X-Forwarded-For": "1.2.3.4"}, REMOTE_ADDR="203.0.113.7")

    assert Event.objects.filter(verb="token.create").latest("pk").address == "203.0.113.7"


def test_ab_24_ten_thousand_fields_are_refused_quickly(world: World) -> None:
    fields = {f"field{number}": "x" for number in range(10_000)}
    start = time.process_time()

    response = world.browser("ana").post(f"/projects/answers/label/{world.held.pk}/submit/", fields)

    assert response.status_code in {400, 413}
    assert time.process_time() - start < 2


def test_ab_24_a_body_beyond_the_limit_is_refused(world: World) -> None:
    large = b'{"answers": {"reason": "' + b"x" * (6 * 2**20) + b'"}}'
    address = f"/api/v1/leases/{world.held.pk}/draft/"

    response = world.api("ana").put(address, large, content_type="application/json")

    assert response.status_code in {400, 413}


@pytest.fixture(scope="module")
def server(
    django_db_setup: None, database_server: object, redis_server: object, tmp_path_factory: Any
) -> Generator[int, None, None]:
    """The web server as `goldpan up` starts it, on a free port."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    home = Path(tmp_path_factory.mktemp("web"))
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    environment = {
        **os.environ,
        "PYTHONPATH": paths,
        "GOLDPAN_HOME": str(home),
        "SECRET_KEY": django_settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [word for word in gunicorn(port, Home(home)) if word not in {sys.executable}]
    with subprocess.Popen([sys.executable, *command], env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(port: int) -> None:
    for _ in range(300):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the web server did not start")


def say(port: int, raw: bytes) -> bytes:
    """Everything that the server says to these bytes, until it is silent for a while or hangs up."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as line:
        heard = b""
        try:
            line.sendall(raw)
            while piece := line.recv(65_536):
                heard += piece
                line.settimeout(1)
        except OSError:  # it hung up, or has said all it had to say
            return heard
        return heard


@pytest.mark.stack
def test_ab_24_an_honest_request_is_answered(server: int) -> None:
    heard = say(server, b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    assert heard.startswith(b"HTTP/1.1 200 OK")
    assert heard.endswith(b"alive\n")


@pytest.mark.stack
@pytest.mark.parametrize(
    "raw",
    [
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 65_536 + b"\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
        b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nabcd",
        b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\n X-Folded: 1\r\n\r\n",
        b"GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
    ids=lambda raw: raw[:50].split(b"\r\n")[0].decode("latin-1"),
)
def test_ab_24_a_malformed_request_is_refused(raw: bytes, server: int) -> None:
    heard = say(server, raw)

    assert b" 200 " not in heard
    assert not heard or heard[9:10] in {b"4", b"5"}
    assert b" 500 " not in heard[:30]


@pytest.mark.stack
def test_ab_24_two_lengths_smuggle_no_second_request(server: int) -> None:
    smuggled = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    raw = (
        b"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        % (5 + len(smuggled))
    ) + smuggled

    heard = say(server, raw)

    assert heard.count(b"HTTP/1.1 ") <= 1
    assert b"alive" not in heard


@pytest.mark.stack
def test_ab_24_a_header_with_an_underscore_is_not_one_with_a_hyphen(server: int) -> None:
    raw = b"GET /me/ HTTP/1.1\r\nHost: localhost\r\nX_Forwarded_Proto: https\r\nX_Forwarded_For: 1.2.3.4\r\n\r\n"

    heard = say(server, raw)

    assert b"1.2.3.4" not in heard
    assert b"https://" not in heard.split(b"\r\n\r\n")[0].replace(b"Content-Security-Policy", b"")
