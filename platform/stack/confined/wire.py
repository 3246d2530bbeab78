"""Length-prefixed JSON between a process and its confined children."""

import json
import socket
import struct
from typing import Any

HEADER = struct.Struct(">I")


class TooLong(ValueError):
    """The other side announced a message beyond the limit."""


def send(channel: socket.socket, message: Any) -> None:
    body = json.dumps(message).encode("ascii")
    channel.sendall(HEADER.pack(len(body)) + body)


def receive(channel: socket.socket, limit: int) -> Any:
    """The next message, or None once the other side has closed."""
    header = _exactly(channel, HEADER.size)
    if header is None:
        return None
    (length,) = HEADER.unpack(header)
    if length > limit:
        raise TooLong(f"a message of {length} bytes")
    body = _exactly(channel, length)
    return None if body is None else json.loads(body)


def _exactly(channel: socket.socket, length: int) -> bytes | None:
    pieces = bytearray()
    while len(pieces) < length:
        piece = channel.recv(min(length - len(pieces), 1 << 20))
        if not piece:
            return None
        pieces += piece
    return bytes(pieces)
