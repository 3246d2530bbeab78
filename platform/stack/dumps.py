"""Backups that are proven: a dump, and beside it the digest of every table as it was at that moment."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from stack import release_files
from stack.errors import StackError
from stack.home import write_private
from stack.postgres.programs import installed

Address = dict[str, str]  # as libpq names its parts: host, port, user, password, dbname
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
REVOCABLE = ("UPDATE", "DELETE", "TRUNCATE")
# What a value looks like as text must not depend on the server's taste.
PLAIN_TEXT = "SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET bytea_output = 'hex'"


@dataclass(frozen=True)
class Table:
    """The content of one table in short: equal digests mean equal rows in equal order of their key."""

    name: str
    rows: int
    sha256: str
    revoked: tuple[str, ...]  # what even its owner may not do


@dataclass(frozen=True)
class Manifest:
    """What a dump must become again."""

    dump_sha256: str
    server_version: str
    tables: tuple[Table, ...]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    def write(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        try:
            written: dict[str, Any] = json.loads(path.read_text())
            tables = tuple(Table(**{**table, "revoked": tuple(table["revoked"])}) for table in written["tables"])
            return cls(written["dump_sha256"], written["server_version"], tables)
        except OSError:
            raise StackError(f"{path} is missing; a backup is the dump and this file.") from None
        except (ValueError, KeyError, TypeError):
            raise StackError(f"{path} is damaged; use another backup.") from None


def manifest_of(dump: Path) -> Path:
    """Where the digests of a dump are."""
    return dump.with_name(f"{dump.name}.json")


def back_up(dump: Path, address: Address, home: Path) -> Manifest:
    """Write the dump, its manifest of one moment, the releases and the media, while people go on working."""
    if dump.exists() or manifest_of(dump).exists():
        raise StackError(f"{dump} exists already; a backup is never overwritten.")
    dump.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = dump.with_name(f".{dump.name}.part")
    try:
        with closing(connect(address)) as link, link.transaction():
            link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = _value(link, "SELECT pg_export_snapshot()")
            run(address, "pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={draft}")
            manifest = Manifest(file_digest(draft), _value(link, "SHOW server_version"), tuple(tables(link)))
        draft.chmod(0o600)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        for folder in release_files.FOLDERS:
            release_files.pack(home, release_files.archive_of(dump, folder), folder)
        manifest.write(manifest_of(dump))
        draft.replace(dump)  # last: while there is no dump, there is no backup
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def restore(dump: Path, address: Address, home: Path) -> Manifest:
    """Fill an empty database from a backup, compare every table with what it was, and put the files back."""
    manifest = Manifest.read(manifest_of(dump))
    if not dump.is_file():
        raise StackError(f"{dump} does not exist.")
    if file_digest(dump) != manifest.dump_sha256:
        raise StackError(f"{dump} is not the file that was written then; use another backup.")
    with closing(connect(address)) as link:
        if list(table_names(link)):
            raise StackError("The database is not empty; a restore goes into an empty one only.")
        # Rights are set below: a dump names the role they were taken from, and that may be another one here.
        run(address, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", dump)
        with link.transaction():
            _revoke(link, manifest.tables)
        compare(manifest.tables, tuple(tables(link)))
    for folder in release_files.FOLDERS:
        if release_files.archive_of(dump, folder).exists():
            release_files.unpack(release_files.archive_of(dump, folder), home, folder)
    return manifest


def summary(dump: Path, manifest: Manifest, *, as_json: bool, verb: str) -> str:
    """One line for a person, or one object for a program."""
    if as_json:
        return json.dumps({"file": str(dump), "rows": manifest.rows, "tables": len(manifest.tables)})
    return f"{manifest.rows} rows of {len(manifest.tables)} tables {verb} {dump}."


def compare(before: Iterable[Table], after: Iterable[Table]) -> None:
    """Raise a sentence that names the first table that is not what it was."""
    found = {table.name: table for table in after}
    for table in before:
        if found.get(table.name) != table:
            raise StackError(f"After the restore, table {table.name} is not what it was; do not use this database.")


def tables(link: "psycopg.Connection[Any]") -> Iterable[Table]:
    """All tables with their digests, in the order of their names."""
    link.execute(PLAIN_TEXT)
    for name in table_names(link):
        digest, rows = hashlib.sha256(), 0
        with link.cursor().copy(_in_key_order(link, name)) as lines:
            for line in lines:
                digest.update(line)
                rows += bytes(line).count(b"\n")
        yield Table(name, rows, digest.hexdigest(), _revoked(link, name))


def table_names(link: "psycopg.Connection[Any]") -> list[str]:
    """Our own tables; those of extensions are theirs."""
    found = link.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') ORDER BY relname"
    )
    return [name for (name,) in found]


def _in_key_order(link: "psycopg.Connection[Any]", name: str) -> sql.Composed:
    keys = link.execute(
        "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) "
        "WHERE indisprimary AND indrelid = %s::regclass ORDER BY array_position(indkey::int[], attnum::int)",
        [sql.Identifier(name).as_string(link)],
    ).fetchall()
    order = sql.SQL(", ").join(sql.Identifier(key) for (key,) in keys) if keys else sql.SQL("1")
    return sql.SQL("COPY (SELECT * FROM {} ORDER BY {}) TO STDOUT").format(sql.Identifier(name), order)


def _revoked(link: "psycopg.Connection[Any]", name: str) -> tuple[str, ...]:
    asked = "SELECT has_table_privilege(current_user, %s::regclass, %s)"
    quoted = sql.Identifier(name).as_string(link)
    return tuple(right for right in REVOCABLE if not _value(link, asked, [quoted, right]))


def _revoke(link: "psycopg.Connection[Any]", wanted: Iterable[Table]) -> None:
    for table in wanted:
        for right in table.revoked:
            link.execute(
                sql.SQL("REVOKE {} ON {} FROM CURRENT_USER, PUBLIC").format(sql.SQL(right), sql.Identifier(table.name))
            )


def connect(address: Address) -> "psycopg.Connection[Any]":
    """A connection of its own, without the time limits of a web request."""
    try:
        return psycopg.connect(**address, autocommit=True, options="-c statement_timeout=0")  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise StackError(f"PostgreSQL does not answer ({reason}); start it, or `goldpan up`.") from None


def run(address: Address, program: str, *words: str | Path) -> None:
    """Run one of PostgreSQL's own programs on the database. The password goes through the environment."""
    variables = {variable: address[name] for name, variable in VARIABLES.items() if name in address}
    command: list[str | Path] = [installed()[program], "--no-password", *words]
    if program == "pg_restore":
        command += ["--dbname", address["dbname"]]
    environment = {**os.environ, **variables}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StackError(f"{program} failed: {reason.removeprefix(f'{program}: ').removeprefix('error: ')}")


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _value(link: "psycopg.Connection[Any]", question: str, values: list[Any] | None = None) -> Any:
    row = link.execute(question, values).fetchone()
    return row[0] if row else None
