"""Pages at 100,000 items: what each costs the server and how many queries it asks, as the owner sees them.

python benchmarks/pages.py [ITEMS]

What counts is processor time, of the web process and of PostgreSQL together: on a machine at rest, whose data is in
memory, that is the time that the server takes, and on a busy one the clock would tell of others' work. The clock's best
of five stands beside it. PostgreSQL is asked without parallel workers, whose time could not be seen.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boards
import ground
import looked_at

TIMES = 5
Ask = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Cost:
    """One request: milliseconds of both processors and of the clock, queries, and what came back."""

    web: float
    database: float
    clock: float
    queries: int
    size: int

    @property
    def processor(self) -> float:
        return self.web + self.database


def addresses(place: Any) -> Iterator[tuple[str, str]]:
    """Name and address of each page below the project's."""
    from annotation.models import Gold, Item
    from curation.models import Sample, Standing
    from curation.queries.review_queue import Filters, queue
    from modelhooks.models import Checkpoint

    first = Item.objects.filter(project=place.project).first()
    worst = queue(place.project, Filters(), limit=1)[0].item_id
    known = Gold.objects.filter(project=place.project).order_by("item").first()
    somebody = Standing.objects.filter(person__isnull=False).order_by("pk").first()
    waiting = Sample.objects.get().items.filter(annotation__isnull=True).order_by("position").first()
    judge = Checkpoint.objects.get().pk
    assert first
    assert known
    assert somebody
    assert waiting
    one_of_many = quote(looked_at.BUSY)
    yield from (
        ("overview", ""),
        ("items", "items/"),
        ("items, open", "items/?state=open"),
        ("item", f"items/{first.pk}/"),
        ("label", "label/"),
        ("form", "form/"),
        ("imports", "imports/"),
        ("members", "members/"),
        ("quality", "quality/"),
        ("quality of a slice", "quality/?question=better&slice=tag:part-3"),
        ("quality, what a release would hold", "quality/release/"),
        ("quality, rubrics", "quality/rubrics/"),
        ("quality, items", "quality/items/?question=better&why=unsure"),
        ("quality, findings", "quality/findings/"),
        ("quality, findings of a detector", "quality/findings/?detector=detector_3"),
        ("people", "quality/people/"),
        ("person", f"quality/people/{somebody.annotator_key}/"),
        ("judges", "quality/judges/"),
        ("judge", f"quality/judges/{judge}/"),
        ("judge, what is accepted", f"quality/judges/{judge}/?count=1"),
        ("samples", "quality/samples/"),
        ("sample, the form", f"quality/samples/1/{waiting.item_id}/"),
        ("known answers", "gold/"),
        ("known answers of an item", f"items/{known.item_id}/gold/"),
        ("review", "review/"),
        ("review, second page", f"review/?after={worst}"),
        ("review of a detector", "review/?detector=detector_3"),
        ("review of a person", f"review/?annotator={somebody.annotator_key}"),
        ("review of who labeled a third", f"review/?annotator=imported-{one_of_many}"),
        ("review of an item", f"review/{worst}/"),
        ("review, the form", f"review/{worst}/answer/"),
        ("releases", "releases/"),
        ("release", "releases/1/"),
        ("new release", "releases/new/"),
    )


def processor(pid: int) -> float:
    """Seconds of processor time that another process has had; 0 where the system does not tell."""
    told = Path(f"/proc/{pid}/schedstat")
    return int(told.read_text().split()[0]) / 1e9 if told.exists() else 0.0


def cost(ask: Ask) -> Cost:
    """What one request costs."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    with CaptureQueriesContext(connection) as queries:
        database, web, begin = processor(backend), time.process_time(), time.perf_counter()
        answer = ask()
        clock, web, database = time.perf_counter() - begin, time.process_time() - web, processor(backend) - database
    assert answer.status_code == 200, (answer.request, answer.status_code)
    assert connection.connection.info.backend_pid == backend, "the database was asked over another connection"
    asked = sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in queries.captured_queries)
    return Cost(web * 1000, database * 1000, clock * 1000, asked, len(answer.content))


def median(ask: Ask) -> Cost:
    """Of several requests the one that cost the processors a middling amount, with the best of all clocks."""
    ask()
    costs = sorted((cost(ask) for _ in range(TIMES)), key=lambda one: one.processor)
    middle = costs[len(costs) // 2]
    return Cost(middle.web, middle.database, min(one.clock for one in costs), middle.queries, middle.size)


def main(items: int = 100_000) -> None:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    place = looked_at.prepare("pages", items)
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(place.user, backend="django.contrib.auth.backends.ModelBackend")
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    found_below = [*addresses(place), *boards.addresses(place)]
    below = [(name, f"/projects/pages/{path}") for name, path in found_below]
    for name, path in (("projects", "/"), *below):
        found = median(lambda path=path: client.get(path))  # type: ignore[misc]
        ground.row(
            f"page {name} at {items:,} items",
            f"{found.processor:.0f} ms ({found.web:.0f} + {found.database:.0f}; clock {found.clock:.0f}), "
            f"{found.queries} queries, {found.size / 1024:.0f} kB",
            "≤ 100 ms, ≤ 12 queries",
            is_met=found.processor <= 100 and found.queries <= 12,
        )
    print(ground.machine())


if __name__ == "__main__":
    with ground.database():
        main(*(int(argument) for argument in sys.argv[1:]))
