import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .installation import Up, doctor, eventually_none_of, processes_of

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]


@pytest.fixture
def path(folder: Path) -> Iterator[Path]:
    """Where a home will be: a path with a space, and long."""
    home = folder / ("my papers " * 12).strip() / "home"
    yield home
    for pid in processes_of(home):
        os.kill(pid, signal.SIGKILL)


def named(home: Path, name: str) -> int:
    """The process number of one of our programs."""
    for pid in processes_of(home):
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        if name in words and Path(f"/proc/{pid}/stat").read_text().split()[4] == str(pid):
            return pid
    raise AssertionError(f"{name} does not run")


def test_up_serves_a_page_prints_a_login_once_and_ctrl_c_leaves_nothing(path: Path) -> None:
    first = Up(path).wait_until_ready()
    assert first.answers()
    assert any("password" in line for line in first.said)
    assert first.end(signal.SIGINT) == 0
    assert processes_of(path) == []

    second = Up(path).wait_until_ready()

    assert second.answers()
    assert not any("password" in line for line in second.said)
    report = doctor(path)
    assert {check["subject"]: check["level"] for check in report["checks"] if check["level"] != "ok"} == {}
    assert second.end(signal.SIGTERM) == 0
    assert processes_of(path) == []


def test_one_home_has_one_stack_and_a_dead_web_server_comes_back(path: Path) -> None:
    up = Up(path).wait_until_ready()
    code, errors = Up(path).outcome()
    assert (code, errors.count("\n")) == (1, 1)
    assert "already runs on" in errors

    os.kill(named(path, "gunicorn"), signal.SIGKILL)
    time.sleep(0.5)
    deadline = time.monotonic() + 30
    while not up.answers() and time.monotonic() < deadline:
        time.sleep(0.1)

    assert up.answers()
    assert up.end(signal.SIGINT) == 0
    assert processes_of(path) == []


def test_kill_9_of_the_supervisor_takes_everything_with_it(path: Path) -> None:
    up = Up(path).wait_until_ready()

    up.end(signal.SIGKILL)

    assert eventually_none_of(path)
    again = Up(path, "--json")
    assert again.process.stdout
    assert json.loads(again.process.stdout.readline())["address"].endswith(f":{again.port}/")
    assert again.end(signal.SIGINT) == 0


def test_a_taken_port_is_one_sentence_before_anything_starts(path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        code, errors = Up(path, port=port).outcome()

    assert code == 1
    assert errors == (
        f"goldpan: Port {port} is taken by another program; stop it, or set GOLDPAN_PORT to a free one.\n"
    )
    assert not path.exists()


def test_a_damaged_database_is_one_sentence(path: Path) -> None:
    (path / "postgres").mkdir(parents=True)
    (path / "goldpan-home").touch()
    os.chown(path / "postgres", 65534 if os.geteuid() == 0 else -1, -1)

    code, errors = Up(path).outcome()

    assert code == 1
    assert errors.count("\n") == 1
    assert "is damaged (PG_VERSION is missing); restore a backup into a new home." in errors
    assert processes_of(path) == []


def test_somebody_elses_folder_is_one_sentence(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "thesis.txt").touch()

    code, errors = Up(path).outcome()

    assert (code, errors.count("\n")) == (1, 1)
    assert "holds files that are not Goldpan's" in errors


@pytest.mark.parametrize("port", ["eighty", "70000"])
def test_a_port_that_is_none_is_one_sentence(path: Path, port: str) -> None:
    up = Up(path, port=port)

    assert up.outcome() == (1, f"goldpan: GOLDPAN_PORT must be a number from 1 to 65535, not '{port}'.\n")
