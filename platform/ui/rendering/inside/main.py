"""The child's life: shut every door, then turn texts into HTML until the parent hangs up.

Anything may go wrong here. A text that runs away is killed by the kernel's own clock, in native code too, and the
parent starts the next child.
"""

import gc
from collections.abc import Callable
from functools import partial

from stack.confined.inside import bound_resources, channel, close_doors, cpu_time, serve

MEMORY = 512 * 2**20
LONGEST_OUTPUT = 8 * 2**20  # characters of one rendering
CPU_SECONDS_AT_MOST = 2.0

Renderer = Callable[[str, str, str], str]


def main() -> None:
    line = channel()
    bound_resources(MEMORY)
    render = load_renderer()
    close_doors()
    serve(line, partial(answer, render))


def load_renderer() -> Renderer:
    from . import renderer  # after the memory limit, before the doors close

    renderer.warm()
    gc.collect()
    gc.freeze()
    return renderer.to_html


def answer(render: Renderer, source: dict[str, str]) -> dict[str, str]:
    try:
        with cpu_time(cpu_seconds(len(source["text"]))):
            html = render(source["text"], source["kind"], source["language"])
    except Exception as error:
        return {"html": "", "reason": "dropped" if type(error).__name__ == "Dropped" else "failed"}
    return {"html": "", "reason": "long"} if len(html) > LONGEST_OUTPUT else {"html": html, "reason": ""}


def cpu_seconds(characters: int) -> float:
    """Half a second for a short text, so that a small attack costs little; two for the longest."""
    return min(CPU_SECONDS_AT_MOST, 0.5 + characters / 100_000)
