"""A data folder: where it lies, how it is made, and who may connect to it."""

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.home import Home, write_private
from stack.postgres.programs import Programs
from stack.system_account import SystemAccount, by_uid, for_database, ourselves

SUPERUSER = "postgres"
SHELTERS = Path("/var/lib")


@dataclass(frozen=True)
class Place:
    """Where a cluster lies and which account runs it. `shelter` holds copies of programs, where any are needed."""

    folder: Path
    account: SystemAccount
    shelter: Path

    @property
    def version_file(self) -> Path:
        return self.folder / "PG_VERSION"


def place(home: Home) -> Place:
    """The remembered place, else one in the home; under root outside of it, where the database account cannot go."""
    remembered = home.path / "postgres-folder"
    shelter = SHELTERS / f"goldpan-{home.digest}"
    if remembered.exists():
        folder = Path(remembered.read_text().strip())
        if not folder.is_dir():
            raise StackError(f"{remembered} names {folder} as the database's folder, but it is gone.")
        return Place(folder, _owner(folder), shelter)
    folder = home.path / "postgres"
    if folder.exists():
        return Place(folder, _owner(folder), shelter)
    account = for_database()
    home.let_pass(account)
    if not account.can_enter(home.path):
        folder = _make_shelter(shelter, account) / "postgres"
        print(f"The database account `{account.name}` cannot enter {home.path}; its data goes to {folder}.")
    return Place(folder, account, shelter)


def remember(home: Home, where: Place) -> None:
    """Note a data folder that lies outside its home."""
    if where.folder.parent != home.path:
        write_private(home.path / "postgres-folder", str(where.folder))


def forget(home: Home) -> None:
    """Undo `remember`, after the data are gone."""
    (home.path / "postgres-folder").unlink(missing_ok=True)


def _make_shelter(shelter: Path, account: SystemAccount) -> Path:
    shelter.mkdir(mode=0o700, exist_ok=True)
    if shelter.is_symlink() or shelter.stat().st_uid != os.geteuid():
        raise StackError(f"{shelter} belongs to somebody else.")
    os.chown(shelter, -1, account.gid)
    shelter.chmod(0o710)
    return shelter


def shelter_for(where: Place) -> Path:
    """The folder for copies of programs, made when first needed."""
    return _make_shelter(where.shelter, where.account)


def _owner(folder: Path) -> SystemAccount:
    uid = folder.stat().st_uid
    if os.geteuid() != 0 and uid != os.geteuid():
        raise StackError(f"{folder} belongs to another user; start Goldpan as that user.")
    if uid == 0:
        raise StackError(f"{folder} belongs to root, as which PostgreSQL refuses to run; its owner was changed.")
    return by_uid(uid)


def prepare(where: Place, programs: Programs, *, durable: bool) -> None:
    """Make the data folder if there is none; say in a sentence why an existing one cannot be used."""
    if where.folder.exists():
        check(where, programs)
        return
    draft = where.folder.with_name(f"{where.folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    os.chown(draft, where.account.uid, where.account.gid)
    command: list[str | Path] = [
        *(programs["initdb"], "--pgdata", draft, "--username", SUPERUSER, "--encoding", "UTF8"),
        *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        *("--data-checksums", "--auth", "reject", "--no-instructions", *(() if durable else ("--no-sync",))),
    ]
    made = subprocess.run(  # noqa: S603
        command, cwd="/", capture_output=True, text=True, check=False, **where.account.identity()
    )
    if made.returncode != 0:
        reason = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StackError(f"PostgreSQL could not make its data folder {where.folder}: {reason}")
    # Renamed last: an interrupted start leaves no half-made folder under the real name.
    draft.replace(where.folder)


def check(where: Place, programs: Programs) -> None:
    """Refuse a data folder that is not one, or that another major version wrote."""
    missing = [
        name for name in ("PG_VERSION", "global/pg_control", "base", "pg_wal") if not (where.folder / name).exists()
    ]
    if missing:
        raise StackError(
            f"The database in {where.folder} is damaged ({missing[0]} is missing); restore a backup into a new home."
        )
    version = where.version_file.read_text().strip()
    if version != str(programs.major):
        raise StackError(
            f"The database in {where.folder} was written by PostgreSQL {version or 'of no known version'}, and this "
            f"Goldpan brings PostgreSQL {programs.major}; back it up with the older Goldpan and restore it here."
        )


def admit(where: Place) -> None:
    """Say who may connect: the invoking account as superuser, the role by its password, both over the socket only."""
    allowed = {ourselves().name, where.account.name}
    names = "".join(f'embedded "{name}" {SUPERUSER}\n' for name in sorted(allowed))
    rules = f"local all {SUPERUSER} peer map=embedded\nlocal all all scram-sha-256\n"
    _write(where, "pg_ident.conf", names)
    _write(where, "pg_hba.conf", rules)


def _write(where: Place, name: str, text: str) -> None:
    draft = where.folder / f"{name}.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(text)
        os.fchown(file.fileno(), where.account.uid, where.account.gid)
    draft.replace(where.folder / name)


def is_private(folder: Path) -> bool:
    """True if nobody but the owner may look inside."""
    return not stat.S_IMODE(folder.stat().st_mode) & 0o077
