"""The kernel's filter of system calls (seccomp), as a program of its own small machine.

What is named in `syscalls` is allowed; some calls only with certain arguments; the rest fails with "not permitted", as
for a person without rights, so that a program can say what it was refused.
"""

import errno
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

LOAD_WORD, JUMP_IF_EQUAL, AND, RETURN = 0x20, 0x15, 0x54, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
UNKNOWN = 0x00050000 | errno.ENOSYS  # "an older kernel": the C library then takes the call that we can look into
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
EVERY_BIT = 0xFFFFFFFF

CLONE_THREAD = 0x10000
UNIX, STREAM, KIND_OF_SOCKET = 1, 1, 0xF
WAY_OF_OPENING = os.O_ACCMODE | os.O_TRUNC
EMPTY_WHILE_READING = os.O_RDONLY | os.O_TRUNC  # truncates a file that the file rules show for reading
# Duplicate, flags and record locks; not those that make the kernel send signals.
FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 1030)
# Is it a terminal and how wide, close on exec and not, non-blocking.
IOCTL = (0x5401, 0x5413, 0x5450, 0x5451, 0x5421)


@dataclass(frozen=True)
class Condition:
    """On one half of an argument, after `mask`: it is among `values`, or among none of them with `is_not`."""

    argument: int
    values: tuple[int, ...]
    mask: int = EVERY_BIT
    high: bool = False
    is_not: bool = False


def conditions(pid: int) -> Mapping[str, Sequence[Condition]]:
    """Calls that are allowed with certain arguments only, for the process `pid`."""
    myself = Condition(0, (pid,))
    return {
        "clone": [Condition(0, (CLONE_THREAD,), mask=CLONE_THREAD)],  # a thread, never a process
        "fcntl": [Condition(1, FCNTL)],
        "ioctl": [Condition(1, IOCTL)],
        "kill": [myself],
        "tgkill": [myself],
        "open": [Condition(1, (EMPTY_WHILE_READING,), mask=WAY_OF_OPENING, is_not=True)],
        "openat": [Condition(2, (EMPTY_WHILE_READING,), mask=WAY_OF_OPENING, is_not=True)],
        "prlimit64": [Condition(0, (0,))],
        # A pair of sockets that are connected to each other, as event loops use; nothing is sent elsewhere.
        "socketpair": [Condition(0, (UNIX,)), Condition(1, (STREAM,), mask=KIND_OF_SOCKET)],
        "sendto": [Condition(4, (0,)), Condition(4, (0,), high=True)],
    }


def program(machine: int, calls: Mapping[str, int], pid: int) -> bytes:
    """The filter for a process, as an array of struct sock_filter."""
    conditional = conditions(pid)
    code = [*_load(MACHINE), _instruction(JUMP_IF_EQUAL, machine, 1, 0), _end(KILL), *_load(NUMBER)]
    for name, number in calls.items():
        body = [_end(UNKNOWN)] if name == "clone3" else [*_checks(conditional.get(name, ())), _end(ALLOW)]
        code += [_instruction(JUMP_IF_EQUAL, number, 0, len(body)), *body]
    return b"".join([*code, _end(REFUSE)])


def _checks(wanted: Sequence[Condition]) -> Iterator[bytes]:
    for condition in wanted:
        yield from _load(ARGUMENTS + 8 * condition.argument + 4 * condition.high)  # both machines are little-endian
        yield _instruction(AND, condition.mask)
        for left, value in reversed(list(enumerate(condition.values))):
            yield _instruction(JUMP_IF_EQUAL, value, 0 if condition.is_not else left + 1, 1 if condition.is_not else 0)
        yield _end(REFUSE)


def _load(offset: int) -> list[bytes]:
    return [_instruction(LOAD_WORD, offset)]


def _end(verdict: int) -> bytes:
    return _instruction(RETURN, verdict)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
