"""What detectors say is written once, seen again, and gone when it is seen no more; no label is touched."""

from collections.abc import Callable

import pytest

from annotation.models import Annotation, Item
from curation import detectors
from curation.detectors.contract import Detector, Found, Said
from curation.models import Analysis, Detection, Finding
from curation.services import analyses, analyzing
from jobs import runner
from jobs.models import Job, State
from projects.access import Place

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]


def looked(olga: Place) -> Analysis:
    """A whole look, done by the runner as a worker would."""
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    done = Analysis.objects.select_related("job").get(pk=asked.pk)
    assert done.job.state == State.DONE, done.job.message
    return done


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A single detector, which says whatever it is told to."""

    def set_to(*found: Found, note: str = "") -> None:
        only = Detector("planned", "7", "Planned", "Says what the test wants.", lambda _scene: Said(found, note))
        monkeypatch.setattr(analyzing, "DETECTORS", {"planned": only})

    return set_to


def test_a_finding_is_written_seen_again_and_gone(
    olga: Place, add_item: AddItem, answer: Answer, says: Callable[..., None]
) -> None:
    item = add_item("x", "y")
    answer(item, "a")
    says(Found(f"item:{item.pk}", "Odd.", 0.4, {"how": 1}, item=item.pk), Found("question:better:", "Odd too.", 0.9))
    first = looked(olga)
    says(Found(f"item:{item.pk}", "Odder.", 0.6, {"how": 2}, item=item.pk), note="Looked at one item.")
    second = looked(olga)

    odd, other = Finding.objects.order_by("about")
    assert (odd.first, odd.last, odd.gone, odd.words, odd.evidence) == (first, second, None, "Odder.", {"how": 2})
    assert (other.first, other.last, other.gone) == (first, first, second)
    told = Detection.objects.get(analysis=second)
    assert (told.detector, told.version, told.found, told.gone, told.note) == (
        "planned",
        "7",
        1,
        1,
        "Looked at one item.",
    )

    says(Found("question:better:", "Odd again.", 0.5))
    third = looked(olga)
    other.refresh_from_db()
    assert (other.first, other.last, other.gone) == (first, third, None)


def test_a_decision_stays_when_the_finding_is_seen_again(
    olga: Place, add_item: AddItem, answer: Answer, says: Callable[..., None]
) -> None:
    answer(add_item("x", "y"), "a")
    says(Found("question:better:", "Odd.", 0.9))
    looked(olga)
    Finding.objects.update(decision="upheld")

    looked(olga)

    assert Finding.objects.get().decision == "upheld"


def test_the_strongest_are_kept_where_there_are_too_many(
    olga: Place, add_item: AddItem, answer: Answer, says: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.services.findings.MOST", 3)
    answer(add_item("x", "y"), "a")
    says(*(Found(f"item:{number}", "Odd.", number / 10) for number in range(10)))

    analysis = looked(olga)

    assert sorted(Finding.objects.values_list("strength", flat=True)) == [0.7, 0.8, 0.9]
    assert Detection.objects.get(analysis=analysis).unsaid == 7


def test_a_detector_that_has_written_does_not_run_again_after_a_kill(
    olga: Place, add_item: AddItem, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(add_item("x", "y"), "a")
    runs: list[str] = []

    def named(name: str) -> Detector:
        def find(_scene: object) -> Said:
            runs.append(name)
            if name == "second" and runs.count("second") == 1:
                raise RuntimeError("The worker is gone.")
            return Said([Found("question:better:", "Odd.", 0.5)])

        return Detector(name, "1", name, name, find)

    two = {name: named(name) for name in ("first", "second")}
    monkeypatch.setattr(analyzing, "DETECTORS", two)
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    assert list(Finding.objects.values_list("detector", flat=True)) == ["first"]

    Job.objects.filter(pk=asked.job_id).update(run_after=asked.job.created_at)
    runner.execute(str(asked.job_id))

    assert runs == ["first", "second", "second"]
    assert set(Finding.objects.values_list("detector", flat=True)) == {"first", "second"}


def test_looking_touches_no_label(olga: Place, add_item: AddItem, answer: Answer) -> None:
    for number in range(30):
        answer(add_item(f"x{number}", "y"), "a")
    before = list(Annotation.objects.order_by("pk").values())

    looked(olga)

    assert list(Annotation.objects.order_by("pk").values()) == before
    assert Detection.objects.count() == len(detectors.DETECTORS)
