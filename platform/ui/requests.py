"""What a view is given: a request with htmx's word in it, and the address it came from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """The request as our views see it, behind HtmxMiddleware."""

    htmx: HtmxDetails


def client_address(request: HttpRequest) -> str:
    """The address of the caller, as the last proxy that we trust saw it.

    X-Forwarded-For is believed only as far as TRUSTED_PROXY_COUNT reaches, counted from its end: everything before
    that was written by the caller. Too few entries, or none that is an address, and the peer's own address counts.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    count: int = settings.TRUSTED_PROXY_COUNT
    hops = [hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if count <= 0 or len(hops) < count:
        return peer
    return _address(hops[-count]) or peer


def _address(hop: str) -> str:
    """The address of one hop without brackets and port, or an empty string."""
    bare = hop[1:].partition("]")[0] if hop.startswith("[") else hop
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return ""
