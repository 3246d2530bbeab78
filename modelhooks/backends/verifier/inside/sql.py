"""Tries SQL on tables in memory, each time on new ones, and says which rows came out."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

LONGEST_VALUE = 1 << 20  # bytes
LONGEST_ROWS = 500_000  # characters of all that is reported
# By the numbers of SQLite's authorizer: to read and change tables, and nothing that names a file or a setting.
ALLOWED = {
    sqlite3.SQLITE_ALTER_TABLE,
    sqlite3.SQLITE_ANALYZE,
    sqlite3.SQLITE_CREATE_INDEX,
    sqlite3.SQLITE_CREATE_TABLE,
    sqlite3.SQLITE_CREATE_TEMP_INDEX,
    sqlite3.SQLITE_CREATE_TEMP_TABLE,
    sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
    sqlite3.SQLITE_CREATE_TEMP_VIEW,
    sqlite3.SQLITE_CREATE_TRIGGER,
    sqlite3.SQLITE_CREATE_VIEW,
    sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_DROP_INDEX,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_DROP_TEMP_INDEX,
    sqlite3.SQLITE_DROP_TEMP_TABLE,
    sqlite3.SQLITE_DROP_TEMP_TRIGGER,
    sqlite3.SQLITE_DROP_TEMP_VIEW,
    sqlite3.SQLITE_DROP_TRIGGER,
    sqlite3.SQLITE_DROP_VIEW,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_INSERT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_REINDEX,
    sqlite3.SQLITE_SAVEPOINT,
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_TRANSACTION,
    sqlite3.SQLITE_UPDATE,
}
REFUSED_FUNCTIONS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}
LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


class _Unfit(Exception):
    """It ran, and its outcome cannot be compared."""


def main(request: Mapping[str, Any], report: Callable[[Any], None]) -> None:
    """Report `rows` or `failed` for the known query, if there is one, then for the code."""
    for code in filter(None, (request["known"], request["code"])):
        try:
            report({"rows": _tried(code, request)})
        except (sqlite3.Error, sqlite3.Warning, _Unfit, MemoryError, ValueError) as error:
            report({"failed": str(error) or "it takes too much memory"})


def _tried(code: str, request: Mapping[str, Any]) -> list[list[Any]]:
    tables = _tables(request["setup"])
    if not request["check"]:
        return _rows(tables, code, request["rows"])
    tables.executescript(code)
    return _rows(tables, request["check"], request["rows"])


def _tables(setup: str) -> sqlite3.Connection:
    tables = sqlite3.connect(":memory:", isolation_level=None)
    tables.execute("PRAGMA temp_store = MEMORY")
    tables.execute("PRAGMA trusted_schema = OFF")
    for limit, value in LIMITS.items():
        tables.setlimit(limit, value)
    tables.set_authorizer(_authorized)
    tables.executescript(setup)
    return tables


def _authorized(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION and second in REFUSED_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


def _rows(tables: sqlite3.Connection, query: str, most: int) -> list[list[Any]]:
    answer = tables.execute(query)
    if answer.description is None:
        raise _Unfit("it returns no rows")
    rows, characters = [], 0
    for row in answer:
        rows.append([_as_json(value) for value in row])
        characters += sum(len(str(value)) for value in row)
        if len(rows) > most or characters > LONGEST_ROWS:
            raise _Unfit("it returns more than can be compared")
    return rows


def _as_json(value: Any) -> Any:
    return {"bytes": value.hex()} if isinstance(value, bytes) else value
