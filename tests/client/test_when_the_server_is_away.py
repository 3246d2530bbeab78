"""What the client does when nobody answers: tries again what may be repeated, and nothing else."""

import socket
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx2
import pytest

from annotation.models import Import
from goldpan.client import Client, Retries, TooMany, Unreachable
from tests.client.cutting import cutting
from tests.faults.stack import Stack, free_port, wait_until
from tests.world import World

PROBLEM = b'{"title": "Too many", "status": 429, "detail": "Come back later.", "errors": {}}'
QUICK = Retries(attempts=4, first=0.05, longest=1.0)


class Answering:
    """A server that gives each request the next of its answers, and counts them."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = list(answers)
        self.asked: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def end(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while self._answers:
                client, _ = self._listening.accept()
                with client:
                    self.asked.append(client.recv(2**16))
                    client.sendall(self._answers.pop(0))


def said(status: str, body: bytes = b"{}", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n".encode() + body


@pytest.fixture
def answering(request: pytest.FixtureRequest) -> Generator[Answering, None, None]:
    server = Answering(request.param)
    yield server
    server.end()


@pytest.mark.parametrize("answering", [[b"", said("503 Away"), said("200 OK", b'{"slug": "answers"}')]], indirect=True)
def test_what_only_reads_is_asked_again(answering: Answering) -> None:
    with Client(answering.address, "gp_x", retries=QUICK) as client:
        assert client.project("answers") == {"slug": "answers"}
    assert len(answering.asked) == 3


@pytest.mark.parametrize("answering", [[b"", said("200 OK")]], indirect=True)
def test_what_may_have_been_done_is_not_done_again(answering: Answering) -> None:
    with Client(answering.address, "gp_x", retries=QUICK) as client, pytest.raises(Unreachable, match="tried once"):
        client.runs.start("answers", checkpoint=1, question="better")
    assert len(answering.asked) == 1


@pytest.mark.parametrize("answering", [[said("503 Away"), said("200 OK")]], indirect=True)
def test_a_server_without_its_database_may_have_done_it_too(answering: Answering) -> None:
    with Client(answering.address, "gp_x", retries=QUICK) as client, pytest.raises(Exception, match="503"):
        client.releases.freeze("answers")
    assert len(answering.asked) == 1


@pytest.mark.parametrize("answering", [[b"", said("200 OK", b'{"annotation": 1}')]], indirect=True)
def test_a_submit_is_repeated_with_the_same_key(answering: Answering) -> None:
    with Client(answering.address, "gp_x", retries=QUICK) as client:
        client.labeling.submit("6f1c", {"better": {"winner": "a"}})
    keys = [request.lower().partition(b"idempotency-key: ")[2].partition(b"\r\n")[0] for request in answering.asked]
    assert len(keys) == 2
    assert keys[0] == keys[1] != b""


@pytest.mark.parametrize(
    "answering", [[said("429 No", PROBLEM, "Retry-After: 1\r\n"), said("202 OK", b'{"id": 5}')]], indirect=True
)
def test_too_many_is_waited_for_as_long_as_the_server_says(answering: Answering) -> None:
    started = time.monotonic()
    with Client(answering.address, "gp_x", retries=QUICK) as client:
        assert client.runs.start("answers", checkpoint=1, question="better")["id"] == 5
    assert time.monotonic() - started >= 1.0  # not earlier; how much later says how busy the machine is


@pytest.mark.parametrize("answering", [[said("429 No", PROBLEM, "Retry-After: 3600\r\n")]], indirect=True)
def test_an_hour_is_not_waited(answering: Answering) -> None:
    with Client(answering.address, "gp_x", retries=QUICK) as client, pytest.raises(TooMany, match="Come back") as told:
        client.project("answers")
    assert told.value.retry_after == 3600


@pytest.mark.parametrize("answering", [[said("302 Found", b"", "Location: http://127.0.0.1:1/\r\n")]], indirect=True)
def test_a_token_does_not_follow_where_an_answer_leads(answering: Answering) -> None:
    with Client(answering.address, "gp_x", retries=QUICK) as client, pytest.raises(Exception, match="302"):
        client.project("answers")


@pytest.mark.parametrize("answering", [[said("502 Bad", b"<html>nginx</html>")] * 4], indirect=True)
def test_a_proxy_s_page_is_no_sentence_but_still_an_error(answering: Answering) -> None:
    with Client(answering.address, "gp_x", retries=QUICK) as client, pytest.raises(Exception, match="answered 502"):
        client.project("answers")
    assert len(answering.asked) == 4


def test_nobody_there_is_said_in_a_sentence() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with Client(nobody, "gp_x", retries=QUICK) as client, pytest.raises(Unreachable, match="tried 4 times"):
        client.runs.start("answers", checkpoint=1, question="better")  # which was never sent, so it may be tried


def test_pauses_grow_to_a_limit() -> None:
    retries = Retries(attempts=9, first=1.0, longest=8.0)

    for attempt, longest in [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 8.0), (90, 8.0)]:
        pauses = [retries.pause(attempt, None) for _ in range(50)]
        assert longest / 2 <= min(pauses) < max(pauses) <= longest
    assert retries.pause(1, 3.0) == 3.0


@pytest.mark.stack
def test_a_web_server_that_is_killed_and_comes_back_is_waited_for(stack: Stack, world: World) -> None:
    patient = Retries(attempts=60, first=0.25, longest=0.5)
    with Client(stack.address, world.secrets["olga"], retries=patient) as olga, ThreadPoolExecutor() as beside:
        assert olga.project("answers")
        stack.web.kill()

        asked = beside.submit(olga.project, "answers")
        time.sleep(1.0)  # for some tries in vain
        stack.web.start()

        assert asked.result()["slug"] == "answers"


@pytest.mark.stack
def test_a_server_that_freezes_is_given_up_in_time(stack: Stack, world: World) -> None:
    once = Retries(attempts=1)
    with Client(stack.address, world.secrets["olga"], retries=once, timeout=httpx2.Timeout(1.0)) as olga:
        stack.web.freeze()
        try:
            with pytest.raises(Unreachable):
                olga.project("answers")
        finally:
            stack.web.thaw()


@pytest.mark.stack
def test_an_upload_whose_answer_was_lost_is_not_sent_twice(stack: Stack, world: World) -> None:
    before = Import.objects.count()
    with cutting(stack.port, [10]) as proxy, Client(proxy.address, world.secrets["olga"], retries=QUICK) as olga:
        with pytest.raises(Unreachable):
            olga.imports.push("answers", [{"prompt": "A?", "chosen": "B.", "rejected": "C."}], format="trl_explicit")
        assert len(proxy.asked) == 1
    assert wait_until(lambda: Import.objects.count() - before) == 1
