"""Which hosts webhooks may call, as the environment says: `GOLDPAN_WEBHOOKS=https://ci.example.org,global`."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import env

EVERYWHERE = "global"
PORTS = {"http": 80, "https": 443}


def origins(setting: str = "GOLDPAN_WEBHOOKS") -> tuple[frozenset[str], bool]:
    """The origins that are named, each with its port, and whether all the Internet is open besides."""
    said = env.words(setting)
    return frozenset(_origin(setting, one) for one in said if one != EVERYWHERE), EVERYWHERE in said


def _origin(setting: str, said: str) -> str:
    try:
        parts = urlsplit(said)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    else:
        if parts.scheme in PORTS and host and parts.path in ("", "/") and not (parts.query or parts.username):
            shown = f"[{host}]" if ":" in host else host
            return f"{parts.scheme}://{shown}:{port or PORTS[parts.scheme]}"
    raise ImproperlyConfigured(f"{setting} is a list of addresses such as https://ci.example.org:8443, not {said!r}.")
