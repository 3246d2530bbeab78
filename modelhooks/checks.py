"""What `goldpan check` finds about the endpoints of models."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

from modelhooks import endpoints
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused

HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@register(Tags.security)
def endpoints_can_be_called(app_configs: object, **_: Any) -> Sequence[CheckMessage]:
    """Every endpoint has an address; a key goes to another machine in the open only with a warning."""
    try:
        known = endpoints.configured()
    except EndpointRefused as refusal:
        return [Error(str(refusal), id="goldpan.E005")]
    hint = "Let the server speak TLS, or see to it that nobody else is on that network."
    return [
        Caution(f"The key of “{one.name}” crosses the network unencrypted.", hint=hint, id="goldpan.W002")
        for one in known.values()
        if _is_in_the_open(one)
    ]


def _is_in_the_open(one: Endpoint) -> bool:
    parts = urlsplit(one.url)
    return bool(one.key) and parts.scheme == "http" and parts.hostname not in HERE
