"""Goldpan's API from Python: items and annotations out and in, runs of models, releases. Needs httpx2 alone.

from goldpan.client import Client

with Client("http://127.0.0.1:8000", "gp_…") as goldpan:
    release = goldpan.releases.wait(goldpan.releases.freeze("answers")["id"])
    pairs = goldpan.releases.load(release["id"], "rm_pairs")
"""

from goldpan.client.connection import Retries
from goldpan.client.errors import (
    Conflict,
    Damaged,
    GoldpanError,
    LibraryMissing,
    NotFound,
    NotUnderstood,
    Problem,
    Refused,
    ServerFault,
    StillOpen,
    Stopped,
    TokenRefused,
    TooLarge,
    TooMany,
    Unreachable,
)
from goldpan.client.installation import Client

__all__ = [
    "Client",
    "Conflict",
    "Damaged",
    "GoldpanError",
    "LibraryMissing",
    "NotFound",
    "NotUnderstood",
    "Problem",
    "Refused",
    "Retries",
    "ServerFault",
    "StillOpen",
    "Stopped",
    "TokenRefused",
    "TooLarge",
    "TooMany",
    "Unreachable",
]
