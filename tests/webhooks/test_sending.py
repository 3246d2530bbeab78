"""AB-12: one look at the name, one connection, no redirect, bounded time, and nothing told of what lies there."""

import socket
import ssl
import subprocess
import tracemalloc
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.stack import free_port
from tests.webhooks import receiver as receivers
from tests.webhooks.receiver import Receiver, says
from webhooks import sending
from webhooks.sending import NotSent

BODY = b'{"type":"webhook.test"}'
SECRET = b"upstream-secret-6f1c"


def send(url: str) -> int:
    return sending.post(url, {"webhook-id": "1"}, BODY)


def test_a_host_gets_the_body_and_its_own_name(receiver: Receiver) -> None:
    assert send(f"{receiver.address}/in?key=1") == 204

    got = receiver.got[0]
    assert got.line == "POST /in?key=1 HTTP/1.1"
    assert got.body == BODY
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["webhook-id"] == "1"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Kept", "308 Kept"])
def test_ab_12_a_redirect_is_an_answer_and_not_followed(receiver: Receiver, status: str) -> None:
    receiver.usual = says(status, f"Location: {receiver.address}/secret")

    assert send(receiver.address) == int(status[:3])
    assert len(receiver.got) == 1


def test_ab_12_a_name_is_looked_up_once_whatever_it_leads_to_next(
    receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the name leads to a good address while it is checked, and to another one ever after."""
    settings.WEBHOOK_ORIGINS = frozenset({f"http://hooks.test:{receiver.port}"})
    found = iter([["127.0.0.1"]])
    asked: list[str] = []

    def look_up(host: str, port: int, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        if host != "hooks.test":  # numbers, on their way to the connection
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in next(found, ["169.254.169.254"])]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert send(f"http://hooks.test:{receiver.port}/") == 204
    assert asked == ["hooks.test", "127.0.0.1"]
    assert receiver.got[0].headers["host"] == f"hooks.test:{receiver.port}"
    with pytest.raises(NotSent, match="leads to an address that is not called"):
        send(f"http://hooks.test:{receiver.port}/")
    assert len(receiver.got) == 1


@pytest.mark.parametrize("slow", [receivers.trickles, receivers.has_no_end_of_headers])
def test_a_host_that_never_ends_is_left(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, slow: receivers.Answer
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    receiver.usual = slow

    with pytest.raises(NotSent):
        send(receiver.address)


def test_a_trickle_is_ended_by_our_clock(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    receiver.usual = receivers.trickles

    with pytest.raises(NotSent, match=r"did not answer within 0\.5 seconds"):
        send(receiver.address)


def test_a_body_without_an_end_is_not_read(receiver: Receiver) -> None:
    receiver.usual = receivers.is_huge
    tracemalloc.start()
    try:
        assert send(receiver.address) == 200
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_ab_12_nothing_of_what_the_host_says_is_told(receiver: Receiver) -> None:
    answers = [
        says("500 " + SECRET.decode(), body=SECRET),
        lambda client: client.sendall(SECRET + b"\r\n\r\n"),
        receivers.hangs_up,
    ]
    told = []
    for answer in answers:
        receiver.answers = [answer]
        try:
            told.append(str(send(receiver.address)))
        except NotSent as error:
            told.append(f"{error} {error.__cause__}")

    assert told[0] == "500"
    assert not [one for one in told if SECRET.decode() in one]


def test_nobody_there_is_said_in_a_sentence(settings: Any) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    settings.WEBHOOK_ORIGINS = frozenset({nobody})

    with pytest.raises(NotSent, match="No connection to the host could be made"):
        send(nobody)


@pytest.fixture
def certified(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Generator[Callable[..., Receiver], None, None]:
    """A host that speaks TLS under a name, with a certificate that this process trusts."""
    started: list[Receiver] = []

    def start(name: str) -> Receiver:
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
        words += ["-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(certificate)]
        subprocess.run(words, check=True, capture_output=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        host = Receiver(tls=context)
        settings.WEBHOOK_ORIGINS = frozenset({f"https://hooks.test:{host.port}"})
        real = socket.getaddrinfo

        def look_up(host: str, *words: Any, **options: Any) -> Any:
            return real("127.0.0.1" if host == "hooks.test" else host, *words, **options)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        started.append(host)
        return host

    yield start
    for host in started:
        host.end()


def test_tls_asks_for_the_name_though_a_number_is_called(certified: Callable[..., Receiver]) -> None:
    host = certified("hooks.test")

    assert send(f"https://hooks.test:{host.port}/") == 204
    assert host.names == ["hooks.test"]
    assert host.got[0].headers["host"] == f"hooks.test:{host.port}"


def test_a_certificate_of_another_name_gets_nothing(certified: Callable[..., Receiver]) -> None:
    host = certified("other.test")

    with pytest.raises(NotSent, match="certificate is not valid"):
        send(f"https://hooks.test:{host.port}/")
    assert host.got == []
