"""A server on this machine that speaks a chat API, or does not: each behavior is a function on one request."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST_HANG = 20.0  # seconds; a client that waits longer has no deadline


@dataclass
class Server:
    """What was asked (path and body), and how the next requests are answered."""

    url: str = ""
    behave: Callable[["Handler", dict[str, Any]], None] = lambda handler, body: handler.say(completion(body, "hello"))
    bodies: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Server
    lock = threading.Lock()

    def log_message(self, *_: object) -> None: ...

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.lock:
            self.served.bodies.append(body)
            self.served.paths.append(self.path)
            self.served.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.served.at_once += 1
            self.served.most_at_once = max(self.served.most_at_once, self.served.at_once)
        try:
            self.served.behave(self, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with self.lock:
                self.served.at_once -= 1

    def say(self, value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """A whole answer: bytes as they are, anything else as JSON."""
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        sent = {"content-type": "application/json", "content-length": str(len(raw)), **(headers or {})}
        for name, said in sent.items():
            self.send_header(name, said)
        self.end_headers()
        self.wfile.write(raw)

    def hang(self) -> None:
        """Nothing, until the test is over."""
        self.served.is_over.wait(LONGEST_HANG)
        self.cut()

    def cut(self) -> None:
        """The line goes dead."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def begin(self, length: int) -> None:
        """The head of an answer with a body of so many bytes."""
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(length))
        self.end_headers()

    def trickle(self, seconds: float) -> None:
        """One byte at a time, never long silent."""
        self.begin(50_000)
        for _ in range(int(LONGEST_HANG / seconds)):
            self.wfile.write(b" ")
            self.wfile.flush()
            if self.served.is_over.wait(seconds):
                break


@contextmanager
def serving() -> Iterator[Server]:
    """A server until the block ends. Whatever still hangs then is let go."""
    served = Server()
    handler = type("Handler", (Handler,), {"served": served, "lock": threading.Lock()})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    listening.daemon_threads = True
    served.url = f"http://127.0.0.1:{listening.server_port}/v1"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.is_over.set()
        listening.shutdown()
        listening.server_close()
        thread.join(5)


USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "prompt_tokens_details": {"cached_tokens": 40}}


def completion(body: dict[str, Any], *texts: str, usage: Any = USAGE, **more: Any) -> dict[str, Any]:
    """An answer as such servers give it: the texts, over and over, as many as were asked for."""
    written = [texts[number % len(texts)] for number in range(body.get("n", 1))]
    choices = [
        {"index": number, "finish_reason": "stop", "message": {"role": "assistant", "content": text}, **more}
        for number, text in enumerate(written)
    ]
    return {"id": "c", "object": "chat.completion", "model": body["model"], "choices": choices, "usage": usage}


def in_turn(*behaviors: Callable[[Handler, dict[str, Any]], None]) -> Callable[[Handler, dict[str, Any]], None]:
    """Each request gets the next of these, and the last for good."""
    waiting = list(behaviors)
    lock = threading.Lock()

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        with lock:
            chosen = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        chosen(handler, body)

    return behave


def elapsed(since: float) -> float:
    return time.monotonic() - since
