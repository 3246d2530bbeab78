"""How a job stands, in the same words wherever a page tells it."""

from dataclasses import dataclass
from datetime import datetime

from jobs.models import Job, State


@dataclass(frozen=True, slots=True)
class Standing:
    """A word with a color (`good`, `warn`, `bad` or none), and the seconds until its next try if it waits for one."""

    word: str
    tone: str = ""
    seconds_left: float | None = None


ENDS = {
    State.DONE: Standing("done", "good"),
    State.FAILED: Standing("stopped", "bad"),
    State.DEAD: Standing("gave up", "bad"),
    State.CANCELLED: Standing("cancelled"),
}


def standing(job: Job, now: datetime) -> Standing:
    """A job that something stood in the way of is delayed until it is due again; then it waits like any other."""
    if ended := ENDS.get(State(job.state)):
        return ended
    if job.state == State.LEASED:
        return Standing("stopping" if job.cancel_asked else "running", "warn")
    if job.run_after > now:
        return Standing("delayed", "warn", (job.run_after - now).total_seconds())
    return Standing("waiting", "warn")


def is_delayed(job: Job, now: datetime) -> bool:
    """Whether it waits to be tried again."""
    return standing(job, now).seconds_left is not None
