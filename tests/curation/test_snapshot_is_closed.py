"""The annotation id that a release is fixed by closes the snapshot: nothing below it can still arrive."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from annotation.models import Annotation
from curation.services import releases

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(work: Callable[[], None]) -> threading.Thread:
    """Runs beside us on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_release_waits_for_an_annotation_that_is_being_written(olga, person, add_item, answer):
    first, second = add_item("good", "bad"), add_item("good", "bad")
    answer(first, "a")
    person("Ana")
    is_written, may_commit, frozen = threading.Event(), threading.Event(), []

    def annotate() -> None:
        with transaction.atomic():
            answer(second, "b")
            is_written.set()
            may_commit.wait(10)

    writer = in_thread(annotate)
    is_written.wait(10)
    freezer = in_thread(lambda: frozen.append(releases.freeze(olga, recipes=[{"name": "rm_pairs"}]).release))
    time.sleep(0.5)
    was_early = bool(frozen)
    may_commit.set()
    writer.join(10)
    freezer.join(10)

    assert not was_early
    assert frozen[0].last_annotation == Annotation.objects.latest("id").pk


def test_asking_for_releases_while_people_label_keeps_nobody_waiting_long(olga, person, add_item, answer):
    items = [add_item("good", "bad") for _ in range(60)]
    answer(items[0], "a")
    person("Ana")
    waits: list[float] = []

    def label() -> None:
        for item in items[1:]:
            start = time.monotonic()
            answer(item, "b")
            waits.append(time.monotonic() - start)

    writer = in_thread(label)
    made = {releases.freeze(olga, recipes=[{"name": "raw"}], note=str(n)).release.last_annotation for n in range(10)}
    writer.join(30)

    assert len(waits) == 59
    assert sorted(waits)[-1] < 2
    assert made
