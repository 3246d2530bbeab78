"""What operators see of labeling and importing: how often, how it ended, how long it took."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar

from annotation.refusals import AnswersRefused
from ui import counters
from ui.problems import Refusal


class HasReplayed(Protocol):
    """What a counted service returns."""

    @property
    def replayed(self) -> bool: ...


Asked = ParamSpec("Asked")
Done = TypeVar("Done", bound=HasReplayed)


def counted(submit: Callable[Asked, Done]) -> Callable[Asked, Done]:
    """Count each call of a service that takes answers by its outcome."""

    @wraps(submit)
    def call(*args: Asked.args, **kwargs: Asked.kwargs) -> Done:
        started, outcome = time.perf_counter(), "failed"
        try:
            done = submit(*args, **kwargs)
            outcome = "replay" if done.replayed else "created"
        except AnswersRefused:
            outcome = "invalid"
            raise
        except Refusal:
            outcome = "conflict"
            raise
        finally:
            counters.submits.labels(outcome=outcome).inc()
            counters.submit_seconds.observe(time.perf_counter() - started)
        return done

    return call


def count_rows(**rows: int) -> None:
    """Count rows of an import by what became of them, once that is committed."""
    for result, number in rows.items():
        counters.import_rows.labels(result=result).inc(number)
