"""Short ways to read bytes and to convert a row."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from annotation.imports.adapters import ADAPTERS
from annotation.imports.canonical import CanonicalItem, Refused, validate
from annotation.imports.reading import Record, Unreadable, open_rows


@pytest.fixture
def read() -> Callable[..., list[Record]]:
    """Every record of a file that holds these bytes."""

    def go(content: bytes, **options: Any) -> list[Record]:
        return list(open_rows(BytesIO(content), **options))

    return go


@pytest.fixture
def values(read: Callable[..., list[Record]]) -> Callable[..., list[Any]]:
    """The rows of a file, and the reason in place of each that could not be read."""

    def go(content: bytes, **options: Any) -> list[Any]:
        found = [record.value for record in read(content, **options)]
        return [value.reason if isinstance(value, Unreadable) else value for value in found]

    return go


@pytest.fixture
def convert() -> Callable[..., CanonicalItem]:
    """The valid item that an adapter makes of a row."""

    def go(adapter: str, row: dict[str, Any], **options: Any) -> CanonicalItem:
        item = ADAPTERS[adapter].convert(row, options)
        validate(item)
        return item

    return go


@pytest.fixture
def refusal(convert: Callable[..., CanonicalItem]) -> Callable[..., str]:
    """Why a row does not become an item."""

    def go(adapter: str, row: dict[str, Any], **options: Any) -> str:
        with pytest.raises(Refused) as refused:
            convert(adapter, row, **options)
        return refused.value.reason

    return go
