"""Items that Goldpan itself makes, with their slots: in the caller's transaction, and never twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from annotation.imports.canonical import (
    CanonicalItem,
    CanonicalResponse,
    Refused,
    content_digest,
    group_key,
    name_of,
    validate,
)
from annotation.models import Item, ItemMedia, Slot
from annotation.services import media

OVERLAP = "SELECT overlap FROM projects_project WHERE id = %s FOR SHARE"
OF_A_RESPONSE = ("model", "params", "key", "steps")


@dataclass(frozen=True, slots=True)
class Added:
    """How many items are new, how many were there already, and why others cannot be stored."""

    new: int
    known: int
    refused: tuple[str, ...] = ()


def add(project_id: int, wanted: Sequence[CanonicalItem]) -> Added:
    """Store the items of a project that it does not have: an item is known by its prompt and responses.

    Their prompts are those of items that are there, with files that the project has. Raises IntegrityError where an
    import took a key in this very moment.
    """
    fit, refused = _checked(wanted)
    by_key = {name_of(item, content_digest(item)): item for item in fit}
    there = set(Item.objects.filter(project=project_id, key__in=by_key).values_list("key", flat=True))
    rows = [_row(project_id, key, item) for key, item in by_key.items() if key not in there]
    Item.objects.bulk_create(rows)
    _add_slots(project_id, rows)
    _add_media(project_id, rows)
    return Added(len(rows), len(fit) - len(rows), tuple(refused))


def _checked(wanted: Sequence[CanonicalItem]) -> tuple[list[CanonicalItem], list[str]]:
    """Those that may be stored, and why the others may not."""
    fit, refused = [], []
    for item in wanted:
        words: Any = [{"role": turn["role"], "content": turn["content"]} for turn in item.messages]
        looked_at = replace(item, messages=words)  # files in it were checked when they came in
        try:
            validate(looked_at)
        except Refused as refusal:
            refused.append(refusal.reason)
        else:
            item.tags, item.rubric = looked_at.tags, looked_at.rubric
            fit.append(item)
    return fit, refused


def _row(project_id: int, key: str, item: CanonicalItem) -> Item:
    return Item(
        project_id=project_id,
        key=key,
        digest=content_digest(item),
        group=group_key(item),
        messages=item.messages,
        responses=[_response(one) for one in item.responses],
        principle=item.principle or "",
        rubric=item.rubric,
        language=item.language or "",
        tags=item.tags,
        source=item.source,
    )


def _response(one: CanonicalResponse) -> dict[str, Any]:
    told: Mapping[str, Any] = {name: getattr(one, name) for name in OF_A_RESPONSE}
    return {"messages": one.messages, **{name: value for name, value in told.items() if value}}


def _add_slots(project_id: int, rows: Sequence[Item]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(OVERLAP, [project_id])
        numbers = range(cursor.fetchone()[0])
    Slot.objects.bulk_create(
        [Slot(project_id=project_id, item=item, number=number) for item in rows for number in numbers],
        batch_size=5_000,
    )


def _add_media(project_id: int, rows: Sequence[Item]) -> None:
    """Say which items show which files."""
    shown = {item.pk: {ref["sha256"] for turn in item.messages for ref in turn.get("media", ())} for item in rows}
    digests = {digest for each in shown.values() for digest in each}
    if not digests:
        return
    files = media.known(project_id, digests)
    ItemMedia.objects.bulk_create(
        [ItemMedia(item_id=pk, media=files[digest]) for pk, each in shown.items() for digest in sorted(each)]
    )
