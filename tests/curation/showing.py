"""Items that show files, for tests of what becomes of those in a release."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import Item, ItemMedia
from annotation.services import media
from projects.access import Place

Ref = dict[str, str]
"""A file as turns refer to it."""


@pytest.fixture
def kept(olga: Place) -> Callable[..., Ref]:
    """A file of the project."""

    def keep(content: bytes, name: str = "") -> Ref:
        one = media.upload(olga, source=io.BytesIO(content))
        return {"sha256": one.sha256, "kind": one.kind, "type": one.type, **({"name": name} if name else {})}

    return keep


@pytest.fixture
def showing(add_item: Callable[..., Item]) -> Callable[..., Item]:
    """An item whose turns show these files: of the prompt, and of each response."""

    def add(prompt: list[Ref], *responses: list[Ref], texts: tuple[str, ...] = ("good", "bad")) -> Item:
        turns: list[dict[str, Any]] = [
            {"messages": [{"role": "assistant", "content": text, **({"media": shown} if shown else {})}]}
            for text, shown in zip(texts, responses or ([], []), strict=True)
        ]
        asked = {"role": "user", "content": "Which?", **({"media": prompt} if prompt else {})}
        item = add_item("a", "b", messages=[asked], responses=turns)
        for digest in {ref["sha256"] for shown in (prompt, *responses) for ref in shown}:
            ItemMedia.objects.create(item=item, media=item.project.media.get(sha256=digest))
        return item

    return add
