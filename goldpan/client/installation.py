"""An installation of Goldpan, as a program sees it."""

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self, cast

import httpx2

from goldpan.client import endpoints
from goldpan.client.connection import TIMES, Connection, Retries
from goldpan.client.imports import Imports
from goldpan.client.items import Annotations, Items
from goldpan.client.labeling import Labeling
from goldpan.client.paging import rows
from goldpan.client.releases import Releases
from goldpan.client.rubrics import Rubrics
from goldpan.client.runs import Runs
from goldpan.client.shapes import Project


class Client:
    """Speaks for the person whose token it is, at the address that people open in their browser.

    `timeout` is in seconds for each answer; `retries` says how often a call is tried that may be repeated.
    """

    def __init__(
        self, base_url: str, token: str, *, timeout: float | httpx2.Timeout = TIMES, retries: Retries | None = None
    ) -> None:
        limit = timeout if isinstance(timeout, httpx2.Timeout) else httpx2.Timeout(timeout)
        self._connection = Connection(base_url, token, retries=retries or Retries(), timeout=limit)
        self.items = Items(self._connection)
        self.annotations = Annotations(self._connection)
        self.imports = Imports(self._connection)
        self.labeling = Labeling(self._connection)
        self.runs = Runs(self._connection)
        self.rubrics = Rubrics(self._connection)
        self.releases = Releases(self._connection)

    def projects(self) -> Iterator[Project]:
        """Each project that this person belongs to."""
        return cast(Iterator[Project], rows(self._connection, endpoints.PROJECTS))

    def project(self, slug: str) -> dict[str, Any]:
        """A project with its form and settings."""
        return cast(dict[str, Any], self._connection.call(endpoints.PROJECT, slug=slug))

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()
