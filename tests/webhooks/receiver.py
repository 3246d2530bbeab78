"""A host that webhooks are sent to: on this machine, as good or as bad as a test wants it."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

Answer = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Got:
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


def says(status: str, *headers: str, body: bytes = b"") -> Answer:
    """Answers so."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return lambda client: client.sendall("\r\n".join(lines).encode() + body)


def trickles(client: socket.socket) -> None:
    """A byte of a header now and then, for ever."""
    client.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        client.sendall(b"x")
        time.sleep(0.02)


def is_huge(client: socket.socket) -> None:
    """A body without an end."""
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
    while True:
        client.sendall(b"x" * 2**16)


def has_no_end_of_headers(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        client.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


def hangs_up(client: socket.socket) -> None:
    client.close()


class Receiver:
    """Takes requests one after another; `answers` says how the next ones are answered, and then `usual`."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.got: list[Got] = []
        self.names: list[str | None] = []  # that TLS asked for
        self.answers: list[Answer] = []
        self.usual: Answer = says("204 No Content")
        self._tls = tls
        if tls:
            tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port = self._listening.getsockname()[1]
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def end(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes who waits for the next one
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._take, args=[client], daemon=True).start()

    def _take(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            spoken = self._tls.wrap_socket(client, server_side=True) if self._tls else client
            got = _read(spoken)
            self.got.append(got)
            answer = self.answers.pop(0) if self.answers else self.usual
            answer(spoken)
            with suppress(OSError):
                spoken.shutdown(socket.SHUT_RDWR)


def _read(client: socket.socket) -> Got:
    read = b""
    while b"\r\n\r\n" not in read:
        if not (piece := client.recv(2**16)):
            raise ConnectionError
        read += piece
    head, _, body = read.partition(b"\r\n\r\n")
    line, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += client.recv(2**16)
    return Got(line, headers, body)
