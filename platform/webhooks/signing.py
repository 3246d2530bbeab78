"""Signatures as Standard Webhooks has them, so that receivers check them with a library of theirs.

HMAC-SHA256 over `id.timestamp.body`. The secret is made of the installation's key and the hook's salt: a copy of the
database alone signs nothing, and another SECRET_KEY makes other secrets.
"""

import base64
import hmac

from django.utils.crypto import salted_hmac

BEGINS = "whsec_"


def secret_of(salt: str) -> str:
    """What the receiver checks with; shown once."""
    return BEGINS + base64.b64encode(_key(salt)).decode()


def headers(salt: str, *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What goes out with a body at this second."""
    signed = hmac.digest(_key(salt), f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def _key(salt: str) -> bytes:
    return salted_hmac("webhooks.signing", salt, algorithm="sha256").digest()
