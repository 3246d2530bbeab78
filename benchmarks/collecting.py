"""Submit + next over HTTP: answers a second with eight annotators who do not think, at 1e4 and at 1e6 items.

python benchmarks/collecting.py [SECONDS] [SMALL LARGE]
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from contextlib import contextmanager

import ground
import importing

ANNOTATORS = 8
FILL = """
WITH items AS (
    INSERT INTO annotation_item (project_id, key, digest, "group", messages, responses, principle, language, tags, source)
    SELECT %(project)s, 'fill-' || n, decode(md5(n::text) || md5(n::text), 'hex'), n::text,
        jsonb_build_array(jsonb_build_object('role', 'user', 'content', 'Which answer to question ' || n || ' is better?')),
        jsonb_build_array(
            jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('role', 'assistant', 'content', repeat('A careful answer. ', 25)))),
            jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('role', 'assistant', 'content', repeat('A short one. ', 30))))),
        '', '', '{}', '{}'
    FROM generate_series(1, %(count)s) n RETURNING id
)
INSERT INTO annotation_slot (project_id, item_id, number) SELECT %(project)s, id, 0 FROM items
"""


def fill(place, count):  # type: ignore[no-untyped-def]
    """Items and slots made inside PostgreSQL: this benchmark is about what comes after."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(FILL, {"project": place.project.pk, "count": count})
        cursor.execute("ANALYZE annotation_item, annotation_slot")


def annotators(place, count=ANNOTATORS):  # type: ignore[no-untyped-def]
    """Members with a token each."""
    from accounts.models import ApiToken, User
    from accounts.services import tokens
    from projects.models import Membership

    secrets = []
    for number in range(count):
        email = f"annotator-{number}@example.org"
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, None)
        Membership.objects.get_or_create(project=place.project, user=user, defaults={"role": "annotator"})
        ApiToken.objects.filter(user=user).delete()
        issued = tokens.create(user, name="bench", scopes=["label", "read"], days=1)
        secrets.append(issued.secret)
    return secrets


@contextmanager
def web(workers=2, threads=4):  # type: ignore[no-untyped-def]
    """gunicorn as `goldpan up` starts it; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = os.pathsep.join([str(ground.ROOT), str(ground.ROOT / "platform")])
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi:application",
            "-k",
            "gthread",
            "-w",
            str(workers),
            "--threads",
            str(threads),
            "-b",
            f"127.0.0.1:{port}",
            "--log-level",
            "error",
            "--keep-alive",
            "30",
        ],
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


class Annotator(threading.Thread):
    """Takes and answers items over one connection until told to stop."""

    def __init__(self, port, slug, token, stop_at):  # type: ignore[no-untyped-def]
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.slug, self.token, self.stop_at = slug, token, stop_at
        self.times: list[float] = []
        self.failures: list[str] = []

    def call(self, path, body=None, key=None):  # type: ignore[no-untyped-def]
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        self.connection.request("POST", path, json.dumps(body or {}) if body is not None else None, headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        if answer.status >= 300:
            self.failures.append(f"{answer.status} {raw[:200]!r}")
        return json.loads(raw) if raw and answer.status == 200 else None

    def run(self):  # type: ignore[no-untyped-def]
        work = self.call(f"/api/v1/projects/{self.slug}/next/", {})
        while work and time.monotonic() < self.stop_at:
            begin = time.perf_counter()
            lease = work["lease"]["id"]
            body = {"answers": {"better": {"winner": "a", "strength": 2}}, "seconds": 12.5}
            answer = self.call(f"/api/v1/leases/{lease}/submit/?next=1", body, str(uuid.uuid4()))
            self.times.append(time.perf_counter() - begin)
            work = answer["next"] if answer else None


def measure(port, slug, tokens, seconds):  # type: ignore[no-untyped-def]
    """Answers a second and the 95th percentile in milliseconds."""
    crowd = [Annotator(port, slug, token, time.monotonic() + seconds) for token in tokens]
    begin = time.monotonic()
    for annotator in crowd:
        annotator.start()
    for annotator in crowd:
        annotator.join()
    elapsed = time.monotonic() - begin
    times = sorted(one for annotator in crowd for one in annotator.times)
    failures = [failure for annotator in crowd for failure in annotator.failures]
    assert not failures, failures[:3]
    return len(times) / elapsed, times[int(len(times) * 0.95)] * 1000, statistics.median(times) * 1000


def main(seconds=10, small=10_000, large=1_000_000, rounds=3):  # type: ignore[no-untyped-def]
    places = {size: importing.project(f"bench-{size}") for size in (small, large)}
    for size, place in places.items():
        fill(place, size)
    tokens = {}
    for place in places.values():
        tokens = annotators(place)
    found = {size: [] for size in places}
    with web() as port:
        measure(port, f"bench-{small}", tokens, 2)
        for _ in range(rounds):
            for size in places:
                found[size].append(measure(port, f"bench-{size}", tokens, seconds))
    best = {size: [statistics.median(column) for column in zip(*runs, strict=True)] for size, runs in found.items()}
    rate, p95, middle = best[small]
    ground.row(
        f"submit + next, {ANNOTATORS} annotators, {small:,} items",
        f"{rate:.0f} answers/s, p50 {middle:.0f} ms, p95 {p95:.0f} ms",
        "≥ 150/s, p95 ≤ 100 ms",
        is_met=rate >= 150 and p95 <= 100,
    )
    rate, p95, middle = best[large]
    ground.row(
        f"submit + next, {ANNOTATORS} annotators, {large:,} items",
        f"{rate:.0f} answers/s, p50 {middle:.0f} ms, p95 {p95:.0f} ms",
        "",
    )
    ratio = best[large][1] / best[small][1]
    ground.row(f"the same p95 at {large:,} against {small:,} items", f"{ratio:.2f}×", "≤ 1.3×", is_met=ratio <= 1.3)


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    with ground.database():
        print(ground.machine())
        main(*numbers)
