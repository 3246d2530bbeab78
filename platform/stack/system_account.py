"""Which account of this machine runs PostgreSQL: ourselves, or an unprivileged one when we are root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from stack.errors import StackError

UNPRIVILEGED_NAMES = ("postgres", "nobody")


class Identity(TypedDict, total=False):
    """What `subprocess` calls the account of a child."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class SystemAccount:
    """A user of the operating system, with the groups a child process gets when it becomes that user."""

    name: str
    uid: int
    gid: int

    @property
    def is_ourselves(self) -> bool:
        return self.uid == os.geteuid()

    def identity(self) -> Identity:
        """Keyword arguments for `subprocess` that make the child run as this account; none for ourselves."""
        return {} if self.is_ourselves else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """True if this account may look up names inside `folder`, all parents included."""
        return self._passes("-x", folder)

    def can_read(self, path: Path) -> bool:
        """True if this account may read the file or list the folder."""
        return self._passes("-r", path)

    def _passes(self, question: str, path: Path) -> bool:
        if self.is_ourselves:
            return os.access(path, os.X_OK if question == "-x" else os.R_OK)
        # Asked from inside a process of that account, so that groups and access lists count too.
        command = ["/bin/sh", "-c", f'test {question} "$1"', "sh", str(path)]
        answer = subprocess.run(command, cwd="/", check=False, **self.identity())  # noqa: S603
        return answer.returncode == 0


def ourselves() -> SystemAccount:
    """The account this process runs as."""
    return by_uid(os.geteuid())


def by_uid(uid: int) -> SystemAccount:
    """The account with this number. PostgreSQL needs it to have a name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise StackError(
            f"User number {uid} has no name on this machine, and PostgreSQL needs one. "
            "Add it to /etc/passwd, or set DATABASE_URL to a PostgreSQL of your own."
        ) from None
    return SystemAccount(entry.pw_name, entry.pw_uid, entry.pw_gid)


def for_database() -> SystemAccount:
    """Ourselves; under root, which PostgreSQL refuses, the first unprivileged account that exists."""
    if os.geteuid() != 0:
        return ourselves()
    for name in UNPRIVILEGED_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemAccount(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise StackError(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor `nobody`. "
        "Run Goldpan as an ordinary user, or set DATABASE_URL."
    )
