"""Runs of models."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from goldpan.client import endpoints
from goldpan.client.connection import Connection
from goldpan.client.paging import rows
from goldpan.client.shapes import Checkpoint, Failure, Run, RunReport
from goldpan.client.waiting import until_done

WAIT = 24 * 3600.0  # seconds


class Runs:
    """Asking checkpoints about items of a project."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def checkpoints(self) -> Iterator[Checkpoint]:
        """What can be asked."""
        return cast(Iterator[Checkpoint], rows(self._connection, endpoints.CHECKPOINTS))

    def all(self, project: str) -> Iterator[Run]:
        """Each run, the newest first."""
        return cast(Iterator[Run], rows(self._connection, endpoints.RUNS, slug=project))

    def start(
        self,
        project: str,
        *,
        checkpoint: int,
        question: str,
        filters: Mapping[str, Any] | None = None,
        limit: int | None = None,
        wishes: Mapping[str, Any] | None = None,
    ) -> RunReport:
        """Have the checkpoint answer the question about every item that the filters let through."""
        body = {"checkpoint": checkpoint, "question": question, "filters": filters, "limit": limit, "wishes": wishes}
        return cast(RunReport, self._connection.call(endpoints.START_RUN, body=body, slug=project))

    def get(self, run_id: int) -> RunReport:
        """How far it is, and what it took."""
        return cast(RunReport, self._connection.call(endpoints.RUN, run_id=run_id))

    def wait(self, run_id: int, *, seconds: float = WAIT) -> RunReport:
        """The run once it is done. Raises Stopped and StillOpen."""
        return until_done("The run", lambda: self.get(run_id), seconds)

    def cancel(self, run_id: int) -> RunReport:
        """Stop it after what it computes now; what it answered stays."""
        return cast(RunReport, self._connection.call(endpoints.CANCEL_RUN, run_id=run_id))

    def failures(self, run_id: int) -> Iterator[Failure]:
        """Each item that it gave up, with the reason."""
        return cast(Iterator[Failure], rows(self._connection, endpoints.RUN_FAILURES, run_id=run_id))
