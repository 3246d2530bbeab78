"""The project's own test with flipped labels: from a look that asks for it to the guard, the page and the command."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Annotation
from benchmarks import gain
from curation.detectors.scene import Scene
from curation.models import Analysis, Measure
from curation.omitting import reasons_against
from curation.queries import guarded, guarding
from curation.services import analyses, planting
from jobs import runner
from projects.access import Place
from tests.curation.gaining import world

NOT_RUN = "The test with planted flips has not been run on this project's labels."


class Silent:
    """The progress of a job that nobody watches."""

    has_advanced = True

    def report(self, *_: Any, **__: Any) -> None: ...

    def confirm(self) -> None: ...


def looked(place: Place, *, planted: bool) -> Analysis:
    asked = analyses.start(place, planted=planted)
    runner.execute(str(asked.job_id))
    return Analysis.objects.select_related("project").get(pk=asked.pk)


def measures(analysis: Analysis) -> list[dict[str, Any]]:
    return list(Measure.objects.filter(analysis=analysis, topic="planted").values_list("figures", flat=True))


@pytest.mark.timeout(900)
def test_a_look_that_is_asked_to_flips_labels_in_memory_and_the_guard_knows_what_came_of_it(
    transactional_db: None, client: Client
) -> None:
    drawn, points = world(1)
    place = gain.brought(drawn, "planting", points)
    before = list(Annotation.objects.order_by("pk").values_list("pk", "answers"))
    client.force_login(place.user)
    page = f"{reverse('curation:quality-findings', args=['planting'])}?detector=disputed_labels"

    plain = looked(place, planted=False)
    assert measures(plain) == []
    assert NOT_RUN in reasons_against(place.project, "disputed_labels")
    assert NOT_RUN.replace("'", "&#x27;") in client.get(page).content.decode()

    client.post(reverse("curation:quality-look", args=["planting"]), {"planted": "1"})
    asked = Analysis.objects.get(number=2)
    runner.execute(str(asked.job_id))
    asked.refresh_from_db()

    (figures,) = measures(asked)
    test = guarding.evidence(place.project, "disputed_labels").planted
    assert test is not None
    assert test.share == 0.2
    assert (
        230 <= test.planted == figures["planted"] <= 250
    )  # a fifth of 300 labels, of which each part trains on four fifths
    assert test.recall > 0.4, figures
    assert test.flipped < test.untouched, figures
    assert NOT_RUN not in reasons_against(place.project, "disputed_labels")
    assert f"{test.planted} labels that were flipped in memory" in client.get(page).content.decode()
    assert list(Annotation.objects.order_by("pk").values_list("pk", "answers")) == before

    # Killed and begun anew, it finds what is written and tests nothing again.
    planting.store(asked, Scene(asked), Silent())  # type: ignore[arg-type]
    assert measures(asked) == [figures]


@pytest.mark.django_db
def test_with_too_few_labels_it_says_why_it_can_tell_nothing(olga: Place, add_item: Any, answer: Any) -> None:
    for number in range(30):
        answer(add_item("x", str(number)), "ab"[number % 2])

    asked = looked(olga, planted=True)

    assert measures(asked) == [{"note": "“better” has 30 labels on 30 prompts; 100 on 10 are needed."}]
    assert guarding.evidence(olga.project, "disputed_labels").planted is None
    told = guarded.guarded(olga.project, "disputed_labels")
    assert told is not None
    assert (told.may, told.note) == (False, "“better” has 30 labels on 30 prompts; 100 on 10 are needed.")
    assert guarded.sentences(olga.project)[0].endswith("may not leave out labels by itself.")


def test_a_job_that_dies_after_the_test_writes_it_the_next_time(
    olga: Place, add_item: Any, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        answer(add_item("x", str(number)), "a")
    analysis = looked(olga, planted=False)
    analysis.parameters = {"seed": 0, "planted": True}

    class Lost(Silent):
        def confirm(self) -> None:
            raise RuntimeError("Somebody else has this job.")

    with pytest.raises(RuntimeError):
        planting.store(analysis, Scene(analysis), Lost())  # type: ignore[arg-type]
    assert measures(analysis) == []

    planting.store(analysis, Scene(analysis), Silent())  # type: ignore[arg-type]
    assert len(measures(analysis)) == 1
