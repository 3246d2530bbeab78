"""A judge answers a version about labelled pairs, and a report says what each criterion is worth."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from annotation.models import Item, RubricVersion
from annotation.services import rubrics
from curation.hooks.grading import rubric_of
from curation.models import RubricReport, RubricVerdicts
from curation.services import rubric_runs
from modelhooks.services.runs import RunRefused
from projects.access import Place
from tests.curation.rubrics.conftest import checkpoint, finished

Make = Callable[..., list[Item]]

REASON, STOP, DIGIT, LINES = (
    {"key": "reason", "title": "The response gives a reason."},
    {"key": "stop", "title": "The response ends with a full stop."},
    {"key": "digit", "title": "The response has a digit in it."},
    {"key": "lines", "title": "The response has more than one line."},
)


def version_of(place: Place, *criteria: dict[str, Any], **more: Any) -> RubricVersion:
    return rubrics.create(place.project, by=place.user, name="Reasons", criteria=criteria, **more)


def graded(place: Place, version: RubricVersion, **wishes: Any) -> RubricReport:
    started = rubric_runs.grade(
        place, version=version, checkpoint=checkpoint("rubric"), question="better", wishes=wishes
    )
    return RubricReport.objects.get(run=finished(started))


@pytest.fixture
def planted(pairs: Make) -> list[Item]:
    """Forty pairs: people prefer the response with a reason; one without a full stop; a digit is always there."""
    return pairs(40, better="7, because 3 and 4 are 7", worse="7 it is.")


def test_each_criterion_stands_where_it_was_planted(olga: Place, planted: list[Item]) -> None:
    report = graded(olga, version_of(olga, REASON, STOP, DIGIT, LINES))

    found = report.figures["criteria"]
    assert {key: one["standing"] for key, one in found.items()} == {
        "reason": "kept",
        "stop": "reversed",
        "digit": "dead",
        "lines": "dead",
    }
    assert found["reason"]["discrimination"]["value"] == 1
    assert found["stop"]["discrimination"]["value"] == -1
    assert found["digit"]["met"]["value"] == 1
    assert found["lines"]["met"]["value"] == 0
    assert (report.pairs, report.prompts) == (40, 40)


def test_a_pitfall_is_held_to_its_sign_and_levels_to_their_scale(olga: Place, planted: list[Item]) -> None:
    pitfall = {**STOP, "weight": -1}
    levels = {"key": "how_good", "title": "How good it is", "scale": 3, "anchors": ["poor", "fair", "good"]}

    report = graded(olga, version_of(olga, REASON, pitfall, levels))

    assert report.figures["criteria"]["stop"]["standing"] == "kept"
    assert 0 < report.figures["criteria"]["how_good"]["met"]["value"] < 1
    said = RubricVerdicts.objects.filter(run=report.run).first()
    assert said is not None
    assert {time["how_good"] for one in said.said for time in one} <= {1, 2, 3}


def test_the_rubric_is_right_where_its_score_prefers_what_people_prefer(olga: Place, planted: list[Item]) -> None:
    right = graded(olga, version_of(olga, REASON, DIGIT))
    wrong = graded(olga, version_of(olga, STOP, DIGIT))
    blind = graded(olga, version_of(olga, DIGIT, LINES))

    assert right.figures["all"]["accuracy"]["value"] == 1
    assert wrong.figures["all"]["accuracy"]["value"] == 0
    assert blind.figures["all"]["accuracy"]["value"] == 0.5
    assert blind.figures["all"]["level"] == 1


def test_a_gate_that_people_do_not_keep_is_told(olga: Place, planted: list[Item]) -> None:
    report = graded(olga, version_of(olga, REASON, {**STOP, "required": True}))

    gate = report.figures["criteria"]["stop"]["gate"]
    assert gate["contradicts"]
    assert gate["failed"]["value"] == 1
    assert report.figures["criteria"]["reason"]["gate"] is None


def test_a_version_is_compared_with_the_one_before_on_the_same_pairs(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, REASON, {**STOP, "weight": 2})
    graded(olga, first)
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=[REASON])

    report = graded(olga, second)

    before = report.figures["before"]
    assert (before["rubric"], before["version"], before["pairs"]) == (first.rubric.number, 1, 40)
    assert (before["accuracy"]["value"], before["now"]["value"], before["gain"]["value"]) == (0, 1, 1)
    assert before["is_told"]


def test_pairs_that_it_was_written_from_do_not_count_as_unseen(olga: Place, pairs: Make) -> None:
    pairs(40)
    written = finished(
        rubric_runs.contrast(olga, checkpoint=checkpoint("writing"), question="better", wishes={"percent": 50})
    )
    version = version_of(olga, REASON, provenance={"runs": [written.pk]})

    report = graded(olga, version)

    assert report.figures["all"]["pairs"] == 40
    assert 0 < report.figures["unseen"]["pairs"] < 40
    next_one = rubrics.new_version(version.rubric, by=olga.user, criteria=[REASON, DIGIT])
    assert graded(olga, next_one).figures["unseen"]["pairs"] == report.figures["unseen"]["pairs"]


def test_asked_again_the_same_weights_leave_one_row_for_a_pair(olga: Place, planted: list[Item]) -> None:
    version = version_of(olga, REASON)
    first, second = graded(olga, version), graded(olga, version)

    assert RubricVerdicts.objects.filter(version=version).count() == 40
    assert first.figures == second.figures


def test_few_pairs_say_nothing(olga: Place, pairs: Make) -> None:
    pairs(10)

    report = graded(olga, version_of(olga, REASON, STOP))

    assert {one["standing"] for one in report.figures["criteria"].values()} == {"unknown"}


def test_without_any_pair_there_is_a_report_that_says_so(olga: Place, person: Callable[[str], User]) -> None:
    report = graded(olga, version_of(olga, REASON))

    assert (report.pairs, report.figures["all"]["accuracy"], report.figures["before"]) == (0, None, None)


def test_more_criteria_than_a_judge_is_asked_at_once_are_refused(olga: Place) -> None:
    many = [{"key": f"c{number}", "title": f"The response has {number} words."} for number in range(31)]

    with pytest.raises(RunRefused, match="at most 30 criteria; this version has 31"):
        graded(olga, version_of(olga, *many))


def test_a_judge_is_told_how_a_criterion_of_the_library_is_decided(olga: Place) -> None:
    """A question's criteria say nothing of it."""
    told = {
        "key": "reason",
        "title": "The response gives a reason.",
        "pass_condition": "A sentence says why.",
        "failure_examples": ["It only repeats the question."],
        "needs_evidence": True,
    }

    (asked,) = rubric_of(version_of(olga, told))

    assert (asked.pass_condition, asked.failure_examples, asked.needs_evidence) == (
        "A sentence says why.",
        ("It only repeats the question.",),
        True,
    )
