"""Rubrics written by models and proven by labels. What asks a model is a run: wait for it with `runs.wait`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from goldpan.client import endpoints
from goldpan.client.connection import Connection
from goldpan.client.paging import rows
from goldpan.client.shapes import Attempt, Draft, Line, ListedReport, Report, RunReport


class Rubrics:
    """What curators do with rubrics and runs; a version is named by the numbers of its rubric and of itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(
        self,
        project: str,
        *,
        checkpoint: int,
        question: str,
        filters: Mapping[str, Any] | None = None,
        wishes: Mapping[str, Any] | None = None,
    ) -> RunReport:
        """Have a writer contrast the two responses of labelled pairs."""
        body = {"checkpoint": checkpoint, "question": question, "filters": filters, "wishes": wishes}
        return cast(RunReport, self._connection.call(endpoints.WRITE_RUBRICS, body=body, slug=project))

    def attempts(self, project: str, run_id: int, *, outcome: str | None = None) -> Iterator[Attempt]:
        """What became of each pair; `outcome` is kept or rejected."""
        query = {"outcome": outcome}
        found = rows(self._connection, endpoints.ATTEMPTS, query=query, slug=project, written_id=run_id)
        return cast(Iterator[Attempt], found)

    def gather(
        self,
        project: str,
        run_id: int,
        *,
        name: str,
        most: int | None = None,
        sliced_by: Mapping[str, str] | None = None,
    ) -> Draft:
        """A draft of the criteria with the most prompts behind them."""
        body = {"name": name, "most": most, "slice": sliced_by}
        return cast(Draft, self._connection.call(endpoints.GATHER, body=body, slug=project, written_id=run_id))

    def merge(self, project: str, run_id: int, *, checkpoint: int, name: str, most: int | None = None) -> RunReport:
        """Have a writer put them into general words."""
        body = {"checkpoint": checkpoint, "name": name, "most": most}
        return cast(RunReport, self._connection.call(endpoints.MERGE, body=body, slug=project, written_id=run_id))

    def take(self, project: str, run_id: int, item_id: int) -> Draft:
        """A draft of what was kept of one pair, for its item alone."""
        found = self._connection.call(endpoints.TAKE_ATTEMPT, slug=project, written_id=run_id, item_id=item_id)
        return cast(Draft, found)

    def read(
        self,
        project: str,
        *,
        source: str,
        checkpoint: int,
        question: str | None = None,
        filters: Mapping[str, Any] | None = None,
        wishes: Mapping[str, Any] | None = None,
    ) -> RunReport:
        """Have a writer find lines in `principles` (what people answered to a text question), `constraints` or
        `checklist`."""
        body = {
            "source": source,
            "checkpoint": checkpoint,
            "question": question,
            "filters": filters,
            "wishes": wishes,
        }
        return cast(RunReport, self._connection.call(endpoints.READ_LINES, body=body, slug=project))

    def lines(self, project: str, run_id: int) -> Iterator[Line]:
        """The lines that such a run found, each with the words that it rests on."""
        return cast(Iterator[Line], rows(self._connection, endpoints.LINES, slug=project, lines_id=run_id))

    def share(self, project: str, run_id: int, *, name: str, most: int | None = None) -> Draft:
        """A draft of the principles that at least two annotators go by."""
        body = {"name": name, "most": most}
        return cast(Draft, self._connection.call(endpoints.SHARE_LINES, body=body, slug=project, lines_id=run_id))

    def take_lines(self, project: str, run_id: int, item_id: int) -> Draft:
        """A draft of all lines of one item, for that item alone."""
        body = {"item": item_id}
        return cast(Draft, self._connection.call(endpoints.TAKE_LINES, body=body, slug=project, lines_id=run_id))

    def grade(
        self,
        project: str,
        number: int,
        version: int,
        *,
        checkpoint: int,
        question: str,
        filters: Mapping[str, Any] | None = None,
        wishes: Mapping[str, Any] | None = None,
    ) -> RunReport:
        """Have a judge that is not told the label answer a version about labelled pairs."""
        body = {"checkpoint": checkpoint, "question": question, "filters": filters, "wishes": wishes}
        asked = self._connection.call(endpoints.GRADE, body=body, slug=project, number=number, version=version)
        return cast(RunReport, asked)

    def reports(self, project: str, number: int, version: int) -> Iterator[ListedReport]:
        """What judges found by a version, the newest first."""
        found = rows(self._connection, endpoints.REPORTS, slug=project, number=number, version=version)
        return cast(Iterator[ListedReport], found)

    def report(self, project: str, number: int, version: int, report_id: int) -> Report:
        """One of them, with what each criterion is worth."""
        names: dict[str, Any] = {"slug": project, "number": number, "version": version, "report_id": report_id}
        return cast(Report, self._connection.call(endpoints.REPORT, **names))

    def decide(
        self,
        project: str,
        number: int,
        version: int,
        edits: Sequence[Mapping[str, Any]] = (),
        *,
        note: str | None = None,
        fitted_by: int | None = None,
    ) -> Draft:
        """The next version: each edit names a `key`, and says `is_kept`, `title`, `weight` or `into`."""
        body = {"edits": list(edits), "note": note, "fitted_by": fitted_by}
        made = self._connection.call(endpoints.DECIDE, body=body, slug=project, number=number, version=version)
        return cast(Draft, made)

    def revise(
        self,
        project: str,
        number: int,
        version: int,
        *,
        checkpoint: int,
        report: int | None = None,
        percent: int | None = None,
    ) -> RunReport:
        """Have a writer mend a version by pairs that it got wrong."""
        body = {"checkpoint": checkpoint, "report": report, "percent": percent}
        asked = self._connection.call(endpoints.REVISE, body=body, slug=project, number=number, version=version)
        return cast(RunReport, asked)

    def promote(self, project: str, number: int, version: int) -> dict[str, Any]:
        """Let it take over from the version before. Raises Conflict, with the figures, where labels do not say so."""
        found = self._connection.call(endpoints.PROMOTE, slug=project, number=number, version=version)
        return cast(dict[str, Any], found)
