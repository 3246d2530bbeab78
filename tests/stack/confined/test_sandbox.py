"""Strangers' code: whatever it tries, it ends in one of our words and leaves nothing behind."""

import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack.confined import lock, sandbox
from stack.confined.sandbox import Ended, Limits, Program, Unavailable, run
from tests.processes import started_from_now_on

RUN_CODE = Program(Path(__file__).parent, "inside.run_code")
SHORT = Limits(cpu_seconds=1, wall_seconds=30)
REFUSED = "PermissionError: [Errno 1] Operation not permitted"
THREADS = """
import threading
while True:
    try:
        threading.Thread(target=pow, args=(3, 10**7)).start()
    except RuntimeError:
        pass
"""
CLOSED = """
import os, time
for descriptor in range(1, 9):
    try:
        os.close(descriptor)
    except OSError:
        pass
time.sleep(60)
"""
HIDDEN = "PermissionError: [Errno 13] Permission denied"


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folders = tmp_path_factory.mktemp("folders")
    monkeypatch.setattr(tempfile, "tempdir", str(folders))

    started = started_from_now_on()

    def found() -> tuple[set[int], set[str], set[str]]:
        return started(), set(os.listdir(folders)), set(os.listdir("/proc/self/fd"))

    before = found()
    yield folders
    assert found() == before


def code(text: str, limits: Limits = SHORT) -> Ended:
    return run(RUN_CODE, {"code": text}, limits=limits, with_folder=True)


def test_code_runs_prints_reads_its_input_and_works_with_files_in_its_folder() -> None:
    ended = run(
        RUN_CODE,
        {"code": "open('a', 'w').write(input()); print(open('a').read().upper()); import os; print(os.listdir())"},
        given="grüße".encode(),
        with_folder=True,
    )

    assert (ended.how, ended.status, ended.reports) == ("ended", 0, ("done",))
    assert ended.output.decode() == "GRÜSSE\n['a']\n"


def test_code_may_use_threads_event_loops_databases_in_memory_and_the_library() -> None:
    ended = code("""
import asyncio, ctypes, decimal, json, lzma, random, re, sqlite3, ssl, tempfile, threading, zoneinfo
found = []
thread = threading.Thread(target=found.append, args=(1,))
thread.start(); thread.join()
async def wait(): await asyncio.sleep(0.001); return 2
found.append(asyncio.run(wait()))
found.append(sqlite3.connect(":memory:").execute("select 3").fetchone()[0])
with tempfile.TemporaryDirectory() as folder, open(folder + "/x", "w") as file: file.write("4")
print(found)
""")

    assert ended.reports == ("done",)
    assert ended.output == b"[1, 2, 3]\n"


@pytest.mark.parametrize(
    ("attempt", "answer"),
    [
        ("open('/etc/passwd')", HIDDEN),
        ("open('/proc/self/environ')", HIDDEN),
        ("import os; open(f'/proc/{os.getppid()}/environ')", HIDDEN),
        ("import os; os.listdir('/')", HIDDEN),
        ("import os; os.listdir('..')", HIDDEN),
        ("open('../outside', 'w')", HIDDEN),
        ("open('/dev/shm/x', 'w')", HIDDEN),
        (f"open({__file__!r})", HIDDEN),
        ("import os; open(os.__file__, 'a')", HIDDEN),
        ("import os; os.open(os.__file__, os.O_RDONLY | os.O_TRUNC)", REFUSED),
        ("import os; os.mkdir('x', 0); open('x/y', 'w')", HIDDEN),  # root may, with its capabilities
        ("import os; os.symlink('/etc/passwd', 'x')", REFUSED),
        ("import os; open('y', 'w'); os.link('y', 'x')", REFUSED),
        ("import os; os.mkfifo('x')", REFUSED),
        ("import os; open('y', 'w'); os.chmod('y', 0o777)", REFUSED),
        (f"import os; os.chmod({__file__!r}, 0o777)", REFUSED),
        (f"import os; os.utime({__file__!r})", REFUSED),
        (f"import os; os.truncate({__file__!r}, 0)", REFUSED),
        ("import socket; socket.socket()", REFUSED),
        ("import socket; socket.socket(socket.AF_UNIX)", REFUSED),
        ("import socket; socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)", REFUSED),
        ("import urllib.request; urllib.request.urlopen('http://127.0.0.1:1')", "URLError: <urlopen error [Errno 1]"),
        ("import os; os.fork()", REFUSED),
        ("import os; os.forkpty()", "PermissionError"),
        ("import subprocess; subprocess.run(['true'])", REFUSED),
        ("import os; os.posix_spawn('/bin/true', ['true'], {})", REFUSED),
        ("import multiprocessing; multiprocessing.Process(target=print).start()", "PermissionError"),
        ("import os; os.execv('/bin/true', ['true'])", REFUSED),
        ("import os; os.kill(os.getppid(), 0)", REFUSED),
        ("import os; os.kill(-1, 0)", REFUSED),
        ("import os; os.killpg(os.getpgid(os.getppid()), 0)", REFUSED),
        ("import os, fcntl; fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())", REFUSED),
        ("import fcntl; fcntl.ioctl(0, 0x5412, b'x')", REFUSED),
        ("import os; os.setsid()", REFUSED),
        ("import os; os.setuid(1)", REFUSED),
        ("import os; os.nice(1)", REFUSED),
        ("import os; os.sched_setaffinity(0, {0})", REFUSED),
        ("import os; os.memfd_create('x')", REFUSED),
        ("import resource; resource.prlimit(__import__('os').getppid(), resource.RLIMIT_NOFILE)", REFUSED),
        ("import resource; resource.setrlimit(resource.RLIMIT_CPU, (99, 99))", "ValueError: not allowed to raise"),
        ("bytearray(2 << 30)", "MemoryError"),
        ("print('x' * 100, file=open('x', 'w')); open('x', 'a').write('y' * (5 << 20))", "OSError: [Errno 27]"),
        ("held = [open('x', 'w') for _ in range(100)]", "OSError: [Errno 24] Too many open files"),
        ("__import__('stack.confined.sandbox')", HIDDEN),
        ("import django", "ModuleNotFoundError"),
    ],
)
def test_what_reaches_beyond_is_refused(attempt: str, answer: str) -> None:
    ended = code(attempt)

    assert ended.how == "ended"
    assert str(ended.reports[-1]).startswith(answer)


@pytest.mark.parametrize(
    "call",
    [
        "unshare(0x10000000)",
        "ptrace(16, __import__('os').getppid(), 0, 0)",
        "syscall(425, 8, bytes(120))",  # io_uring_setup
        "syscall(101, 16, 1)",  # ptrace by number
        "syscall(0x40000000 + 41, 2, 1, 0)",  # socket by the numbers of x32
        "prctl(1, 0, 0, 0, 0)",  # outlive the parent
        "mount(b'x', b'/', b'tmpfs', 0, 0)",
    ],
)
def test_native_code_is_held_as_well(call: str) -> None:
    ended = code(f"import ctypes; c = ctypes.CDLL(None, use_errno=True); print(c.{call}, ctypes.get_errno())")

    assert ended.output == b"-1 1\n"  # EPERM


def test_a_socket_that_somebody_listens_on_is_not_reached() -> None:
    folder = tempfile.mkdtemp(prefix="listening-")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(folder + "/.s.PGSQL.5432")
        server.listen()
        server.settimeout(0.2)

        ended = code(f"""
import socket
left, right = socket.socketpair()
left.connect({folder + "/.s.PGSQL.5432"!r})
""")

        with pytest.raises(TimeoutError):
            server.accept()
    os.unlink(folder + "/.s.PGSQL.5432")
    os.rmdir(folder)
    assert ended.reports == (REFUSED,)


@pytest.mark.parametrize(
    ("attempt", "how"),
    [
        ("while True: pass", "cpu"),
        ("import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass", "cpu"),
        ("import re; re.match(r'(a+)+$', 'a' * 60 + 'b')", "cpu"),
        ("9 ** 9 ** 9 ** 9", "cpu"),
        (THREADS, "cpu"),
        ("while True: print('x' * 1000)", "output"),
        ("import os\nwhile True: os.write(2, b'x'); report('y' * 1000)", "output"),
        ("n = 0\nwhile True: n += 1; open(f'{n}', 'w').write('x')", "files"),
        ("n = 0\nwhile True: n += 1; open(f'{n}', 'w').write('x' * (4 << 20))", "files"),
        ("import ctypes; ctypes.string_at(0)", "crash"),
        ("import os; os.abort()", "crash"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "crash"),
        ("import os; os._exit(0)", "ended"),
        ("raise SystemExit(3)", "ended"),
    ],
)
def test_what_runs_away_is_stopped(attempt: str, how: str) -> None:
    limits = Limits(cpu_seconds=10 if how == "files" else 1, wall_seconds=60, folder_bytes=16 << 20, folder_files=200)

    assert code(attempt, limits).how == how


def test_code_that_waits_is_stopped_by_the_clock() -> None:
    started = time.monotonic()

    ended = code("import time; time.sleep(60)", Limits(wall_seconds=2))

    assert ended.how == "wall"
    assert time.monotonic() - started < 20


def test_code_that_closes_its_output_and_waits_is_stopped_by_the_clock() -> None:
    ended = code(CLOSED, Limits(wall_seconds=2))

    assert ended.how == "wall"


def test_folders_that_nobody_may_enter_are_removed_too() -> None:
    ended = code("import os; os.makedirs('a/b/c'); os.mkdir('d', 0); os.umask(0o777); os.mkdir('a/e')")

    assert ended.reports == ("done",)


def test_without_a_folder_no_file_can_be_read_or_written() -> None:
    for attempt in ("open('/dev/null')", "open(__import__('os').__file__)", "open('/tmp/x', 'w')"):
        ended = run(RUN_CODE, {"code": attempt}, limits=SHORT)
        assert str(ended.reports[-1]).startswith(HIDDEN)


def test_nothing_of_ours_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)

    ended = code(f"import os; print(sorted(os.environ)); os.write({writer}, b'x')")
    os.close(reader)
    os.close(writer)

    assert set(eval(ended.output)) - {"LC_CTYPE"} == {
        *("HOME", "LANG", "MALLOC_ARENA_MAX", "PYTHONHASHSEED", "TMPDIR", "TZ")
    }
    assert str(ended.reports[-1]).startswith("OSError: [Errno 9] Bad file descriptor")


def test_the_child_dies_with_whoever_asked(nothing_is_left: Path) -> None:
    asking = os.fork()
    if asking == 0:
        code("import time; time.sleep(50)", Limits(wall_seconds=60))
        os._exit(0)
    children: list[psutil.Process] = []
    until = time.monotonic() + 20
    while not children and time.monotonic() < until:
        children = psutil.Process(asking).children()
    time.sleep(0.5)
    os.kill(asking, signal.SIGKILL)
    os.waitpid(asking, 0)

    _, alive = psutil.wait_procs(children, timeout=10)
    for left in nothing_is_left.iterdir():  # by the one that was killed
        left.rmdir()

    assert children
    assert alive == []


def test_many_run_side_by_side() -> None:
    found: dict[int, bytes] = {}
    threads = [
        threading.Thread(target=lambda n=number: found.update({n: code(f"print({n})").output}))  # type: ignore[misc]
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {number: f"{number}\n".encode() for number in range(8)}


def test_a_machine_that_cannot_lock_code_in_runs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock.platform, "machine", lambda: "vax")
    with pytest.raises(Unavailable, match="This machine cannot lock code in: that takes Linux"):
        code("print(1)")

    monkeypatch.undo()
    monkeypatch.setattr(lock.landlock, "version", lambda: 0)
    with pytest.raises(Unavailable, match="does not offer Landlock"):
        code("print(1)")


def test_a_lock_that_fails_in_the_child_runs_no_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = sandbox.BOOT.replace(
        "main(asked)", "import stack.confined.lock as l; l.landlock.CREATE_RULESET = 999\nmain(asked)"
    )
    monkeypatch.setattr(sandbox, "BOOT", broken)
    with pytest.raises(Unavailable, match="does not lock code in: Function not implemented"):
        code(f"open({str(tmp_path / 'canary')!r}, 'w')")

    monkeypatch.setattr(sandbox, "BOOT", "raise SystemExit(1)")
    with pytest.raises(Unavailable, match="the interpreter did not start"):
        code("print(1)")

    assert list(tmp_path.iterdir()) == []
