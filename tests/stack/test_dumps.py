import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from stack import dumps
from stack.dumps import manifest_of as beside
from stack.errors import StackError
from stack.postgres import Server, ephemeral

pytestmark = pytest.mark.stack

SCHEMA = """
CREATE TABLE answer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text, at timestamptz, score float8);
CREATE TABLE "Odd name" (one int, two int, PRIMARY KEY (two, one));
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''append only''; END';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON answer FOR EACH STATEMENT EXECUTE FUNCTION refuse();
REVOKE UPDATE, DELETE, TRUNCATE ON answer FROM CURRENT_USER, PUBLIC;
INSERT INTO answer (words, at, score)
SELECT 'word ' || n || E'\\n\\t\\\\ é 家', now(), n / 3.0 FROM generate_series(1, 500) n;
INSERT INTO "Odd name" SELECT n, 100 - n FROM generate_series(1, 50) n;
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = ephemeral(tmp_path_factory.mktemp("dumps") / "home").start()
    yield running
    running.remove()


def fresh(server: Server, name: str) -> str:
    """The address of a new, empty database."""
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    return server.dsn.replace("/goldpan?", f"/{name}?")


def parts(address: str) -> dumps.Address:
    return {name: str(value) for name, value in conninfo_to_dict(address).items()}


@pytest.fixture
def full(server: Server) -> str:
    address = fresh(server, "source")
    with psycopg.connect(address) as connection:
        connection.execute(SCHEMA)
    return address


def goldpan(address: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from config.cli import main; main()", *map(str, words)],
        env={**os.environ, "DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_restored_database_is_equal_and_as_guarded_as_before(server: Server, full: str, tmp_path: Path) -> None:
    dump = tmp_path / "folder" / "monday.dump"
    saved = goldpan(full, "backup", dump, "--json")
    assert saved.returncode == 0, saved.stderr
    target = fresh(server, "target")

    restored = goldpan(target, "restore", dump, "--json")

    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout) == {"file": str(dump), "rows": 550, "tables": 2}
    assert (
        dumps.back_up(tmp_path / "again.dump", parts(target), tmp_path / "home").tables
        == dumps.Manifest.read(beside(dump)).tables
    )
    with psycopg.connect(target) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM answer")


def test_a_backup_is_only_for_us_to_read(full: str, tmp_path: Path) -> None:
    dumps.back_up(tmp_path / "a.dump", parts(full), tmp_path / "home")

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_backup_is_never_overwritten(full: str, tmp_path: Path) -> None:
    (tmp_path / "a.dump").write_text("older")

    with pytest.raises(StackError, match="exists already; a backup is never overwritten"):
        dumps.back_up(tmp_path / "a.dump", parts(full), tmp_path / "home")

    assert (tmp_path / "a.dump").read_text() == "older"


def test_a_failed_backup_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="PostgreSQL does not answer"):
        dumps.back_up(
            tmp_path / "a.dump", {"host": str(tmp_path), "user": "goldpan", "dbname": "goldpan"}, tmp_path / "home"
        )

    assert list(tmp_path.iterdir()) == []


def test_a_full_database_is_not_restored_over(full: str, tmp_path: Path) -> None:
    dumps.back_up(tmp_path / "a.dump", parts(full), tmp_path / "home")

    with pytest.raises(StackError, match="The database is not empty"):
        dumps.restore(tmp_path / "a.dump", parts(full), tmp_path / "home")


def test_a_dump_with_one_changed_byte_is_refused(server: Server, full: str, tmp_path: Path) -> None:
    dump = tmp_path / "a.dump"
    dumps.back_up(dump, parts(full), tmp_path / "home")
    changed = bytearray(dump.read_bytes())
    changed[len(changed) // 2] ^= 1
    dump.write_bytes(changed)

    with pytest.raises(StackError, match="is not the file that was written then"):
        dumps.restore(dump, parts(fresh(server, "target")), tmp_path / "home")


@pytest.mark.parametrize(("part", "value"), [("rows", 499), ("sha256", "0" * 64)])
def test_a_restore_that_is_not_what_it_was_is_noticed(
    server: Server, full: str, tmp_path: Path, part: str, value: object
) -> None:
    dump = tmp_path / "a.dump"
    dumps.back_up(dump, parts(full), tmp_path / "home")
    manifest = json.loads(beside(dump).read_text())
    manifest["tables"][1][part] = value
    beside(dump).write_text(json.dumps(manifest))

    with pytest.raises(StackError, match="table answer is not what it was"):
        dumps.restore(dump, parts(fresh(server, "target")), tmp_path / "home")


def test_a_server_that_is_away_is_one_sentence(tmp_path: Path) -> None:
    done = goldpan(f"postgresql://goldpan:nobody@/goldpan?host={tmp_path}", "backup", tmp_path / "a.dump")

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "PostgreSQL does not answer" in done.stderr
