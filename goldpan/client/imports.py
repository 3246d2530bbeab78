"""Rows on their way in."""

import gzip
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from goldpan.client import endpoints
from goldpan.client.connection import Connection
from goldpan.client.paging import rows
from goldpan.client.shapes import Import, RefusedRow
from goldpan.client.waiting import until_done

WAIT = 3600.0  # seconds


class Imports:
    """Imports into a project that one owns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def push(
        self,
        project: str,
        items: Iterable[Mapping[str, Any]],
        *,
        format: str = "goldpan",  # noqa: A002  as the API calls it
        name: str = "rows.jsonl.gz",
        options: Mapping[str, Any] | None = None,
        keep_labels: bool = True,
        seconds: float = WAIT,
    ) -> Import:
        """Send rows of a layout (docs/imports.md) and wait until each is accounted for: taken, a duplicate or refused.

        They are written to a packed file first, one at a time, so that there may be any number of them.
        """
        with tempfile.TemporaryFile() as file:
            with gzip.open(file, "wt", encoding="utf-8", compresslevel=1) as packed:
                packed.writelines(json.dumps(row, allow_nan=False) + "\n" for row in items)
            started = self._start(project, file, format=format, name=name, options=options, keep_labels=keep_labels)
        return self.wait(started["id"], seconds=seconds)

    def push_file(
        self,
        project: str,
        path: str | Path,
        *,
        format: str | None = None,  # noqa: A002
        options: Mapping[str, Any] | None = None,
        keep_labels: bool = True,
        seconds: float = WAIT,
    ) -> Import:
        """The same with a file of any kind that an import takes. Without a format its first rows decide."""
        with Path(path).open("rb") as file:
            name = Path(path).name
            started = self._start(project, file, format=format, name=name, options=options, keep_labels=keep_labels)
        return self.wait(started["id"], seconds=seconds)

    def get(self, import_id: str) -> Import:
        """How far it is."""
        return cast(Import, self._connection.call(endpoints.IMPORTED, import_id=import_id))

    def wait(self, import_id: str, *, seconds: float = WAIT) -> Import:
        """The import once every row is accounted for. Raises Stopped and StillOpen."""
        return until_done("The import", lambda: self.get(import_id), seconds)

    def refused(self, import_id: str) -> Iterator[RefusedRow]:
        """Each refused row with its number and the reason."""
        return cast(Iterator[RefusedRow], rows(self._connection, endpoints.REFUSED, import_id=import_id))

    def _start(
        self, project: str, file: Any, *, options: Mapping[str, Any] | None, **said: str | bool | None
    ) -> Import:
        size = cast(BinaryIO, file).seek(0, 2)
        query = {**said, "options": json.dumps(options) if options else None}
        return cast(Import, self._connection.upload(endpoints.IMPORT, file, size, query=query, slug=project))
