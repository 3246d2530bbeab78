"""Signatures in addresses of single files, for tools that can send no token. Plain functions; nothing is stored."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer

DEFAULT_HOURS, MOST_HOURS = 24, 7 * 24

SALT = "goldpan.release-file"


def sign(release_id: UUID, path: str, *, expires_at: datetime) -> str:
    """What stands in an address of this file of this release, and holds up to that second.

    It stands before the path and not behind a question mark: readers choose their parser by how an address ends.
    """
    until = int(expires_at.timestamp())
    return f"{until}.{Signer(salt=SALT).signature(_value(until, release_id, path))}"


def holds(signature: str, release_id: UUID, path: str, *, now: datetime) -> bool:
    """Whether this signature was made for this file, and its time is not over."""
    until, _, signed = signature.partition(".")
    if not (until.isascii() and until.isdecimal() and len(until) <= 12):
        return False
    signer = Signer(salt=SALT)
    try:
        signer.unsign(f"{_value(int(until), release_id, path)}{signer.sep}{signed}")
    except BadSignature:
        return False
    return now.timestamp() < int(until)


def expiry(now: datetime, hours: int) -> datetime:
    """When an address made now ends, to the second. Raises ValueError outside of an hour to seven days."""
    if not 1 <= hours <= MOST_HOURS:
        raise ValueError(hours)
    return (now + timedelta(hours=hours)).replace(microsecond=0)


def _value(until: int, release_id: UUID, path: str) -> str:
    return f"{until}/{release_id}/{path}"
