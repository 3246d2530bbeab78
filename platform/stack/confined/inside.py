"""The child's side: bound what it may use, shut its doors, answer until the other side hangs up."""

import contextlib
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

from stack.confined import wire

LONGEST_MESSAGE = 64 * 2**20


def channel() -> socket.socket:
    """The parent's end of the line."""
    return socket.socket(fileno=0)


def bound_resources(memory: int) -> None:
    """At most `memory` bytes of address space; no core dump, nothing written to any file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; its end closes our channel
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # the default action is to die, which no library can catch
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def close_doors() -> None:
    """No further file descriptor: no file, no socket, no pipe can be opened from here on."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


@contextlib.contextmanager
def cpu_time(seconds: float) -> Iterator[None]:
    """The kernel kills this process when the block computes for longer, in native code too."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def serve(line: socket.socket, answer: Callable[[Any], Any]) -> None:
    """Say that we are ready, then answer each question of each message."""
    wire.send(line, {"ready": True})
    while (questions := wire.receive(line, LONGEST_MESSAGE)) is not None:
        for question in questions:
            wire.send(line, answer(question))
