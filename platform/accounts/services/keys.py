"""Secrets that open something: given out once, kept only as digests."""

import hashlib
import secrets


def new_secret(prefix: str = "") -> str:
    """256 random bits behind a prefix that lets people and scanners recognize it."""
    return f"{prefix}{secrets.token_urlsafe(32)}"


def digest_of(secret: str) -> bytes:
    """What is stored and looked up. One round is enough: the secret is random, not chosen."""
    return hashlib.sha256(secret.encode()).digest()
