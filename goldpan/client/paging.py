"""Lists, a page at a time: as much memory for a million rows as for two hundred."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from goldpan.client.connection import Connection
from goldpan.client.endpoints import Operation

LARGEST_PAGE = 200


def rows(
    connection: Connection, endpoint: Operation, *, query: Mapping[str, Any] | None = None, **names: Any
) -> Iterator[Any]:
    """Every row of a list, fetched while it is read. Rows that come in meanwhile may be among them or not."""
    asked = {"page_size": LARGEST_PAGE, **(query or {})}
    while True:
        page = connection.call(endpoint, query=asked, **names)
        yield from page["results"]
        if not page["next"]:
            return
        # The cursor alone: the address as a whole is the server's view of itself, which a proxy may have changed.
        asked = {**asked, "cursor": parse_qs(urlsplit(page["next"]).query)["cursor"][0]}
