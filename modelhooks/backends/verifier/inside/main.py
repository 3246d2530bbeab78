"""The comparing child: a question names a check, two texts and parameters; the answer is a verdict and a sentence.

What strangers wrote is parsed here and never evaluated. It may still take for ever: the kernel's clock ends that.
"""

import gc
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stack.confined.inside import bound_resources, channel, cpu_time, serve
from stack.confined.lock import lock, why_not
from stack.confined.sandboxed import readable

MEMORY = 1 << 30

Check = Callable[[str, str, Mapping[str, Any]], tuple[bool | None, str]]


def main() -> None:
    line = channel()
    bound_resources(MEMORY)
    checks = load_checks()
    close_doors()
    serve(line, lambda question: answer(checks, question))


def load_checks() -> Mapping[str, Check]:
    sys.modules["numpy"] = None  # type: ignore[assignment]  # pint would load it for arrays, which nobody has here
    from . import formulas, patterns, quantities  # after the memory limit

    gc.collect()
    gc.freeze()
    return {"formula": formulas.check, "pattern": patterns.check, "quantity": quantities.check}


def close_doors() -> None:
    """Libraries load parts of themselves late, so their folders stay readable. Elsewhere, limits are all there is."""
    if not why_not():
        lock([*readable(), *(Path(path) for path in sys.path if path.endswith("-packages"))], ())


def answer(checks: Mapping[str, Check], question: dict[str, Any]) -> dict[str, Any]:
    """One verdict. Whatever a library raises says that it could not be told."""
    try:
        with cpu_time(question["seconds"]):
            verdict, why = checks[question["check"]](question["answer"], question["known"], question["parameters"])
    except (MemoryError, RecursionError):
        return {"verdict": None, "why": "Comparing the answer with the known one takes too much memory."}
    except Exception as error:
        return {"verdict": None, "why": f"The answer could not be compared: {type(error).__name__}."}
    return {"verdict": verdict, "why": why}
