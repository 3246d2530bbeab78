"""/metrics, for Prometheus: what the processes of this machine counted, and gauges asked at each scrape."""

from collections.abc import Iterable
from contextlib import suppress

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ui.counters import FOLDER  # isort: skip  (names the folder before the library is loaded)
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from ui.measures import measure
from ui.operators import is_operator
from ui.rules import public


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
