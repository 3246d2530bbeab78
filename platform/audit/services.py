"""Writing, sealing and checking the audit trail."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from audit.models import Block, Event

GENESIS = "0" * 64
BATCH = 10_000


def record(
    verb: str,
    *,
    subject: str,
    actor_id: int | None = None,
    project_id: int | None = None,
    address: str = "",
    detail: dict[str, Any] | None = None,
) -> Event:
    """Add one event, in the caller's transaction. `detail` must not hold response text or answers."""
    return Event.objects.create(
        verb=verb, subject=subject, actor_id=actor_id, project_id=project_id, address=address, detail=detail or {}
    )


@transaction.atomic
def seal() -> Block | None:
    """Close everything recorded so far into one block; None when there is nothing new.

    Waits for transactions that are writing events right now, at most two seconds, then raises OperationalError;
    the next round tries again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit_event'))")
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
    previous = Block.objects.order_by("-id").first()
    start = previous.last_event if previous else 0
    block = Block(previous=previous.seal if previous else GENESIS, sealed_at=now)
    digest, block.first_event, block.last_event, block.events = _digest(_rows(after=start))
    if not block.events:
        return None
    block.seal = _chain(block, digest)
    block.save(force_insert=True)
    return block


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how much is sealed, and the first thing that is wrong, if anything is."""

    blocks: int
    events: int
    unsealed: int
    problem: str

    @property
    def is_whole(self) -> bool:
        return not self.problem


def verify() -> Verdict:
    """Walk the chain from its start and compare each block with the events it sealed."""
    chained, after, events = GENESIS, 0, 0
    blocks = 0
    for block in Block.objects.order_by("id").iterator():
        digest, *extent = _digest(_rows(after=after, upto=block.last_event))
        if block.previous != chained or extent != [block.first_event, block.last_event, block.events]:
            return Verdict(blocks, events, 0, f"Block {block.id} does not follow from the events before it.")
        if block.seal != _chain(block, digest):
            return Verdict(blocks, events, 0, f"Block {block.id} was sealed over other events than it holds now.")
        chained, after, events, blocks = block.seal, block.last_event, events + block.events, blocks + 1
    return Verdict(blocks, events, Event.objects.filter(id__gt=after).count(), "")


def head() -> str:
    """The newest seal: with it, the whole history before it can be proven."""
    return Block.objects.order_by("-id").values_list("seal", flat=True).first() or GENESIS


def has_seal(seal: str) -> bool:
    """Whether some block of the chain carries this seal, as a manifest printed it at the time."""
    return seal == GENESIS or Block.objects.filter(seal=seal).exists()


def _rows(*, after: int, upto: int | None = None) -> Iterable[Event]:
    events = Event.objects.filter(id__gt=after).order_by("id")
    return (events.filter(id__lte=upto) if upto is not None else events).iterator(chunk_size=BATCH)


def _digest(events: Iterable[Event]) -> tuple[bytes, int, int, int]:
    """Over the events' content; with the first and the last id, and how many there are."""
    sha, first, last, count = hashlib.sha256(), 0, 0, 0
    for event in events:
        sha.update(_canonical(event))
        first, last, count = first or event.id, event.id, count + 1
    return sha.digest(), first, last, count


def _canonical(event: Event) -> bytes:
    fields = [
        event.id,
        event.at.isoformat(),
        event.actor_id,
        event.project_id,
        event.verb,
        event.subject,
        event.address,
        event.detail,
    ]
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _chain(block: Block, digest: bytes) -> str:
    """The seal: over the seal before it, the time of sealing, and the events."""
    return hashlib.sha256(f"{block.previous} {block.sealed_at.isoformat()} ".encode() + digest).hexdigest()
