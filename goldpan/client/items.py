"""Items and annotations: reading them all, and adding what a machine says."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from goldpan.client import endpoints
from goldpan.client.connection import Connection
from goldpan.client.paging import rows
from goldpan.client.shapes import Annotation, Item


class Items:
    """Items of a project. For owners, curators and viewers: model names are in them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(
        self,
        project: str,
        *,
        state: str | None = None,
        tag: str | None = None,
        key: str | None = None,
        import_id: str | None = None,
    ) -> Iterator[Item]:
        """Each item in the order in which it came in; `state` is open, in-progress, done or skipped, `key` how the
        item's key begins."""
        query = {"state": state, "tag": tag, "key": key, "import": import_id}
        return cast(Iterator[Item], rows(self._connection, endpoints.ITEMS, query=query, slug=project))

    def get(self, item_id: int) -> Item:
        """One item, whole."""
        return cast(Item, self._connection.call(endpoints.ITEM, item_id=item_id))


class Annotations:
    """What people, models and files said about items."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(
        self,
        project: str,
        *,
        item: int | None = None,
        author: int | None = None,
        imported_name: str | None = None,
        with_superseded: bool = False,
    ) -> Iterator[Annotation]:
        """Each annotation in the order in which it was stored, answers in the item's own response order."""
        query = {"item": item, "author": author, "imported_name": imported_name, "current": not with_superseded}
        return cast(Iterator[Annotation], rows(self._connection, endpoints.ANNOTATIONS, query=query, slug=project))

    def add(
        self,
        project: str,
        *,
        item: int,
        imported_name: str,
        answers: Mapping[str, Any],
        source: Mapping[str, Any] | None = None,
    ) -> Annotation:
        """An annotation that a machine or a person elsewhere has made. The same once more is the same annotation;
        another opinion of this name supersedes it. Whole files of labels: `imports.push`."""
        body = {"item": item, "imported_name": imported_name, "answers": answers, "source": source}
        return cast(Annotation, self._connection.call(endpoints.ANNOTATE, body=body, slug=project))
