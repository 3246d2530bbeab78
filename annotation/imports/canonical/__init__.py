"""The one shape that every imported row takes, the rules it must meet, and what makes two rows the same.

Plain functions on plain data: no database, and cheap enough to run on every row of a large file.
"""

from annotation.imports.canonical.identity import content_digest, group_key, name_of
from annotation.imports.canonical.shapes import (
    CanonicalItem,
    CanonicalLabel,
    CanonicalResponse,
    MediaRef,
    Message,
    Refused,
)
from annotation.imports.canonical.validation import tag_identical, validate

__all__ = [
    "CanonicalItem",
    "CanonicalLabel",
    "CanonicalResponse",
    "MediaRef",
    "Message",
    "Refused",
    "content_digest",
    "group_key",
    "name_of",
    "tag_identical",
    "validate",
]
