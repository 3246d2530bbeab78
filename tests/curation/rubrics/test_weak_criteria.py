"""Criteria of rubrics in use that do not tell are findings, until a newer version or report says otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import Item, RubricVersion
from annotation.services import rubric_publishing, rubrics
from curation.models import Finding, RubricReport
from curation.rubrics.flags import flags
from projects.access import Place
from tests.curation.rubrics.looking import looked
from tests.curation.rubrics.test_grading import DIGIT, LINES, REASON, STOP, graded, version_of

Make = Callable[..., list[Item]]
DETECTOR = "weak_criteria"


@pytest.fixture
def planted(pairs: Make) -> list[Item]:
    """Forty pairs: people prefer the response with a reason; one without a full stop; a digit is always there."""
    return pairs(40, better="7, because 3 and 4 are 7", worse="7 it is.")


def said(*, gone: bool = False) -> set[str]:
    found = Finding.objects.filter(detector=DETECTOR, gone__isnull=not gone)
    return set(found.values_list("about", flat=True))


def test_what_is_reversed_or_dead_is_raised_and_what_tells_is_not(olga: Place, planted: list[Item]) -> None:
    report = graded(olga, version_of(olga, REASON, STOP, DIGIT))

    looked(olga)

    assert said() == {"criterion:1.1:stop:reversed", "criterion:1.1:digit:dead"}
    stop = Finding.objects.get(about="criterion:1.1:stop:reversed")
    assert stop.words == (
        "“The response ends with a full stop.” tells the wrong way round: −100 points between preferred and rejected "
        "responses."
    )
    assert (stop.item, stop.annotator, stop.strength) == (None, "", 1.0)
    assert (stop.evidence["report"], stop.evidence["pairs"], stop.evidence["criterion"]) == (report.pk, 40, "stop")
    assert stop.strength > Finding.objects.get(about="criterion:1.1:digit:dead").strength


def test_looked_at_twice_they_are_the_same_findings(olga: Place, planted: list[Item]) -> None:
    graded(olga, version_of(olga, STOP))

    first, second = looked(olga), looked(olga)

    found = Finding.objects.get(detector=DETECTOR)
    assert (found.first, found.last, found.gone) == (first, second, None)


def test_the_next_version_without_them_closes_them_though_the_old_one_is_as_it_was(
    olga: Place, planted: list[Item]
) -> None:
    version = version_of(olga, REASON, STOP)
    graded(olga, version)
    looked(olga)
    before = said()
    graded(olga, rubrics.new_version(version.rubric, by=olga.user, criteria=[REASON]))
    looked(olga)

    assert (before, said(), said(gone=True)) == ({"criterion:1.1:stop:reversed"}, set(), before)


def test_a_version_that_is_asked_counts_beside_a_newer_one_and_a_retired_rubric_does_not(
    olga: Place, planted: list[Item]
) -> None:
    asked = version_of(olga, REASON, STOP)
    rubric_publishing.publish(olga, asked)
    graded(olga, asked)
    graded(olga, rubrics.new_version(asked.rubric, by=olga.user, criteria=[REASON, DIGIT]))
    past = version_of(olga, STOP, LINES)
    graded(olga, past)
    rubrics.retire(past.rubric, by=olga.user)

    looked(olga)

    assert said() == {"criterion:1.1:stop:reversed", "criterion:1.2:digit:dead"}


def test_a_newest_version_that_was_retired_is_not_looked_at(olga: Place, planted: list[Item]) -> None:
    version = version_of(olga, STOP)
    graded(olga, version)
    RubricVersion.objects.filter(pk=version.pk).update(status="retired")

    looked(olga)

    assert said() == set()


def test_the_newest_report_of_a_version_says_what_holds(olga: Place, planted: list[Item]) -> None:
    version = version_of(olga, REASON)
    report = graded(olga, version)
    figures = report.figures["criteria"]["reason"]
    older = {**report.figures, "criteria": {"reason": {**figures, "standing": "dead"}}}
    RubricReport.objects.filter(pk=report.pk).update(figures=older)
    looked(olga)
    before = said()
    graded(olga, version)
    looked(olga)

    assert (before, said()) == ({"criterion:1.1:reason:dead"}, set())


def test_where_no_rubric_was_held_against_labels_the_detector_says_so(olga: Place, planted: list[Item]) -> None:
    version_of(olga, STOP)

    told = looked(olga).detections.get(detector=DETECTOR)

    assert (told.found, told.note) == (0, "No rubric in use was held against labels yet.")


def defects(version: RubricVersion, **figures: Any) -> list[tuple[str, str]]:
    return [(one.key, one.defect) for one in flags(version.criteria, figures)]


def estimate(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.1, "high": value + 0.1}


def test_noise_and_copies_are_defects_beside_whatever_a_criterion_is(olga: Place) -> None:
    version = version_of(olga, REASON, STOP, DIGIT)
    dull = {"standing": "undiscriminating", "discrimination": estimate(0.02), "met": estimate(0.5)}
    noisy = {"standing": "kept", "discrimination": estimate(0.3), "changed": estimate(0.3)}
    steady = {"standing": "kept", "discrimination": estimate(0.3), "changed": estimate(0.2)}

    found = defects(version, reason={**dull, "duplicate_of": "digit"}, stop=noisy, digit=steady)

    assert found == [("reason", "undiscriminating"), ("reason", "duplicate"), ("stop", "noisy")]


@pytest.mark.parametrize(("weight", "met"), [(1, 0.99), (-1, 0.01)])
def test_a_gate_that_nearly_all_pass_does_what_a_gate_is_for(olga: Place, weight: float, met: float) -> None:
    gate = version_of(olga, {**STOP, "required": True, "weight": weight})
    plain = version_of(olga, {**STOP, "weight": weight})
    often, seldom = ({"standing": "dead", "met": estimate(share)} for share in (met, 1 - met))

    assert defects(gate, stop=often) == []
    assert defects(gate, stop=seldom) == defects(plain, stop=often) == [("stop", "dead")]
