"""AB-05: an installation that would be open to strangers does not start, and says why in one line."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from stack.up import ROOTS

GOOD = {"SECRET_KEY": secrets.token_urlsafe(40), "DATABASE_URL": "postgresql://goldpan:fj39dkq@db.example/goldpan"}


def boot(tmp_path: Path, settings: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Start one of our programs with nothing but these settings."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, ROOTS)),
        "GOLDPAN_HOME": str(tmp_path / "home"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **settings,
    }
    words = command or ("-c", "from config.cli import main; main()", "check")
    return subprocess.run(
        [sys.executable, "-P", *words], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY is short or published"),
        ({"SECRET_KEY": "django-insecure-" + "x9" * 30}, "SECRET_KEY is short or published"),
        ({"DEBUG": "1", "ALLOWED_HOSTS": "label.example"}, "DEBUG is on while ALLOWED_HOSTS names label.example"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "postgresql://postgres:postgres@db.example/x"}, "published default"),
    ],
)
def test_ab_05_an_open_installation_refuses_to_start(tmp_path: Path, change: dict[str, str], says: str) -> None:
    done = boot(tmp_path, {**GOOD, **change})

    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "program",
    [
        ("-m", "gunicorn", "config.wsgi:application", "--check-config"),
        ("-m", "celery", "-A", "config.celery", "inspect", "registered"),
    ],
)
def test_ab_05_neither_web_nor_worker_starts_with_a_published_key(tmp_path: Path, program: tuple[str, ...]) -> None:
    done = boot(tmp_path, {**GOOD, "SECRET_KEY": "django-insecure-" + "x9" * 30}, *program)

    assert done.returncode != 0
    assert "SECRET_KEY is short or published" in done.stdout + done.stderr


def test_ab_05_a_careful_installation_passes_every_check_for_deployment(tmp_path: Path) -> None:
    careful = {
        **GOOD,
        "ALLOWED_HOSTS": "label.example",
        "GOLDPAN_HTTPS": "1",
        "TRUSTED_PROXY_COUNT": "1",
        "REDIS_URL": "redis://:kd93jdkw@broker.example/0",
        "GOLDPAN_ADMIN_PATH": "admin-" + secrets.token_hex(6),
    }
    check = ("-c", "from config.cli import main; main()", "check", "--deploy", "--fail-level", "WARNING")

    done = boot(tmp_path, careful, *check)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("key", ["a" * 50, "ab" * 40, "goldpan", "short", "django-insecure-" + "abcdefgh" * 8])
def test_a_key_that_could_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("SECRET_KEY", key)

    with pytest.raises(ImproperlyConfigured):
        env.secret_key()


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "1e3", "99999999999999999999"])
def test_a_number_out_of_bounds_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("GOLDPAN_MAX_IMPORT_MB", text)

    with pytest.raises(ImproperlyConfigured, match="GOLDPAN_MAX_IMPORT_MB"):
        env.number("GOLDPAN_MAX_IMPORT_MB", 4096)


def test_a_yes_or_no_that_is_neither_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "maybe")

    with pytest.raises(ImproperlyConfigured, match="DEBUG must be yes or no"):
        env.flag("DEBUG")


def test_a_setting_stored_in_the_home_yields_to_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "LOG_LEVEL").write_text("DEBUG\n")
    monkeypatch.setenv("GOLDPAN_HOME", str(tmp_path))

    stored = env.value("LOG_LEVEL")
    monkeypatch.setenv("LOG_LEVEL", "ERROR")

    assert (stored, env.value("LOG_LEVEL")) == ("DEBUG", "ERROR")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://ana:p%40ss@db:5433/pairs", ("ana", "p@ss", "db", "5433", "pairs")),
        ("postgresql://ana:x@/pairs?host=/run/pg", ("ana", "x", "/run/pg", "", "pairs")),
        ("postgres://db", ("", "", "db", "", "goldpan")),
    ],
)
def test_a_database_is_read_from_its_url(url: str, expected: tuple[str, ...]) -> None:
    read = env.database(url)

    assert tuple(read[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")) == expected


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        env.database("sqlite:///pairs.db")
