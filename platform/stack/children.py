"""Child processes that never outlive us: each is waited for, and the kernel stops it if we are killed."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stack.system_account import SystemAccount

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not open libraries.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    account: SystemAccount | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    log: Path | None = None,
    on_our_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches us alone and we stop the rest in order.

    Call it from a thread that lives as long as the child should: Linux ties the death signal to the thread.
    """
    with open(log or os.devnull, "ab") as output:
        return subprocess.Popen(  # noqa: S603  (our own argument lists, no shell)
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
            preexec_fn=stop_with_us(on_our_death),  # noqa: PLW1509  (one system call, nothing that could lock)
            **(account.identity() if account else {}),
        )


def stop_with_us(number: signal.Signals) -> Callable[[], None]:
    """What a child must run before its program, so that the kernel sends it `number` when we are killed."""
    ourselves = os.getpid()

    def ask_kernel() -> None:
        # Runs after the change of user, which would clear the setting.
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(number))
            if os.getppid() != ourselves:
                os._exit(1)

    return ask_kernel


def stop(child: subprocess.Popen[bytes], *, first: signal.Signals = signal.SIGTERM, patience: float = 10) -> int:
    """Ask a child to end, insist after `patience` seconds, and reap it together with its whole group."""
    if child.poll() is None:
        child.send_signal(first)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
    kill_group(child.pid)
    return child.wait()


def kill_group(leader: int) -> None:
    """SIGKILL whatever is left of the process group a child of ours led."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def wait_until_gone(pids: Sequence[int], *, patience: float) -> list[int]:
    """Wait for processes that are not our children to end; return those still there."""
    deadline = time.monotonic() + patience
    left = [pid for pid in pids if is_alive(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = [pid for pid in left if is_alive(pid)]
    return left


def is_alive(pid: int) -> bool:
    """True if the process exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc/self").exists()


def working_in(folder: Path) -> list[int]:
    """Process numbers whose working folder is `folder`: every process of a PostgreSQL cluster, and nothing else."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == str(folder):
                found.append(int(entry.name))
        except OSError:
            continue
    return found
