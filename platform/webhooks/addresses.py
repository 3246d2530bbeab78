"""Which addresses may be called (AB-12). Closed unless the deployment opens it: `GOLDPAN_WEBHOOKS`.

An origin that the deployment names may lie anywhere, since who names it runs the machine; `global` opens every https
address on port 443 that is reachable from the whole Internet, and nothing of our own network, however it is written.
"""

import ipaddress
import re
import socket
import threading
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from webhooks.models import LONGEST_URL

PORTS = {"http": 80, "https": 443}
NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?")
PATIENCE = 5.0  # seconds for a name; the system's resolver cannot be told to hurry
# Addresses of IPv6 that hold one of IPv4, which a router on the way may unpack: IPv4-compatible and mapped, NAT64 of
# RFC 6052 and RFC 8215, 6to4, Teredo. Whoever can be reached without them is reached without them.
PACKED = [
    ipaddress.ip_network(one)
    for one in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
ISATAP = {0x5EFE, 0x2005EFE}  # the upper half of an interface's id, with IPv4 in the lower one
# What older Pythons take for global: IETF protocol assignments, relays of 6to4, documentation.
NOT_GLOBAL = [ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(ValueError):
    """This address is not called; the text says why, and nothing of what lies there."""


class NameUnknown(Exception):
    """The host's name leads nowhere at the moment."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address, taken apart: what is called, and whether the deployment names its origin."""

    scheme: str
    host: str
    port: int
    path: str
    is_named: bool


def are_on() -> bool:
    """Whether the deployment lets anything be called at all."""
    return bool(settings.WEBHOOK_ORIGINS or settings.WEBHOOKS_ARE_GLOBAL)


def target(url: str) -> Target:
    """The parts of an address that the deployment allows. Resolves nothing. Raises AddressRefused."""
    parts = _split(url)
    host = (parts.hostname or "").removesuffix(".")
    port = parts.port or PORTS[parts.scheme]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    is_named = origin(parts.scheme, host, port) in settings.WEBHOOK_ORIGINS
    if not is_named:
        _require_global(parts.scheme, port)
    return Target(parts.scheme, host, port, path, is_named)


def origin(scheme: str, host: str, port: int) -> str:
    """How settings name it."""
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def resolved(one: Target) -> list[str]:
    """The addresses to connect to, asked for once. One that may not be called refuses them all, since whoever answers
    for the name chooses which comes first. Raises AddressRefused and NameUnknown."""
    found = _looked_up(one.host, one.port)
    for text in found:
        if not may_be_called(text, one):
            raise AddressRefused("The host leads to an address that is not called.")
    return found


def may_be_called(text: str, one: Target) -> bool:
    """Whether a connection to this numeric address is allowed for the target."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # with a zone, or whatever else
        return False
    if one.is_named:
        # A name may be led astray: to the cloud's own data at 169.254.169.254, for one.
        return text == one.host or not (address.is_link_local or address.is_multicast or address.is_unspecified)
    return is_global(address)


def is_global(address: Address) -> bool:
    """Whether the whole Internet reaches it, and by this address alone."""
    if not address.is_global or any(address in network for network in NOT_GLOBAL):
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not (address.is_multicast or address.is_reserved)
    is_packed = any(address in packed for packed in PACKED) or (int(address) >> 32) & 0xFFFFFFFF in ISATAP
    return address in GLOBAL_UNICAST and not is_packed


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or not url.isascii() or any(sign <= " " or sign in '\x7f\\"<>' for sign in url):
        raise AddressRefused("An address is at most 500 plain signs without spaces; write other letters percent-coded.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("This is not an address.") from None
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise AddressRefused("An address begins with https:// and names a host.")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise AddressRefused("An address has no name, password or # in it.")
    if not (NAME.fullmatch(parts.hostname.removesuffix(".")) or _is_ipv6(parts.hostname)):
        raise AddressRefused("The host is not one that can be called.")
    return parts


def _is_ipv6(host: str) -> bool:
    try:
        return isinstance(ipaddress.ip_address(host), ipaddress.IPv6Address) and "%" not in host
    except ValueError:
        return False


def _require_global(scheme: str, port: int) -> None:
    if not settings.WEBHOOKS_ARE_GLOBAL:
        raise AddressRefused("This deployment calls no such host; GOLDPAN_WEBHOOKS names those that it calls.")
    if (scheme, port) != ("https", PORTS["https"]):
        raise AddressRefused("Only https on port 443 is called, besides what GOLDPAN_WEBHOOKS names.")


def _looked_up(host: str, port: int) -> list[str]:
    """In a thread of its own, which is left behind where the resolver does not answer in time."""
    found: list[str] = []

    def look_up() -> None:
        try:
            for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append(str(place[0]))
        except (OSError, UnicodeError):
            return

    asking = threading.Thread(target=look_up, name="webhook-name", daemon=True)
    asking.start()
    asking.join(PATIENCE)
    if asking.is_alive() or not found:
        raise NameUnknown
    return list(dict.fromkeys(found))
