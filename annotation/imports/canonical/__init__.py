"""The one shape that every imported row takes, the rules it must meet, and what makes two rows the same.

Plain functions on plain data: no database, and cheap enough to run on every row of a large file.
"""

from annotation.imports.canonical.identity import content_digest, group_key
from annotation.imports.canonical.shapes import (
    CanonicalItem,
    CanonicalLabel,
    CanonicalResponse,
    Message,
    Refused,
)
from annotation.imports.canonical.validation import validate

__all__ = [
    "CanonicalItem",
    "CanonicalLabel",
    "CanonicalResponse",
    "Message",
    "Refused",
    "content_digest",
    "group_key",
    "validate",
]
