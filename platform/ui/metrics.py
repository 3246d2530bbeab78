"""/metrics, for Prometheus. Counters add up over all processes of this machine; gauges are asked at each scrape.

Each process counts in files of its own below GOLDPAN_HOME/metrics, which the one that is scraped adds up. A counter
may fall back when files of processes that ended long ago are removed; Prometheus takes that for a restart.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ui.measures import measure
from ui.operators import is_operator
from ui.rules import public

DAY = 24 * 3600


def _choose_folder() -> Path | None:
    """Where processes count together; None, and each counts alone, where nothing can be written."""
    folder: Path = settings.HOME / "metrics"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f".{os.getpid()}").touch()
        (folder / f".{os.getpid()}").unlink()
    except OSError:
        return None
    for file in folder.glob("*.db"):
        with suppress(OSError):  # a process beside us removes the same
            if file.stat().st_mtime < time.time() - DAY:
                file.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


FOLDER = _choose_folder()  # before the library is imported: it looks once

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402
from prometheus_client.registry import REGISTRY, Collector  # noqa: E402

submits = Counter("submit", "Answers submitted: created, replay, conflict or invalid.", ["outcome"])
submit_seconds = Histogram(
    "submit_seconds", "Time to take an answer.", buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
)
leases_expired = Counter("lease_expired", "Leases that went to someone else.")
drafts_recovered = Counter("draft_recovered", "Drafts that were shown again.")
render_fallbacks = Counter("render_fallback", "Texts shown as source because rendering them failed.")
import_rows = Counter("import_rows", "Rows imported: ok, duplicate or refused.", ["result"])


class AskedNow(Collector):
    """Gauges from the database."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, labels, value in measure():
            family = families.setdefault(name, GaugeMetricFamily(name, name.replace("_", " "), labels=list(labels)))
            family.add_metric(list(labels.values()), value)
        return families.values()


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 for everybody but operators: a stranger learns not even that it is there."""
    if not is_operator(request):
        raise Http404
    text = generate_latest(_counters())
    with suppress(DatabaseError):  # what was counted is worth telling while the database is away
        text += generate_latest(AskedNow())
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _counters() -> CollectorRegistry:
    if FOLDER is None:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
