import json
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.home import Home, short_root
from stack.up import OF_WORKERS

from .installation import Up, doctor, eventually, processes_of

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


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


@pytest.fixture(scope="module")
def first() -> Iterator[Up]:
    """The first run on a new home, under a path with spaces and long, ended by Ctrl-C."""
    folder = Path(tempfile.mkdtemp(prefix="goldpan-stack-", dir=short_root()))
    folder.chmod(0o711)
    up = Up(folder / ("my papers " * 12).strip() / "home")
    try:
        up.wait_until_ready()
        up.answered = up.answers()
        up.end(signal.SIGINT)
        yield up
    finally:
        for pid in processes_of(up.home):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder)


def test_the_first_run_serves_a_page_and_prints_a_login_and_ctrl_c_leaves_nothing(first: Up) -> None:
    assert first.answered
    assert any("password" in line for line in first.said)
    assert first.process.returncode == 0
    assert processes_of(first.home) == []
    assert list(short_root().glob(f"goldpan-{Home(first.home).digest}-*")) == []


def test_the_second_run_prints_no_password_is_well_and_revives_a_dead_web_server(first: Up) -> None:
    second = Up(first.home).wait_until_ready()
    assert not any("password" in line for line in second.said)
    assert {line["subject"]: line["text"] for line in doctor(first.home)["checks"] if line["level"] == "fail"} == {}

    os.kill(named(first.home, "gunicorn"), signal.SIGKILL)

    assert eventually(lambda: not second.answers())
    assert eventually(second.answers)
    assert second.end(signal.SIGTERM) == 0
    assert processes_of(first.home) == []


def test_workers_give_memory_back_and_kill_9_of_the_supervisor_takes_everything_with_it(first: Up) -> None:
    up = Up(first.home, "--json").wait_until_ready()
    assert json.loads(up.said[-1])["address"] == f"http://127.0.0.1:{up.port}/"
    code, errors = Up(first.home).outcome()
    assert (code, errors.count("\n")) == (1, 1)
    assert "already runs on" in errors
    given = Path(f"/proc/{named(first.home, 'cpu,default')}/environ").read_text().split("\0")
    assert set(given) >= {f"{name}={value}" for name, value in OF_WORKERS.items()}

    up.end(signal.SIGKILL)

    assert eventually(lambda: processes_of(first.home) == [])


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
