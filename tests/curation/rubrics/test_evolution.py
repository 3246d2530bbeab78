"""A writer revises a version by pairs that it got wrong; the revision takes over only where unseen labels say so."""

from collections.abc import Callable

import pytest
from django.test import Client

from annotation.models import Item, RubricVersion
from annotation.services import rubrics
from audit.models import Event
from curation.models import RubricReport
from curation.rubrics.errors import misjudged
from curation.rubrics.labelled import written_part
from curation.rubrics.reports import written_from
from curation.services import rubric_promotion, rubric_runs
from curation.services.rubric_promotion import PromotionRefused
from modelhooks.contracts import Revised, RevisedCriterion
from modelhooks.hooks import named
from modelhooks.models import Run
from modelhooks.services.runs import RunRefused
from projects.access import Place
from tests.curation.rubrics.conftest import checkpoint, finished
from tests.curation.rubrics.test_grading import DIGIT, LINES, REASON, STOP, graded, version_of

Make = Callable[..., list[Item]]
TEN_WORDS = {"key": "ten_words", "title": "The response has at least ten words."}
SEVERAL = {"key": "several", "title": "The response has more than one sentence."}
PAGE = "/projects/answers/rubrics/1/versions/{}/evidence/"


@pytest.fixture
def planted(pairs: Make) -> list[Item]:
    """Sixty pairs: people prefer the response with a reason, which has no full stop."""
    return pairs(60, better="7, because 3 and 4 are 7", worse="7 it is.")


def revised(place: Place, report: RubricReport) -> RubricVersion:
    run = finished(rubric_runs.revise(place, report=report, checkpoint=checkpoint("writing")))
    return RubricVersion.objects.select_related("rubric", "parent__rubric").get(run=run)


def test_a_revision_is_a_draft_that_knows_what_it_was_made_of(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, {**STOP, "weight": 3}, {**DIGIT, "weight": 2, "pass_condition": "One is enough."})
    report = graded(olga, first)

    made = revised(olga, report)

    assert (made.number, made.parent, made.status, made.source) == (2, first, "draft", "evolved")
    assert made.created_by is None
    assert [one["title"] for one in made.criteria] == [DIGIT["title"], REASON["title"]]
    assert made.criteria[0] == first.criteria[1]
    assert made.note == made.provenance["diagnosis"] == "Some criteria pointed the wrong way."
    assert made.provenance["report"] == report.pk
    assert 1 <= len(made.provenance["items"]) <= 8


def test_only_prompts_that_rubrics_are_written_from_are_shown_and_they_are_seen_from_then_on(
    olga: Place, planted: list[Item]
) -> None:
    report = graded(olga, version_of(olga, STOP))
    is_chosen = written_part(olga.project, 50)

    made = revised(olga, report)

    shown = set(Item.objects.filter(pk__in=made.provenance["items"]).values_list("group", flat=True))
    assert len(shown) == 8
    assert all(map(is_chosen, shown))
    assert written_from(made) == shown
    again = graded(olga, made)
    assert again.figures["unseen"]["pairs"] == 60 - len(shown)
    assert again.figures["before"]["pairs"] == 60 - len(shown)
    assert written_from(rubrics.new_version(made.rubric, by=olga.user, criteria=[REASON, DIGIT])) == shown


def test_pairs_are_drawn_once_for_a_prompt_and_wrong_ones_before_undecided_ones(olga: Place, pairs: Make) -> None:
    level = pairs(30, better="Because", worse="Seven")
    wrong = pairs(3, better="7, because it is", worse="7 it is.")
    report = graded(olga, version_of(olga, STOP))
    Item.objects.filter(pk__in=[one.pk for one in wrong[1:]]).update(group=wrong[0].group)

    drawn = misjudged(report, 100)

    assert len(drawn) == 8
    assert len({one.pk for one in wrong} & set(drawn)) == 1
    assert len({one.pk for one in level} & set(drawn)) == 7


def test_a_version_without_errors_is_not_revised(olga: Place, planted: list[Item]) -> None:
    report = graded(olga, version_of(olga, REASON))

    with pytest.raises(RunRefused, match="it gets none wrong"):
        rubric_runs.revise(olga, report=report, checkpoint=checkpoint("writing"))
    with pytest.raises(RunRefused, match="cannot do this"):
        rubric_runs.revise(olga, report=report, checkpoint=checkpoint("rubric"))


def test_a_revision_that_wins_on_unseen_pairs_takes_over(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, STOP)
    made = revised(olga, graded(olga, first))
    report = graded(olga, made)

    rubric_promotion.promote(olga, made)

    assert report.figures["before"]["gain"]["value"] == 1
    assert RubricVersion.objects.get(pk=made.pk).status == "validated"
    assert RubricVersion.objects.get(pk=first.pk).status == "draft"
    assert Event.objects.get(verb="rubric.promoted").detail["pairs"] == report.figures["before"]["pairs"]


def test_a_gain_that_may_be_chance_is_refused_with_its_figures(olga: Place, planted: list[Item], pairs: Make) -> None:
    """As many labels speak for it as against it."""
    pairs(60, better="7 it is.", worse="7, because 3 and 4 are 7")
    first = version_of(olga, STOP)
    graded(olga, first)
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=[REASON])
    report = graded(olga, second)

    with pytest.raises(PromotionRefused, match=r"Version 1 was right in 50 % of 120 unseen pairs.*which may be chance"):
        rubric_promotion.promote(olga, second)

    before = report.figures["before"]
    assert before["gain"]["low"] < 0 < before["gain"]["high"]
    assert RubricVersion.objects.get(pk=second.pk).status == "draft"


def test_a_sure_loss_does_not_take_over(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, REASON)
    graded(olga, first)
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=[STOP])
    report = graded(olga, second)

    assert report.figures["before"]["is_told"]
    with pytest.raises(PromotionRefused, match="loses 100 points"):
        rubric_promotion.promote(olga, second)


def test_what_was_not_compared_does_not_take_over(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, STOP)
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=[REASON])

    for _ in range(2):
        with pytest.raises(PromotionRefused, match="Ask one judge about the version before,"):
            rubric_promotion.promote(olga, second)
        graded(olga, second)


def test_others_that_were_tried_in_its_place_count(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, STOP)
    graded(olga, first)
    second, third = (
        rubrics.new_version(first.rubric, by=olga.user, criteria=some, parent=first)
        for some in ([REASON], [DIGIT, LINES])
    )
    graded(olga, second)
    graded(olga, third)

    with pytest.raises(PromotionRefused, match="Version 3 was tried on these pairs since"):
        rubric_promotion.promote(olga, second)
    assert graded(olga, second).figures["before"]["rivals"] == [third.pk]
    rubric_promotion.promote(olga, second)

    assert RubricVersion.objects.get(pk=second.pk).status == "validated"


def test_of_many_that_were_tried_one_has_to_win_by_more(olga: Place, pairs: Make) -> None:
    """Fourteen pairs speak for a reason and four against it: enough for one version, not for one of five."""
    pairs(14, better="seven because", worse="seven")
    pairs(4, better="seven", worse="seven because")
    marks = {STOP["key"]: "seven.", "digit": "7", "lines": "se\nven", "several": "se.ven"}
    for marked in marks.values():
        pairs(5, better=marked, worse="seven")
        pairs(5, better="seven", worse=marked)
    first = version_of(olga, TEN_WORDS)
    graded(olga, first)
    tried, *others = (
        rubrics.new_version(first.rubric, by=olga.user, criteria=[one], parent=first)
        for one in (REASON, STOP, DIGIT, LINES, SEVERAL)
    )
    alone = graded(olga, tried).figures["before"]
    for one in others:
        graded(olga, one)

    among_others = graded(olga, tried).figures["before"]

    assert alone["wins"]
    assert among_others["is_told"]
    assert len(among_others["rivals"]) == len(others)
    assert among_others["among_all"]["low"] < 0 < among_others["gain"]["low"]
    with pytest.raises(PromotionRefused, match="also as one of 5 that were tried"):
        rubric_promotion.promote(olga, tried)


def test_what_a_writer_leaves_as_it_was_is_no_version(
    olga: Place, planted: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = version_of(olga, STOP, DIGIT)
    report = graded(olga, first)
    started = rubric_runs.revise(olga, report=report, checkpoint=checkpoint("writing"))
    same = Revised(tuple(RevisedCriterion(one["title"], one["kind"], at) for at, one in enumerate(first.criteria)))

    stored = named("revision").store(started, {report.pk: [same]})

    assert stored.refused == {report.pk: "It left every criterion as it was."}
    assert not RubricVersion.objects.filter(run=started).exists()


def test_a_curator_has_it_revised_and_lets_it_take_over(client: Client, olga: Place, planted: list[Item]) -> None:
    client.force_login(olga.user)
    first, writer = version_of(olga, STOP), checkpoint("writing")
    report = graded(olga, first)
    said = {"writer": writer.pk, "percent": 50}

    refused = client.post(f"{PAGE.format(1)}revise/", said)
    client.post(f"{PAGE.format(1)}revise/", {**said, "report": report.pk})
    waiting = client.get(PAGE.format(1)).content.decode()
    finished(Run.objects.get(hook="revision"))
    made = RubricVersion.objects.get(number=2)
    early = client.post(f"{PAGE.format(2)}promote/")
    graded(olga, made)
    page = client.get(PAGE.format(2)).content.decode()
    client.post(f"{PAGE.format(2)}promote/")

    assert refused.status_code == early.status_code == 422
    assert "Let a judge answer this version first" in refused.content.decode()
    assert "Ask one judge about the version before," in early.content.decode()
    assert "is revising this version" in waiting
    assert "Let it take over from version 1" in page
    assert "Let it take over" not in client.get(PAGE.format(2)).content.decode()
    assert "validated" in client.get(PAGE.format(1)).content.decode()
