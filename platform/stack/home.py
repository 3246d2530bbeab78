"""GOLDPAN_HOME: the folder that holds all state of an installation, and the short folders its sockets need."""

import fcntl
import hashlib
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from stack.errors import StackError
from stack.system_account import SystemAccount, ourselves

MARKER = "goldpan-home"
# What other commands put into a home that `goldpan up` has not seen yet.
OURS = {"assets", "backups", "env", "metrics", "releases", "uploads"}
SOCKET_PATH_LIMIT = 100  # bytes; the kernel takes 108 on Linux and 104 elsewhere


class Home:
    """The state folder of one installation, private to the account that made it."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.is_temporary = False
        self._lock: IO[str] | None = None

    @classmethod
    def from_environment(cls) -> "Home":
        """`GOLDPAN_HOME`, or `.goldpan` in the current folder."""
        return cls(Path(os.environ.get("GOLDPAN_HOME") or ".goldpan"))

    @classmethod
    def temporary(cls) -> "Home":
        """A new home that goes away with the server it was made for."""
        home = cls(Path(tempfile.mkdtemp(prefix="goldpan-test-"))).open()
        home.is_temporary = True
        return home

    @property
    def digest(self) -> str:
        """A short name for this home, the same for every spelling of its path."""
        return hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def open(self) -> "Home":
        """Make the folder where it is missing; take over an empty one; refuse one that holds something else."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._adopt()
            for folder in (self.logs, self.path / "env", self.path / "secrets"):
                folder.mkdir(mode=0o700, exist_ok=True)
        except FileExistsError:
            raise StackError(f"{self.path} is a file; GOLDPAN_HOME must be a folder.") from None
        except NotADirectoryError:
            raise StackError(f"{self.path} lies below a file; choose another GOLDPAN_HOME.") from None
        except OSError as error:
            raise StackError(f"GOLDPAN_HOME {self.path} cannot be used: {error.strerror}.") from None
        return self

    def _adopt(self) -> None:
        status = self.path.stat()
        if status.st_uid != os.geteuid() and os.geteuid() != 0:
            raise StackError(f"{self.path} belongs to another user; choose another GOLDPAN_HOME.")
        if not (self.path / MARKER).exists():
            if any(entry.name not in OURS for entry in self.path.iterdir()):
                raise StackError(
                    f"{self.path} holds files that are not Goldpan's; choose a new or empty folder as GOLDPAN_HOME."
                )
            (self.path / MARKER).touch(mode=0o600)
        if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) & 0o067:
            self.path.chmod(0o700)

    def let_pass(self, account: SystemAccount) -> None:
        """Let the account that runs PostgreSQL walk through this folder (not list it) to its own folder inside."""
        if not account.is_ourselves and not account.can_enter(self.path):
            os.chown(self.path, -1, account.gid)
            self.path.chmod(0o710)

    def lock(self) -> None:
        """Hold this home until the process ends; one stack per home."""
        held = (self.path / "lock").open("a+")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
            raise StackError(
                f"Goldpan already runs on {self.path}; stop it first, or choose another GOLDPAN_HOME."
            ) from None
        self._lock = held

    def unlock(self) -> None:
        """Let another process hold this home."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def is_locked(self) -> bool:
        """True while some process, this one included, holds this home."""
        if self._lock:
            return True
        with suppress(OSError), (self.path / "lock").open("a+") as probe:
            try:
                fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def secret(self, name: str, *, length: int = 32) -> str:
        """A generated secret of `length` random bytes, made once and kept in a private file."""
        path = self.path / "secrets" / name
        if not path.exists():
            write_private(path, secrets.token_urlsafe(length))
        return self._read_secret(path)

    def _read_secret(self, path: Path) -> str:
        try:
            text = path.read_text().strip()
        except OSError as error:
            raise StackError(f"The secret {path} cannot be read: {error.strerror}.") from None
        if not text:
            raise StackError(f"The secret {path} is empty; restore it from a backup, or delete it to have a new one.")
        return text

    def set_environment(self, **settings: str) -> None:
        """Write settings where every later command on this home finds them."""
        for name, value in settings.items():
            write_private(self.path / "env" / name, value)

    def ensure_environment(self, name: str, *, length: int, prefix: str = "") -> None:
        """Generate a setting of `length` random bytes once, unless the environment or an earlier start gave it."""
        if not os.environ.get(name) and not (self.path / "env" / name).exists():
            write_private(self.path / "env" / name, prefix + secrets.token_hex(length))

    def forget_environment(self, *names: str) -> None:
        """Remove settings that an earlier start wrote."""
        for name in names:
            (self.path / "env" / name).unlink(missing_ok=True)

    def private_folder(self, purpose: str, owner: SystemAccount | None = None) -> Path:
        """A short folder for unix sockets, only for `owner`, made anew where a restart of the machine removed it."""
        folder = short_root() / f"goldpan-{self.digest}-{purpose}"
        make_private(folder, owner or ourselves())
        return folder

    def remove_private_folder(self, purpose: str) -> None:
        """Remove a folder for sockets that nobody uses any more; one with something in it stays."""
        with suppress(OSError):
            (short_root() / f"goldpan-{self.digest}-{purpose}").rmdir()


def short_root() -> Path:
    """Where short paths live. /tmp where it is, so that every later command finds the same place."""
    tmp = Path("/tmp")  # noqa: S108  (`make_private` refuses what another user put there)
    return tmp if tmp.is_dir() and os.access(tmp, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def make_private(folder: Path, owner: SystemAccount) -> None:
    """Make `folder` with mode 0700 for `owner`; refuse a link, a file, or what somebody else put there first."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {owner.uid, os.geteuid()}:
        raise StackError(f"{folder} belongs to somebody else; remove it, or choose another GOLDPAN_HOME.")
    if status.st_uid != owner.uid:
        os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
    if stat.S_IMODE(status.st_mode) != 0o700:
        folder.chmod(0o700)
    if len(os.fsencode(folder)) > SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432.lock"):
        raise StackError(f"{folder} is too long a path for a socket; point TMPDIR at a shorter one.")


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
