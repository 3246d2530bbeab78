"""What was sent, what was acknowledged, and whether the database agrees (the heart of every fault test).

Annotators in threads label over HTTP as fast as they can, repeat what got no answer under the same key, and write
down every outcome. `Ledger.check` then holds the book against the tables.
"""

import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from accounts.models import User
from accounts.services import tokens
from annotation.models import Annotation, Form, Item, Lease, Question, Slot
from audit.models import Event
from projects.models import Membership, Project

Outcome = Literal["ack", "reject", "unknown"]


@dataclass
class Entry:
    """One answer that somebody sent, under one key, however often."""

    key: str
    lease: str
    answers: dict[str, Any]
    outcome: Outcome = "unknown"
    annotation: int | None = None
    attempts: int = 0


@dataclass
class Ledger:
    """The book of all annotators of one test."""

    entries: list[Entry] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)

    def check(self) -> Counter[str]:
        """Compare with the database; fails with a sentence. Returns how many of each outcome there were."""
        stored = {str(row.request_key): row for row in Annotation.objects.all()}
        sent = {entry.key: entry for entry in self.entries}
        assert len(sent) == len(self.entries), "two entries share a key"
        assert set(stored) <= set(sent), "an annotation was stored that nobody sent"
        for entry in self.entries:
            row = stored.get(entry.key)
            if entry.outcome == "ack":
                assert row is not None, f"acknowledged and lost: {entry.key}"
                assert row.pk == entry.annotation, f"acknowledged as {entry.annotation}, stored as {row.pk}"
            if entry.outcome == "reject":
                assert row is None, f"rejected and stored: {entry.key}"
            if row is not None:
                assert row.answers["why"] == entry.answers["why"], f"stored with other words: {entry.key}"
        self._check_tables(len(stored))
        return Counter(entry.outcome for entry in self.entries)

    def _check_tables(self, stored: int) -> None:
        assert Event.objects.filter(verb="annotation.submitted").count() == stored, "trail and annotations differ"
        assert Slot.objects.filter(annotation__isnull=False).count() == stored, "slots and annotations differ"
        assert Lease.objects.filter(outcome=Lease.Outcome.SUBMITTED).count() == stored, "leases and annotations differ"
        overlap = Project.objects.get().overlap
        held = Counter(Annotation.objects.values_list("item_id", flat=True))
        assert not held or max(held.values()) <= overlap, "an item has more annotations than its overlap"
        twice = Counter(Annotation.objects.values_list("item_id", "author_id"))
        assert not twice or max(twice.values()) == 1, "somebody answered an item twice"


def prepare(*, items: int, annotators: int, overlap: int = 1) -> list[str]:
    """A project with items and annotators; returns the annotators' tokens."""
    olga = User.objects.create_user("olga@example.org", None, name="Olga")
    project = Project.objects.create(slug="faults", name="Faults", created_by=olga, overlap=overlap)
    form = Form.objects.create(project=project, version=1, created_by=olga)
    Question.objects.create(form=form, position=0, key="better", kind="preference", title="Which is better?")
    Question.objects.create(form=form, position=1, key="why", kind="text", title="Why?")
    responses = [{"messages": [{"role": "assistant", "content": text}]} for text in ("A long answer.", "Short.")]
    made = Item.objects.bulk_create(
        Item(
            project=project,
            key=str(number),
            digest=uuid.uuid4().bytes * 2,
            group=str(number),
            messages=[{"role": "user", "content": f"Question {number}?"}],
            responses=responses,
        )
        for number in range(items)
    )
    Slot.objects.bulk_create(Slot(project=project, item=item, number=n) for item in made for n in range(overlap))
    return [_token(project, number) for number in range(annotators)]


def _token(project: Project, number: int) -> str:
    user = User.objects.create_user(f"annotator-{number}@example.org", None)
    Membership.objects.create(project=project, user=user, role="annotator")
    return tokens.create(user, name="ledger", scopes=["label"], days=1).secret


class Annotator(threading.Thread):
    """Labels until nothing is left or it is told to stop; never gives an answer up while it may still be stored."""

    def __init__(self, port: int, token: str, ledger: Ledger, stop: threading.Event, *, repeat: int = 1) -> None:
        super().__init__(daemon=True)
        self._port, self._token, self._ledger, self._stop_asked = port, token, ledger, stop
        self._repeat = repeat
        self._draw = random.Random(token)
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        work = self._next()
        while work is not None and not self._stop_asked.is_set():
            entry = Entry(str(uuid.uuid4()), work["lease"]["id"], self._answers(work))
            self._ledger.entries.append(entry)
            for _ in range(self._repeat - 1):
                self._submit(entry)
            work = self._submit(entry, "?next=1") or self._next()

    def _answers(self, work: dict[str, Any]) -> dict[str, Any]:
        winner = self._draw.choice("ab")
        return {
            "better": {"winner": winner, "strength": 2},
            "why": f"Because of {work['item']['id']} and {uuid.uuid4()}.",
        }

    def _next(self) -> dict[str, Any] | None:
        while not self._stop_asked.is_set():
            status, body = self._call("POST", "/api/v1/projects/faults/next/", {})
            if status == 200:
                return body
            if status == 204:
                return None
            time.sleep(0.05)
        return None

    def _submit(self, entry: Entry, query: str = "") -> dict[str, Any] | None:
        """Send it until it is taken or refused; the next work, where the answer brings it along."""
        for _ in range(400):
            entry.attempts += 1
            body = {"answers": entry.answers, "seconds": 1.5}
            status, answer = self._call("POST", f"/api/v1/leases/{entry.lease}/submit/{query}", body, entry.key)
            if status == 200:
                assert answer is not None
                assert entry.annotation in (None, answer["annotation"]), "one key became two annotations"
                entry.outcome, entry.annotation = "ack", answer["annotation"]
                return answer.get("next")
            if 400 <= status < 500:
                assert entry.outcome != "ack", "acknowledged before, rejected now"
                entry.outcome = "reject"
                return None
            time.sleep(0.05)
        return None

    def _call(self, verb: str, path: str, body: Any, key: str = "") -> tuple[int, dict[str, Any] | None]:
        """The status, or 0 where there was no answer."""
        headers = {"Authorization": f"Token {self._token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            self._connection = self._connection or http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
            self._connection.request(verb, path, json.dumps(body), headers)
            answer = self._connection.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection = None
            self._ledger.troubles[type(error).__name__] += 1
            return 0, None
        if answer.status >= 300:
            self._ledger.troubles[str(answer.status)] += 1
        return answer.status, json.loads(raw) if raw and answer.status == 200 else None


@contextmanager
def labeling(port: int, people: list[str], *, repeat: int = 1) -> Iterator[Ledger]:
    """Annotators at work inside the block; afterwards they finish what they began."""
    ledger, stop = Ledger(), threading.Event()
    crowd = [Annotator(port, token, ledger, stop, repeat=repeat) for token in people]
    for annotator in crowd:
        annotator.start()
    try:
        yield ledger
    finally:
        stop.set()
        join(crowd)


def drain(port: int, people: list[str], *, repeat: int = 1) -> Ledger:
    """Let everybody label until nothing is left."""
    ledger = Ledger()
    crowd = [Annotator(port, token, ledger, threading.Event(), repeat=repeat) for token in people]
    for annotator in crowd:
        annotator.start()
    join(crowd)
    return ledger


def join(crowd: list[Annotator], patience: float = 280) -> None:
    """Wait for everybody; fails where somebody hangs."""
    deadline = time.monotonic() + patience
    for annotator in crowd:
        annotator.join(max(0.1, deadline - time.monotonic()))
        assert not annotator.is_alive(), "an annotator hangs"


def until(claim: Callable[[], bool], patience: float = 60) -> None:
    """Wait for the crowd to come this far."""
    deadline = time.monotonic() + patience
    while not claim():
        assert time.monotonic() < deadline, "the annotators got nowhere"
        time.sleep(0.05)
