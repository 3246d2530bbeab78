"""What verifiers of code share: where the code stands in a response, the limits, and what an early end means."""

import json
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from signal import Signals
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from modelhooks.backends.verifier.kind import Seconds, Verifier
from modelhooks.contracts import Candidate, Verification
from stack.confined.lock import why_not
from stack.confined.sandbox import Ended, Limits, Program, Unavailable, run

HOME = Path(__file__).parent
LONGEST = 200_000  # characters of code, and of a reference
MEGABYTE = 1 << 20
WALL_TO_CPU = 4  # so many seconds of the clock for one of CPU, on a machine that does other things too
START = 10.0  # seconds

_fence = re.compile(r"[ \t]*(?P<marks>`{3,}|~{3,})[ \t]*(?P<language>[\w+-]*)")


class CodeVerifier(Verifier):
    """Runs what a response holds, in the sandbox, once for each response.

    The code is the `block` among the fenced ones of its language, or of no language; without fences, all of the text.
    """

    languages: ClassVar[frozenset[str]]
    at_once: ClassVar[int] = 8  # each of an item's responses may take its limit

    block: Literal["last", "first", "all"] = "last"
    seconds: Seconds = 10
    memory_mb: Annotated[int, Field(ge=64, le=4_096)] = 512

    def verify(self, candidates: Sequence[Candidate]) -> list[Verification]:
        """One verification per candidate, in their order."""
        return [self._verified(candidate) for candidate in candidates]

    def _verified(self, candidate: Candidate) -> Verification:
        if candidate.reference is None or not candidate.reference.strip():
            return Verification(None, "There is no known answer to compare with.")
        if max(len(candidate.reference), len(candidate.response)) > LONGEST:
            return Verification(None, f"More than {LONGEST:,} characters are not run.")
        code = code_in(candidate.response, self.languages, self.block)
        if not code.strip():
            return Verification(None, "There is no code in the response.")
        try:
            return self.judge(code, candidate.reference)
        except Unavailable as reason:
            return Verification(None, str(reason))
        except ReferenceUnreadable as reason:
            return Verification(None, f"The known answer {reason}.")

    def why_not(self) -> str:
        """Why code cannot be run on this machine."""
        return why_not()

    @abstractmethod
    def judge(self, code: str, reference: str) -> Verification:
        """Whether the code is right. Raises Unavailable and ReferenceUnreadable."""

    def run(self, module: str, request: Mapping[str, Any], *, given: str = "", with_folder: bool = True) -> Ended:
        """Run one of the programs in `inside`."""
        limits = Limits(
            cpu_seconds=self.seconds,
            wall_seconds=START + WALL_TO_CPU * self.seconds,
            memory_bytes=self.memory_mb * MEGABYTE,
        )
        program = Program(HOME, f"inside.{module}")
        return run(program, request, limits=limits, given=given.encode("utf-8", "replace"), with_folder=with_folder)

    def cut_short(self, ended: Ended) -> Verification | None:
        """What a limit or a crash says of the code; None where it ended by itself."""
        if ended.how == "ended":
            return None
        if ended.how == "wall":
            waited = f"{START + WALL_TO_CPU * self.seconds:.0f}"
            return Verification(None, f"The code did not end within {waited} seconds, though it hardly computed.")
        if ended.how == "killed":
            return Verification(None, "The code was stopped by somebody else before it ended.")
        return Verification(
            False,
            {
                "cpu": f"The code took more than {self.seconds} seconds.",
                "output": "The code wrote more than is read.",
                "files": "The code filled its folder.",
                "crash": f"The code crashed ({_signal(ended.status)}).",
            }[ended.how],
        )


class ReferenceUnreadable(ValueError):
    """The reference is not what this kind needs; the text is the end of a sentence."""


def code_in(response: str, languages: frozenset[str], block: str = "last") -> str:
    """The code in a response: of its fenced blocks, those in one of these languages, else those in none."""
    text = response.rpartition("</think>")[2]
    fenced = list(_fenced(text))
    found = [inner for name, inner in fenced if name in languages] or [inner for name, inner in fenced if not name]
    if not found:
        return "" if fenced else text
    return {"last": found[-1], "first": found[0], "all": "\n".join(found)}[block]


def _fenced(text: str) -> Iterator[tuple[str, str]]:
    """Language and text of each fenced block; one that is never closed ends with the response."""
    opened: re.Match[str] | None = None
    inner: list[str] = []
    for line in text.splitlines(keepends=True):
        fence = _fence.match(line)
        if opened is None:
            opened = fence
        elif fence and fence["marks"] == opened["marks"] and line.strip() == fence["marks"]:
            yield opened["language"].casefold(), "".join(inner)
            opened, inner = None, []
        else:
            inner.append(line)
    if opened is not None:
        yield opened["language"].casefold(), "".join(inner)


def object_in(reference: str) -> dict[str, Any]:
    """A reference that is a JSON object. Raises ReferenceUnreadable."""
    try:
        found = json.loads(reference)
    except (ValueError, RecursionError):
        raise ReferenceUnreadable("is no JSON") from None
    if not isinstance(found, dict):
        raise ReferenceUnreadable("is no JSON object")
    return found


def _signal(status: int) -> str:
    try:
        return Signals(-status).name
    except ValueError:
        return f"signal {-status}"
