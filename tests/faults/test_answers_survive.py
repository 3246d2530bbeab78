"""P1, P2 (F08, F09, F13, F23): no acknowledged answer is lost or doubled, whatever is killed under load."""

import os
import random
import signal
import time

import pytest

from annotation.models import Annotation, Item
from tests.faults import ledger
from tests.faults.stack import Stack

pytestmark = pytest.mark.stack


def acknowledged(book: ledger.Ledger) -> int:
    return sum(entry.outcome == "ack" for entry in book.entries)


def test_f23_32_racers_leave_exactly_two_annotations_on_each_of_200_items(stack: Stack) -> None:
    people = ledger.prepare(items=200, annotators=32, overlap=2)
    stack.start("web")

    book = ledger.drain(stack.port, people)

    assert book.check()["ack"] == 400
    assert Annotation.objects.count() == 400
    for item in Item.objects.prefetch_related("annotations"):
        assert len({annotation.author_id for annotation in item.annotations.all()}) == 2


def test_a_thousand_double_submits_make_a_thousand_annotations(stack: Stack) -> None:
    people = ledger.prepare(items=1_000, annotators=8)
    stack.start("web")

    book = ledger.drain(stack.port, people, repeat=2)

    assert book.check()["ack"] == 1_000
    assert sum(entry.attempts for entry in book.entries) >= 2_000
    assert Annotation.objects.count() == 1_000


def test_f13_killed_web_workers_lose_no_acknowledged_answer(stack: Stack) -> None:
    people = ledger.prepare(items=5_000, annotators=8)
    stack.start("web")
    draw = random.Random(13)
    with ledger.labeling(stack.port, people) as book:
        for _ in range(8):
            before = acknowledged(book)
            os.kill(draw.choice(stack.web.children()), signal.SIGKILL)
            ledger.until(lambda before=before: acknowledged(book) > before + 5)

    outcomes = book.check()
    assert outcomes["ack"] > 40
    assert outcomes["unknown"] == 0


def test_f09_killed_postgresql_loses_no_acknowledged_answer_and_the_site_recovers_by_itself(stack: Stack) -> None:
    people = ledger.prepare(items=5_000, annotators=8)
    stack.start("web")
    with ledger.labeling(stack.port, people) as book:
        for _ in range(3):
            before = acknowledged(book)
            ledger.until(lambda before=before: acknowledged(book) > before + 10)
            stack.kill_database()
            time.sleep(0.5)
            stack.database.start()
        before = acknowledged(book)
        ledger.until(lambda: acknowledged(book) > before + 10)

    assert book.check()["unknown"] == 0


@pytest.mark.parametrize("fault", ["kill", "freeze"])
def test_f07_f08_labeling_does_not_notice_that_redis_is_gone(stack: Stack, fault: str) -> None:
    people = ledger.prepare(items=5_000, annotators=8)
    stack.start("web")
    with ledger.labeling(stack.port, people) as book:
        ledger.until(lambda: acknowledged(book) > 10)
        getattr(stack.broker, fault)()
        before = acknowledged(book)
        ledger.until(lambda: acknowledged(book) > before + 50)

    assert set(book.check()) == {"ack"}
    assert not book.troubles


def test_the_ledger_itself_sees_a_lost_and_a_doubled_answer(stack: Stack) -> None:
    people = ledger.prepare(items=5, annotators=1)
    stack.start("web")
    book = ledger.drain(stack.port, people)
    book.entries.append(ledger.Entry("00000000-0000-4000-8000-000000000000", "x", {}, "ack", 1))

    with pytest.raises(AssertionError, match="acknowledged and lost"):
        book.check()
    book.entries.pop()
    book.entries.pop()
    with pytest.raises(AssertionError, match="nobody sent"):
        book.check()
