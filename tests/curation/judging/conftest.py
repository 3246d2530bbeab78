"""A judge and a writer on a server of this machine, and trials over planted labels."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import override_settings

from curation.models import JudgeReport
from curation.services import judge_runs
from modelhooks import catalog, endpoints
from modelhooks.models import Checkpoint, JudgeVersion
from modelhooks.services import instructions, loading
from projects.access import Place
from tests.curation.judging.planted import LIMITS, Court, labeled
from tests.curation.rubrics.conftest import finished
from tests.modelhooks.remote.server import serving

Try = Callable[..., JudgeReport]


@pytest.fixture
def court(db: None) -> Iterator[Court]:
    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as server:
        behave = Court()
        server.behave = behave
        known = {"kind": "openai_chat", "url": server.url, "limits": LIMITS}
        both = {name: {**known, "model": name} for name in ("max", "pen")}
        with override_settings(MODEL_ENDPOINTS=both):
            yield behave
    loading.forget()


@pytest.fixture
def max_(court: Court) -> Checkpoint:
    """The installation's judge, which is told nothing."""
    options = catalog.checked("judge", "preference", {"endpoint": "max", "style": "direct"})
    return Checkpoint.objects.create(name="Max", contract="preference", backend="judge", options=options)


@pytest.fixture
def pen(court: Court) -> Checkpoint:
    options = catalog.checked("writer", "writing", {"endpoint": "pen"})
    return Checkpoint.objects.create(name="Pen", contract="writing", backend="writer", options=options)


@pytest.fixture
def planted(olga: Place) -> Place:
    """Olga's project with labeled pairs."""
    labeled(olga)
    return olga


@pytest.fixture
def tried(planted: Place) -> Try:
    """What a trial of a version comes to."""

    def run(version: JudgeVersion, **wishes: Any) -> JudgeReport:
        for one in judge_runs.try_out(planted, version, question="better", wishes=wishes):
            finished(one)
        return JudgeReport.objects.select_related("version__judge", "run").get(
            version__project=version.project, version__judge=version.judge, version__number=version.number
        )

    return run


@pytest.fixture
def first(planted: Place, max_: Checkpoint) -> JudgeVersion:
    """The judge as it was found."""
    return instructions.begun(instructions.version_of(planted.project, max_))
