"""The kernel's file rules (Landlock, Linux 5.13): of all files, a process keeps those that it names, for good."""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every machine
VERSION = 1
BENEATH = 1
READ_FILE, READ_FOLDER, WRITE_FILE, TRUNCATE = 1 << 2, 1 << 3, 1 << 1, 1 << 14
REMOVE_AND_MAKE = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8  # folders and plain files; no device, socket, pipe or link
# How many of the rights, in their order, a version knows; later ones know all of these.
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
NETWORK, SCOPES = 0b11, 0b11  # TCP, since version 4; signals and abstract sockets, since 6

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Which version the kernel speaks; 0 for none."""
    return max(0, int(_libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)))


def restrict(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """From here on this thread sees only these files and what lies below these folders. Raises OSError."""
    speaks = version()
    known = (1 << RIGHTS.get(speaks, 16)) - 1
    ruleset = _create(speaks, known)
    try:
        for path in readable:
            _allow(ruleset, path, READ_FILE | READ_FOLDER, known)
        for path in writable:
            _allow(ruleset, path, READ_FILE | READ_FOLDER | WRITE_FILE | TRUNCATE | REMOVE_AND_MAKE, known)
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _create(speaks: int, known: int) -> int:
    words = [known]
    if speaks >= 4:
        words.append(NETWORK)
    if speaks >= 6:
        words.append(SCOPES)
    attributes = struct.pack(f"={len(words)}Q", *words)
    return _call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)


def _allow(ruleset: int, path: Path, rights: int, known: int) -> None:
    """Nothing where there is no such file: what is not there needs no right."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not path.is_dir():
            rights &= READ_FILE | WRITE_FILE | TRUNCATE
        _call(ADD_RULE, ruleset, BENEATH, struct.pack("=Qi", rights & known, opened), 0)
    finally:
        os.close(opened)


def _call(number: int, *arguments: object) -> int:
    done = int(_libc.syscall(number, *arguments))
    if done < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return done
