"""Labeling by a program in a person's name: an item, and the answers to it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from goldpan.client import endpoints
from goldpan.client.connection import Connection
from goldpan.client.shapes import Submitted, Work


class Labeling:
    """Answers travel in the order shown: `a` is the response with the letter A."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next(self, project: str) -> Work | None:
        """The item that this person holds already, else a new one; None when nothing waits."""
        return cast(Work | None, self._connection.call(endpoints.NEXT, slug=project))

    def submit(
        self,
        lease_id: str,
        answers: Mapping[str, Any],
        *,
        seconds: float | None = None,
        taken: Sequence[str] | None = None,
        key: uuid.UUID | None = None,
    ) -> Submitted:
        """Store the answers once, however often the network makes us say so. `key` is for programs that may be
        started again in between: the same key with the same answers is the same annotation."""
        body = {"answers": answers, "seconds": seconds, "taken": taken}
        headers = {"Idempotency-Key": str(key or uuid.uuid4())}
        return cast(Submitted, self._connection.call(endpoints.SUBMIT, body=body, headers=headers, lease_id=lease_id))

    def skip(self, lease_id: str, reason: str) -> None:
        """Give the item back."""
        self._connection.call(endpoints.SKIP, body={"reason": reason}, lease_id=lease_id)
