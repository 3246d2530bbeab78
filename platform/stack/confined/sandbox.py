"""Runs code that strangers wrote: locked in, limited, watched, and killed as a group. Start it in workers alone.

The program that runs it is ours; it lies in a folder of its own and imports nothing but Python's library.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal

from stack.confined.lock import why_not

PLATFORM = str(Path(__file__).parents[2])
BOOT = """
import json, sys
asked = json.loads(sys.argv[1])
sys.path[:0] = asked["paths"]
from stack.confined.sandboxed import main
main(asked)
"""
LOOK_EVERY = 0.05  # seconds
CHUNK = 1 << 16
LONGEST_REPORT = 1 << 20  # bytes
STRAY_BYTES = 1 << 20  # what a finished process may have left in its pipes beyond its limit

# "cpu", "output" and "files" are limits that the code met, "crash" is a death in native code or by its own signal.
# "wall" is a limit that a busy machine can meet as well, and "killed" is nobody's verdict.
How = Literal["ended", "cpu", "wall", "output", "files", "crash", "killed"]


class Unavailable(Exception):
    """No code is run here; a sentence says why."""


@dataclass(frozen=True)
class Limits:
    """What the code may use. Each file in the folder may take `file_bytes`, all of them `folder_bytes`."""

    cpu_seconds: int = 10
    wall_seconds: float = 40.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 1 << 20
    file_bytes: int = 4 << 20
    folder_bytes: int = 32 << 20
    folder_files: int = 1_000
    descriptors: int = 64


@dataclass(frozen=True)
class Ended:
    """How it ended. `reports` is what our own program said, or the code in its place, in order."""

    how: How
    status: int
    output: bytes
    reports: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Program:
    """Our program that runs the code: `main(request, report)` of a module below `home`."""

    home: Path
    module: str


def run(
    program: Program,
    request: Mapping[str, Any],
    *,
    limits: Limits = Limits(),
    given: bytes = b"",
    with_folder: bool = False,
) -> Ended:
    """Run the program once. `given` is its standard input.

    With a folder, that is its working folder, empty, and gone afterwards. Raises `Unavailable`.
    """
    if reason := why_not():
        raise Unavailable(reason)
    with contextlib.ExitStack() as stack:
        folder = _folder(stack) if with_folder else None
        process, pipes = _start(stack, _words(program, limits, folder), request, given)
        try:
            how, status = _watch(process, pipes, limits, folder)
        finally:
            _kill(process)
        pipes.must_have_locked()
        return Ended(how, status, bytes(pipes.output), pipes.reports)


def _words(program: Program, limits: Limits, folder: Path | None) -> dict[str, Any]:
    return {
        "paths": [PLATFORM, str(program.home)],
        "module": program.module,
        "parent": os.getpid(),
        "limits": asdict(limits),
        "folder": str(folder) if folder else "",
    }


class Pipes:
    """What comes back: the code's output, bounded, and our program's report as lines of JSON."""

    def __init__(self, output: IO[bytes], report: IO[bytes], most: int) -> None:
        self.output, self._said, self._most = bytearray(), bytearray(), most
        self._selector = selectors.DefaultSelector()
        for source, target in ((output, self.output), (report, self._said)):
            os.set_blocking(source.fileno(), False)
            self._selector.register(source, selectors.EVENT_READ, target)

    def read(self, seconds: float) -> bool:
        """Take what is there, waiting for it at most so long. Returns whether the output is beyond its limit."""
        if not self._selector.get_map():
            time.sleep(seconds)
        for key, _ in self._selector.select(seconds):
            piece = os.read(key.fd, CHUNK)
            key.data.extend(piece)
            if not piece:
                self._selector.unregister(key.fileobj)
        return len(self.output) > self._most or len(self._said) > LONGEST_REPORT

    def drain(self) -> bool:
        """Read the rest that a dead process left. Returns whether the output is beyond its limit."""
        while self._selector.get_map() and self._selector.select(0):
            if self.read(0) and len(self.output) > self._most + STRAY_BYTES:
                break
        return self.read(0)

    def close(self) -> None:
        self._selector.close()

    def must_have_locked(self) -> None:
        """Raises `Unavailable` where the lock failed, or our own program never came to it; no code ran then."""
        first = next(self._lines(), None)
        if first != "locked":
            reason = first.get("refused") if isinstance(first, dict) else "the interpreter did not start"
            raise Unavailable(f"This machine does not lock code in: {reason}.")

    @property
    def reports(self) -> tuple[Any, ...]:
        """All that was said after "locked"."""
        return tuple(self._lines())[1:]

    def _lines(self) -> Iterator[Any]:
        """What is no JSON, cut off or written by the code that ran, is None."""
        for line in bytes(self._said).splitlines():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                yield None


def _start(
    stack: contextlib.ExitStack, words: dict[str, Any], request: Mapping[str, Any], given: bytes
) -> tuple[subprocess.Popen[bytes], Pipes]:
    asked = stack.enter_context(_file(json.dumps(request).encode("ascii")))
    output, output_end = _pipe(stack)
    report, report_end = _pipe(stack)
    words |= {"request": asked.fileno(), "report": report_end.fileno()}
    process = subprocess.Popen(  # noqa: S603  our own interpreter, our own words
        [sys.executable, "-s", "-S", "-P", "-B", "-c", BOOT, json.dumps(words)],
        stdin=stack.enter_context(_file(given)),
        stdout=output_end,
        stderr=subprocess.DEVNULL,
        env=_environment(words["folder"]),
        cwd=words["folder"] or "/",
        pass_fds=(asked.fileno(), report_end.fileno()),
        start_new_session=True,
    )
    output_end.close()
    report_end.close()
    pipes = Pipes(output, report, words["limits"]["output_bytes"])
    stack.callback(pipes.close)
    return process, pipes


def _environment(folder: str) -> dict[str, str]:
    """The same everywhere, so that what runs twice gives the same twice."""
    environment = {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "MALLOC_ARENA_MAX": "2", "TZ": "UTC"}
    return environment | ({"HOME": folder, "TMPDIR": folder} if folder else {})


def _watch(process: "subprocess.Popen[bytes]", pipes: Pipes, limits: Limits, folder: Path | None) -> tuple[How, int]:
    """Wait for the end or bring it about."""
    deadline = time.monotonic() + limits.wall_seconds
    while True:
        if pipes.read(LOOK_EVERY):
            return "output", -signal.SIGKILL
        if folder and _is_over_full(folder, limits):
            return "files", -signal.SIGKILL
        if ended := _reaped(process):
            status, seconds = ended
            return _how(status, seconds, limits, too_long=pipes.drain()), status
        if time.monotonic() > deadline:
            return "wall", -signal.SIGKILL


def _reaped(process: "subprocess.Popen[bytes]") -> tuple[int, float] | None:
    """Exit status and seconds of CPU of a child that has ended."""
    pid, word, usage = os.wait4(process.pid, os.WNOHANG)
    if not pid:
        return None
    process.returncode = os.waitstatus_to_exitcode(word)
    return process.returncode, usage.ru_utime + usage.ru_stime


def _how(status: int, cpu_seconds: float, limits: Limits, *, too_long: bool) -> How:
    if too_long:
        return "output"
    if status >= 0:
        return "ended"
    if status == -signal.SIGXCPU or (status == -signal.SIGKILL and cpu_seconds >= limits.cpu_seconds):
        return "cpu"
    return "killed" if status in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGINT) else "crash"


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """The whole group, though the lock lets nothing into it but the one."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def _is_over_full(folder: Path, limits: Limits) -> bool:
    """Whether files take more than their room; what the limit on one file cannot say."""
    taken = 0
    for files, entry in enumerate(_entries(folder), start=1):
        with contextlib.suppress(OSError):
            taken += entry.stat(follow_symlinks=False).st_blocks * 512
        if files > limits.folder_files or taken > limits.folder_bytes:
            return True
    return False


def _entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    """Everything below a folder, in no order; what vanishes meanwhile is left out."""
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def _folder(stack: contextlib.ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goldpan-")))


def _file(content: bytes) -> IO[bytes]:
    """A file without a name, to be read from its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever calls closes it
    file.write(content)
    file.seek(0)
    return file


def _pipe(stack: contextlib.ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    ours, theirs = os.pipe()
    return stack.enter_context(open(ours, "rb", 0)), stack.enter_context(open(theirs, "wb", 0))
