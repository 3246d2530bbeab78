"""The one door through which webhooks go out: to an address that was looked up and checked once, in bounded time.

What the host answers is its status alone. Nothing of what it says is read, kept or shown: whoever can make us call an
address must not learn what lies there.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from webhooks import addresses
from webhooks.addresses import AddressRefused, NameUnknown, Target

SECONDS = 10.0  # for everything after the name: a host that sends a byte now and then has no longer
TO_CONNECT = 4.0  # seconds for one of a host's addresses
MOST_ADDRESSES = 3


class NotSent(Exception):
    """Nobody took it; the text says why in our own words."""


def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status that the host answers. Raises NotSent, for an answer that is no HTTP, too."""
    try:
        one = addresses.target(url)
        places = addresses.resolved(one)
    except AddressRefused as error:
        raise NotSent(str(error)) from None
    except NameUnknown:
        raise NotSent("The name of the host could not be resolved.") from None
    with _within(SECONDS) as watched:
        try:
            status = _asked(one, watched.holding(_connected(one, places)), headers, body)
        except ssl.SSLCertVerificationError:
            raise NotSent("The host's certificate is not valid for its name.") from None
        except (OSError, http.client.HTTPException):
            if watched.is_over:
                raise _too_late() from None
            raise NotSent("The connection failed, or what answered does not speak HTTP.") from None
        if watched.is_over:  # headers that were cut off look like headers that ended
            raise _too_late()
        return status


def _too_late() -> NotSent:
    return NotSent(f"The host did not answer within {SECONDS:g} seconds.")


def _connected(one: Target, places: list[str]) -> socket.socket:
    """A connection to the first of these numeric addresses that takes it. Names are not asked for again."""
    for place in places[:MOST_ADDRESSES]:
        try:
            return socket.create_connection((place, one.port), timeout=TO_CONNECT)
        except OSError:
            continue
    raise NotSent("No connection to the host could be made.")


def _asked(one: Target, connected: socket.socket, headers: Mapping[str, str], body: bytes) -> int:
    """Host, server name and certificate are those of the name, whatever number it has. Redirects are an answer."""
    connected.settimeout(SECONDS)
    context = ssl.create_default_context()
    speaking: http.client.HTTPConnection
    if one.scheme == "https":
        speaking = http.client.HTTPSConnection(one.host, one.port, context=context)
        speaking.sock = context.wrap_socket(connected, server_hostname=one.host)
    else:
        speaking = http.client.HTTPConnection(one.host, one.port)
        speaking.sock = connected
    try:
        speaking.request("POST", one.path, body, {**headers, "Connection": "close"})
        return speaking.getresponse().status
    finally:
        speaking.close()


class _Watch:
    """Ends a connection from outside once its time is over: no time-out of single reads ends a trickle."""

    def __init__(self) -> None:
        self.is_over = False
        self._held: socket.socket | None = None

    def holding(self, connected: socket.socket) -> socket.socket:
        # A second handle: TLS takes the first one over.
        self._held = connected.dup()
        return connected

    def cut(self) -> None:
        self.is_over = True
        if self._held is not None:
            try:
                self._held.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended already

    def release(self) -> None:
        if self._held is not None:
            self._held.close()


@contextmanager
def _within(seconds: float) -> Iterator[_Watch]:
    watch = _Watch()
    timer = threading.Timer(seconds, watch.cut)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        watch.release()
