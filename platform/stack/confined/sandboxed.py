"""The sandbox from within: take the request, lock the doors behind us, run the program that was named.

Everything above `main`'s last line happens before a stranger's code is looked at.
"""

import importlib
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from stack.confined.lock import die_with, lock

Report = Callable[[Any], None]
# Where the interpreter's own modules and the libraries that they need lie, and what a calendar reads.
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo", "/dev/null")


def main(asked: Mapping[str, Any]) -> None:
    """`asked` holds the words of `sandbox.run`."""
    die_with(asked["parent"])
    with open(asked["request"], "rb") as file:
        request = json.load(file)
    report = _reporter(asked["report"])
    program = importlib.import_module(asked["module"])
    folder = asked["folder"]
    try:
        _limit(asked["limits"])
        lock(readable() if folder else (), (Path(folder), Path("/dev/null")) if folder else ())
    except OSError as error:
        report({"refused": f"{error.strerror or error}"})
        return
    sys.path[:] = [path for path in sys.path if path not in asked["paths"]]
    sys.argv[:] = [""]
    report("locked")
    program.main(request, report)


def readable() -> Iterator[Path]:
    """What code that runs here may read beside its folder."""
    yield Path(sys.base_prefix) / "lib"
    yield Path(sys.base_exec_prefix) / "lib"
    yield from map(Path, LIBRARIES)


def _reporter(descriptor: int) -> Report:
    def report(said: Any) -> None:
        waiting = json.dumps(said).encode("ascii") + b"\n"
        while waiting:
            waiting = waiting[os.write(descriptor, waiting) :]

    return report


def _limit(limits: Mapping[str, Any]) -> None:
    seconds = limits["cpu_seconds"]
    for what, soft, hard in (
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"], limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["descriptors"], limits["descriptors"]),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
    ):
        _, most = resource.getrlimit(what)
        ceiling = hard if most == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(what, (min(soft, ceiling), ceiling))
