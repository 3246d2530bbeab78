import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from stack import checkup
from stack.checkup import Level, Result

pytestmark = pytest.mark.stack


def doctor(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from config.cli import main; main()", "doctor", "--json"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_away_servers_are_told_in_sentences_with_exit_code_1(tmp_path: Path) -> None:
    done = doctor(
        DATABASE_URL=f"postgresql://goldpan:nobody@/goldpan?host={tmp_path}",
        REDIS_URL=f"redis+socket://:nobody@{tmp_path}/redis.sock?virtual_host=0",
    )

    report = json.loads(done.stdout)
    failed = {check["subject"]: check for check in report["checks"] if check["level"] == "fail"}
    assert done.returncode == 1
    assert not report["well"]
    assert {"postgres", "broker"} <= set(failed)
    assert all(check["remedy"].endswith(".") for check in failed.values())
    assert "Traceback" not in done.stdout + done.stderr


def test_a_home_that_others_can_read_fails(tmp_path: Path, settings: Settings) -> None:
    settings.HOME = tmp_path
    tmp_path.chmod(0o700)
    assert checkup.home().level == Level.OK

    tmp_path.chmod(0o755)

    assert checkup.home() == Result(
        "home", Level.FAIL, f"others can read {tmp_path}", f"Run: chmod go-rwx '{tmp_path}'"
    )


def test_a_table_that_nobody_migrated_is_noticed(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    assert checkup.migrations() == Result("migrations", Level.FAIL, "1 not applied", "Run: goldpan migrate")


def test_a_database_that_forgets_on_power_loss_fails(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    result = checkup.postgres()

    assert result.level == Level.FAIL
    assert "confirms answers before they are on disk" in result.text


def test_nothing_that_doctor_writes_stays(db: None) -> None:
    checkup.postgres()

    assert "goldpan_doctor_was_here" not in connection.introspection.table_names()
