"""Takes from this process, for good, all but computing and the files it was left: for code that strangers wrote.

The kernel holds it, whatever the code does, in native code too: no network and no socket to anybody, no new process,
no signal to another one, no file but those named, no right of root's. It needs no root and no container, but a kernel
that offers both of its means; without them nothing is run. Names and sizes of files can still be asked for.
"""

import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from stack.confined import filter as system_calls
from stack.confined import landlock
from stack.confined.syscalls import MACHINES

PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
FILTER = 2
CAPABILITIES = 0x20080522  # the version of the structures below


def why_not() -> str:
    """Why code cannot be locked in on this machine, as a sentence; empty where it can."""
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        return "This machine cannot lock code in: that takes Linux on x86-64 or ARM64."
    if not landlock.version():
        return "This machine cannot lock code in: its kernel does not offer Landlock, which came with Linux 5.13."
    if not _offers_filters():
        return "This machine cannot lock code in: its kernel does not offer filters of system calls."
    return ""


def lock(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Call it in a process with one thread. Raises OSError, after which nobody's code may be run."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _drop_capabilities()
    landlock.restrict(readable, writable)
    machine, calls = MACHINES[platform.machine()]
    _install(system_calls.program(machine, calls, os.getpid()))


def die_with(parent: int) -> None:
    """The kernel kills this process when `parent` ends, however it ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def _install(code: bytes) -> None:
    _prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(_Program(len(code) // 8, code)))


def _offers_filters() -> bool:
    """Asked without a program, a kernel with filters misses it, and one without does not know the word."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_SECCOMP, FILTER, None, 0, 0)
    return ctypes.get_errno() == 14  # EFAULT


def _drop_capabilities() -> None:
    """What root may more than others, such as raising its own limits."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(struct.pack("=Ii", CAPABILITIES, 0), bytes(24)):
        raise OSError(ctypes.get_errno(), "capset")


def _prctl(option: int, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    words = [argument if not isinstance(argument, int) else ctypes.c_ulong(argument) for argument in arguments]
    if libc.prctl(option, *words, *[ctypes.c_ulong(0)] * (4 - len(words))):
        raise OSError(ctypes.get_errno(), f"prctl {option}")
