"""Reads settings from the environment, once, and says in a sentence what is wrong with one."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Keys that were published in a peer's repository or a tutorial. Whoever starts with one is open to everybody.
PUBLISHED_SECRETS = frozenset({"secret", "changeme", "change-me", "password", "django-insecure", "goldpan"})
PUBLISHED_PASSWORDS = frozenset({"postgres", "password", "goldpan", "changeme", "1234", "12345678", "admin"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})


def home() -> Path:
    """The folder that holds all state: `GOLDPAN_HOME`, or `.goldpan` in the current folder."""
    return Path(os.environ.get("GOLDPAN_HOME") or ".goldpan").expanduser().resolve()


def value(name: str, default: str = "") -> str:
    """A setting from the environment, else from the file of that name below the home's `env` folder."""
    if name in os.environ:
        return os.environ[name].strip()
    stored = home() / "env" / name
    return stored.read_text().strip() if stored.is_file() else default


def flag(name: str, *, default: bool = False) -> bool:
    """A yes or no setting: 1, true, yes, on against 0, false, no, off."""
    text = value(name).lower()
    if text in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return default if not text else text in {"1", "true", "yes", "on"}
    raise ImproperlyConfigured(f"{name} must be yes or no, not {text!r}.")


def number(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    """A whole number within bounds."""
    text = value(name) or str(default)
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def amount(name: str, default: float) -> float:
    """A decimal number, zero or more, such as a price."""
    text = value(name)
    if text and not (text.replace(".", "", 1).isdecimal() and text.isascii() and len(text) <= 20):
        raise ImproperlyConfigured(f"{name} must be a number such as 0.15, not {text!r}.")
    return float(text) if text else default


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in value(name).split(",") if word.strip()] or list(default)


def secret_key() -> str:
    """The signing key. There is no default, and a published one is refused."""
    key = value("SECRET_KEY")
    if not key:
        raise ImproperlyConfigured("SECRET_KEY is not set. Set it, or let `goldpan up` make one in GOLDPAN_HOME.")
    is_published = key.lower() in PUBLISHED_SECRETS or key.startswith("django-insecure")
    if len(key) < 32 or len(set(key)) < 8 or is_published:
        raise ImproperlyConfigured("SECRET_KEY is short or published. Use at least 32 random characters.")
    return key


def database(url: str) -> dict[str, object]:
    """Django's database settings from a `postgresql://` URL; a published password on a network address is refused."""
    if not url:
        raise ImproperlyConfigured(
            "DATABASE_URL is not set. Set it, or let `goldpan up` start the embedded PostgreSQL."
        )
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://.")
    options = dict(parse_qsl(parts.query))
    password = unquote(parts.password or "")
    host = options.pop("host", "") or unquote(parts.hostname or "")
    if password.lower() in PUBLISHED_PASSWORDS:
        raise ImproperlyConfigured("The password in DATABASE_URL is a published default. Choose another.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "goldpan",
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": password,
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def refuse_open_doors(*, debug: bool, hosts: list[str], environment: Mapping[str, str] = os.environ) -> None:
    """Stop the process when the settings would open it to strangers."""
    if "*" in hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; * lets any Host header in.")
    strangers = [host for host in hosts if host not in LOCAL_HOSTS]
    if debug and strangers:
        raise ImproperlyConfigured(f"DEBUG is on while ALLOWED_HOSTS names {strangers[0]}. Turn DEBUG off.")
    if environment.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
        raise ImproperlyConfigured("DJANGO_ALLOW_ASYNC_UNSAFE is not for servers. Unset it.")
