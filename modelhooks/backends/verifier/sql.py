"""A query that has to return what a known one returns, in SQLite, in memory."""

import sqlite3
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, ValidationError

from modelhooks.backends.verifier.code import LONGEST, CodeVerifier, ReferenceUnreadable, object_in
from modelhooks.backends.verifier.kind import shown, told_apart
from modelhooks.backends.verifier.python_cases import same
from modelhooks.contracts import Candidate, Verification
from modelhooks.heads import Strict

Script = Annotated[str, StringConstraints(max_length=LONGEST)]
MOST_ROWS = 10_000


class Known(Strict):
    """What the response's SQL is tried on: `setup` makes the tables, `query` or `rows` says what should come out.

    With `check`, the SQL may change the tables, and what `check` returns afterwards is compared.
    """

    setup: Script = ""
    query: Script = ""
    rows: Annotated[list[list[Any]] | None, Field(max_length=MOST_ROWS)] = None
    check: Script = ""


class Sql(CodeVerifier):
    """Equal rows, whatever their columns are called. Their order counts where the known query says ORDER BY, or as
    `ordered` says. Numbers may differ by `relative` or `absolute`.
    """

    kind: ClassVar[str] = "sql"
    title: ClassVar[str] = "SQL that returns what it should"
    version: ClassVar[int] = 1
    known: ClassVar[tuple[Candidate, Candidate]] = told_apart("SELECT 1", "SELECT 2", '{"rows": [[1]]}')
    languages: ClassVar[frozenset[str]] = frozenset({"sql", "sqlite", "sqlite3", "mysql", "postgresql", "postgres"})

    ordered: Literal["as_known", "always", "never"] = "as_known"
    relative: Annotated[float, Field(ge=0, le=1)] = 1e-9
    absolute: Annotated[float, Field(ge=0, le=1e6)] = 1e-9

    def libraries(self) -> dict[str, str]:
        """SQLite's version."""
        return {"sqlite": sqlite3.sqlite_version}

    def judge(self, code: str, reference: str) -> Verification:
        """Whether the rows are those of the known query."""
        try:
            known = Known.model_validate(object_in(reference))
        except ValidationError:
            raise ReferenceUnreadable("is no setup with a query or rows") from None
        if not known.query and known.rows is None:
            raise ReferenceUnreadable("holds neither a query nor rows")
        asked = {"setup": known.setup, "known": known.query, "code": code, "check": known.check, "rows": MOST_ROWS}
        ended = self.run("sql", asked, with_folder=False)
        if known.query and (not ended.reports or "failed" in ended.reports[0]):
            reason = (
                ended.reports[0]["failed"] if ended.reports else f"took more than {self.seconds} seconds or crashed"
            )
            raise ReferenceUnreadable(f"does not run: {reason}")
        expected: list[list[Any]] = ended.reports[0]["rows"] if known.query else known.rows or []
        said = ended.reports[1 if known.query else 0 :]
        if not said:
            return self.cut_short(ended) or Verification(None, "The query was not tried.")
        if "failed" in said[0]:
            return Verification(False, f"The query does not run: {shown(said[0]['failed'])}.")
        return self._compared(said[0]["rows"], expected, known)

    def _compared(self, rows: list[list[Any]], expected: list[list[Any]], known: Known) -> Verification:
        if len(rows) != len(expected):
            return Verification(False, f"The query returns {len(rows)} rows, and {len(expected)} are right.")
        if not self._in_order(known):
            rows, expected = sorted(rows, key=_rank), sorted(expected, key=_rank)
        for number, (row, right) in enumerate(zip(rows, expected, strict=True), start=1):
            if not same(row, right, self.relative, self.absolute):
                return Verification(False, f"Row {number} is {shown(_line(row))} and not {shown(_line(right))}.")
        return Verification(True, f"The query returns the right {'row' if len(rows) == 1 else f'{len(rows)} rows'}.")

    def _in_order(self, known: Known) -> bool:
        if self.ordered == "as_known":
            return "order by" in " ".join((known.check or known.query).casefold().split())
        return self.ordered == "always"


def _rank(row: Sequence[Any]) -> tuple[tuple[int, float, str], ...]:
    """An order of any rows: nothing, numbers (rounded, so that those within a tolerance stand together), texts."""
    return tuple(
        (0, 0.0, "")
        if value is None
        else (1, round(float(value), 6), "")
        if isinstance(value, int | float)
        else (2, 0.0, str(value))
        for value in row
    )


def _line(row: Sequence[Any]) -> str:
    return ", ".join("NULL" if value is None else str(value) for value in row)
