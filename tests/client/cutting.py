"""A proxy that breaks connections off in the middle of an answer, as networks do."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress

PIECE = 2**14


class CuttingProxy:
    """Passes bytes on to a server. The first connections end after so many bytes of what comes back."""

    def __init__(self, port: int, cuts: list[int]) -> None:
        self._port = port
        self._cuts = list(cuts)
        self.asked: list[bytes] = []  # how each request began, in the order in which they came
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def end(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._pass_on, args=[client], daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        """One request and its answer: whatever was asked, the server closes the connection behind it."""
        with client, socket.create_connection(("127.0.0.1", self._port)) as server, suppress(OSError):
            request = client.recv(2**16)
            self.asked.append(request)
            server.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1).replace(b"keep-alive", b"close"))
            threading.Thread(target=_copy, args=[client, server], daemon=True).start()  # the rest of a long body
            left = self._cuts.pop(0) if self._cuts else 2**40
            while left > 0 and (piece := server.recv(min(PIECE, left))):
                client.sendall(piece)
                left -= len(piece)
            for end in (client, server):  # closing alone ends nothing while the other thread waits for more
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def ranges(self) -> list[int]:
        """From which byte on each request asked, 0 for a whole answer."""
        lines = [line for request in self.asked for line in [request.lower().partition(b"\r\nrange: bytes=")[2]]]
        return [int(line.split(b"-")[0]) if line else 0 for line in lines]


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE):
            target.sendall(piece)


@contextmanager
def cutting(port: int, cuts: list[int]) -> Generator[CuttingProxy, None, None]:
    """The proxy before a server's port, for the length of the block."""
    proxy = CuttingProxy(port, cuts)
    try:
        yield proxy
    finally:
        proxy.end()
