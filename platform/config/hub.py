"""Where releases may be pushed to: `GOLDPAN_HUB_TOKEN` opens it, `GOLDPAN_HUB_ENDPOINT` says which Hub it is."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import env

PUBLIC = "https://huggingface.co"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def token(setting: str = "GOLDPAN_HUB_TOKEN") -> str:
    """The token of the deployment; nothing is pushed without one."""
    said = env.value(setting)
    if said and not (said.isascii() and said.isprintable() and " " not in said and len(said) <= 500):
        raise ImproperlyConfigured(f"{setting} is not a token of a Hub.")  # it is not quoted: it may be half of one
    return said


def endpoint(setting: str = "GOLDPAN_HUB_ENDPOINT") -> str:
    """The Hub's address, without a slash at its end: https, or http on this machine."""
    said = (env.value(setting) or PUBLIC).rstrip("/")  # compose passes on what is empty
    try:
        parts = urlsplit(said)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    else:
        is_private = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
        if is_private and host and not (parts.query or parts.fragment or parts.username is not None or parts.path):
            return said
    raise ImproperlyConfigured(f"{setting} is an address such as {PUBLIC}: https, and without a path.")
