"""The audit trail: added to, sealed, and never quietly changed."""

import io
import json
import random
import threading
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from audit import services
from audit.models import Block, Event


def record(count: int, **fields: object) -> None:
    for number in range(count):
        services.record("test.happen", subject=f"thing:{number}", detail={"n": number}, **fields)  # type: ignore[arg-type]


def as_intruder(statement: str, *values: object) -> int:
    """Change rows as somebody who owns the database and lifts what guards the tables."""
    lift = "ALTER TABLE {0} DISABLE TRIGGER USER; GRANT UPDATE, DELETE ON {0} TO CURRENT_USER"
    restore = "ALTER TABLE {0} ENABLE TRIGGER USER; REVOKE UPDATE, DELETE ON {0} FROM CURRENT_USER"
    with connection.cursor() as cursor:
        for table in ("audit_event", "audit_block"):
            cursor.execute(lift.format(table))
        cursor.execute(statement, values)
        changed = cursor.rowcount
        for table in ("audit_event", "audit_block"):
            cursor.execute(restore.format(table))
    return changed


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_event", "audit_block"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET id = id + 1"])
def test_what_happened_can_neither_be_changed_nor_deleted(table: str, statement: str) -> None:
    record(2)
    services.seal()

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))

    assert services.verify().is_whole


@pytest.mark.django_db
def test_the_owner_of_the_tables_who_takes_the_right_back_is_stopped_by_the_trigger() -> None:
    record(1)

    statement = "GRANT UPDATE ON audit_event TO CURRENT_USER; UPDATE audit_event SET verb = 'x'"
    with pytest.raises(Error, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_untouched_trail_is_whole() -> None:
    for count in (1, 7, 30):
        record(count)
        services.seal()
    record(2)

    verdict = services.verify()

    assert (verdict.is_whole, verdict.blocks, verdict.events, verdict.unsealed) == (True, 3, 38, 2)


@pytest.mark.django_db
def test_nothing_new_is_not_sealed_again() -> None:
    record(1)
    services.seal()

    assert services.seal() is None
    assert Block.objects.count() == 1


def event_edit(rng: random.Random, event: Event) -> tuple[str, list[object]]:
    """One change to one event, of a kind drawn by chance."""
    edits: list[tuple[str, list[object]]] = [
        ("UPDATE audit_event SET verb = verb || 'x' WHERE id = %s", []),
        ("UPDATE audit_event SET subject = 'thing:other' WHERE id = %s", []),
        ("UPDATE audit_event SET at = at - interval '1 microsecond' WHERE id = %s", []),
        ("UPDATE audit_event SET actor_id = coalesce(actor_id, 0) + 1 WHERE id = %s", []),
        ("UPDATE audit_event SET project_id = coalesce(project_id, 0) + 1 WHERE id = %s", []),
        ("UPDATE audit_event SET address = '192.0.2.1' WHERE id = %s", []),
        ("UPDATE audit_event SET detail = jsonb_set(detail, '{n}', '-1') WHERE id = %s", []),
        ("UPDATE audit_event SET detail = '{}' WHERE id = %s", []),
        ("UPDATE audit_event SET id = -id WHERE id = %s", []),
        ("DELETE FROM audit_event WHERE id = %s", []),
    ]
    return rng.choice(edits)


@pytest.mark.django_db
def test_any_change_to_any_sealed_event_names_its_block() -> None:
    rng = random.Random(30)
    for _ in range(8):
        record(rng.randint(1, 9), actor_id=3, project_id=1)
        services.seal()

    for _ in range(150):
        event = rng.choice(list(Event.objects.all()))
        block = Block.objects.filter(last_event__gte=event.pk).order_by("id")[0]
        with transaction.atomic():
            statement, values = event_edit(rng, event)
            changed = as_intruder(statement, *values, event.pk)
            problem = services.verify().problem
            transaction.set_rollback(True)
        assert changed == 1
        assert f"Block {block.pk} " in problem, statement


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_block SET seal = repeat('a', 64) WHERE id = %s",
        "UPDATE audit_block SET previous = repeat('a', 64) WHERE id = %s",
        "UPDATE audit_block SET events = events + 1 WHERE id = %s",
        "UPDATE audit_block SET first_event = first_event - 1 WHERE id = %s",
        "UPDATE audit_block SET last_event = last_event - 1 WHERE id = %s",
        "UPDATE audit_block SET sealed_at = sealed_at - interval '1 day' WHERE id = %s",
        "DELETE FROM audit_block WHERE id = %s",
    ],
)
def test_any_change_to_a_block_breaks_the_chain(statement: str) -> None:
    for _ in range(3):
        record(3)
        services.seal()
    middle = Block.objects.order_by("id")[1]

    as_intruder(statement, middle.pk)

    assert not services.verify().is_whole


@pytest.mark.django_db
def test_a_trail_cut_off_at_its_end_is_betrayed_by_a_seal_that_was_printed_before() -> None:
    for _ in range(2):
        record(3)
        services.seal()
    printed = services.head()
    last = Block.objects.order_by("-id")[0]
    as_intruder("DELETE FROM audit_block WHERE id = %s", last.pk)
    as_intruder("DELETE FROM audit_event WHERE id >= %s", last.first_event)

    with pytest.raises(CommandError, match="No block has the seal"):
        call_command("audit", "verify", "--head", printed)


@pytest.mark.django_db
def test_the_command_says_what_is_whole_and_fails_where_it_is_not() -> None:
    record(3)
    call_command("audit", "seal", stdout=io.StringIO())
    said = io.StringIO()

    call_command("audit", "verify", "--json", stdout=said)
    as_intruder("UPDATE audit_event SET verb = 'x' WHERE id = %s", Event.objects.latest("id").pk)

    assert json.loads(said.getvalue()) == {"blocks": 1, "events": 3, "unsealed": 0, "problem": ""}
    with pytest.raises(CommandError, match="was sealed over other events"):
        call_command("audit", "verify")


@pytest.mark.django_db(transaction=True)
def test_sealing_while_others_write_misses_nothing() -> None:
    writers, over = 4, threading.Event()
    threads = [threading.Thread(target=with_own_connection(keep_writing), args=[n, over]) for n in range(writers)]
    for thread in threads:
        thread.start()

    for _ in range(12):
        try:
            services.seal()
        except Error:
            connection.close()
    over.set()
    for thread in threads:
        thread.join()
    services.seal()

    verdict = services.verify()
    assert (verdict.is_whole, verdict.unsealed) == (True, 0)
    assert verdict.events == Event.objects.count() >= writers


@pytest.mark.django_db(transaction=True)
def test_a_block_waits_for_an_event_that_is_still_being_written() -> None:
    record(1)
    written, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            record(1)  # draws its id now, and commits after the block is asked for
            written.set()
            go_on.wait(1)

    slow = threading.Thread(target=with_own_connection(write_slowly))
    slow.start()
    written.wait()
    record(1)  # a higher id, committed first
    block = services.seal()
    slow.join()

    assert block is not None
    assert block.events == 3


def keep_writing(number: int, over: threading.Event) -> None:
    rng = random.Random(number)
    while not over.is_set():
        with transaction.atomic():
            record(rng.randint(1, 4), actor_id=number)
            if rng.random() < 0.2:
                transaction.set_rollback(True)


def with_own_connection(work: Callable[..., None]) -> Callable[..., None]:
    def run(*arguments: object) -> None:
        try:
            work(*arguments)
        finally:
            connection.close()

    return run
