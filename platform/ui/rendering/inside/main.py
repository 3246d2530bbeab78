"""The child's life: shut every door, then turn texts into HTML until the parent hangs up.

Anything may go wrong here. A text that runs away is killed by the kernel's own clock, in native code too, and the
parent starts the next child.
"""

import gc
import resource
import signal
import socket
from collections.abc import Callable

from . import wire

MEMORY = 512 * 2**20
LONGEST_MESSAGE = 64 * 2**20
LONGEST_OUTPUT = 8 * 2**20  # characters of one rendering
CPU_SECONDS_AT_MOST = 2.0

Renderer = Callable[[str, str, str], str]


def main() -> None:
    channel = socket.socket(fileno=0)
    bound_resources()
    render = load_renderer()
    close_doors()
    wire.send(channel, {"ready": True})
    while (request := wire.receive(channel, LONGEST_MESSAGE)) is not None:
        for source in request["sources"]:
            wire.send(channel, answer(render, source))


def bound_resources() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; its end closes our channel
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # the default action is to die, which no library can catch
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def load_renderer() -> Renderer:
    from . import renderer  # after the memory limit, before the doors close

    renderer.warm()
    gc.collect()
    gc.freeze()
    return renderer.to_html


def close_doors() -> None:
    """No further file descriptor: no file, no socket, no pipe can be opened from here on."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def answer(render: Renderer, source: dict[str, str]) -> dict[str, str]:
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds(len(source["text"])))
    try:
        html = render(source["text"], source["kind"], source["language"])
    except Exception as error:
        return {"html": "", "reason": "dropped" if type(error).__name__ == "Dropped" else "failed"}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {"html": "", "reason": "long"} if len(html) > LONGEST_OUTPUT else {"html": html, "reason": ""}


def cpu_seconds(characters: int) -> float:
    """Half a second for a short text, so that a small attack costs little; two for the longest."""
    return min(CPU_SECONDS_AT_MOST, 0.5 + characters / 100_000)
