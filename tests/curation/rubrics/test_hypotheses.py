"""A writer guesses what a version does not name; a judge tests it; a curator adds what labels speak for."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from annotation.models import Item, Rubric, RubricVersion
from annotation.queries import rubrics as library
from annotation.services import rubrics
from annotation.services.rubrics import RubricRetired
from audit.models import Event
from curation.hooks.guessing import merged
from curation.models import RubricReport, RubricVerdicts
from curation.queries.hypotheses import guesses as listed
from curation.queries.rubrics import rivals
from curation.rubrics.errors import held_out, to_explain
from curation.rubrics.labelled import written_part
from curation.rubrics.reports import written_from
from curation.services import reviews, rubric_hypotheses
from curation.services.rubric_hypotheses import NotClaimed
from jobs import faults, runner
from jobs.models import Job, State
from modelhooks.contracts import Hypotheses, Hypothesis
from modelhooks.hooks import named
from modelhooks.models import Failure, Opinion, Run
from modelhooks.services.runs import RunRefused
from projects.access import Place
from tests.curation.rubrics.conftest import checkpoint, finished
from tests.curation.rubrics.test_grading import DIGIT, LINES, REASON, STOP, graded, version_of

Make = Callable[..., list[Item]]
PAGE = "/projects/answers/rubrics/1/versions/{}/evidence/"
EXCLAIM = "The response does without exclamation marks."


class Killed(BaseException):
    """In place of kill -9, which would take the test with it."""


@pytest.fixture
def planted(pairs: Make) -> list[Item]:
    """Pairs of which people prefer the response with a reason; full stops, digits and shouts are drawn by lot."""
    made = []
    for better, worse in [("7, because", "seven"), ("seven, because", "7"), ("7, because", "7"), ("x because", "x")]:
        for ends in [(".", ""), ("", "."), ("!", "."), (".", "!")]:
            made += pairs(10, better=f"{better} it is{ends[0]}", worse=f"{worse} it is{ends[1]}")
    return made


def guessed(place: Place, report: RubricReport, **wishes: Any) -> RubricVersion:
    run = finished(rubric_hypotheses.guess(place, report=report, checkpoint=checkpoint("writing"), **wishes))
    return RubricVersion.objects.select_related("rubric", "parent__rubric").get(run=run)


def tried(place: Place, report: RubricReport, guesses: RubricVersion) -> RubricReport:
    run = finished(rubric_hypotheses.put_to_test(place, report=report, guesses=guesses))
    return RubricReport.objects.select_related("version__parent__rubric").get(run=run)


def beyond(report: RubricReport) -> dict[str, dict[str, Any]]:
    """By words of the guess."""
    words = {one["key"]: one["title"] for one in report.version.criteria}
    return {words[one["key"]]: one for one in report.figures["beyond"]}


def claim(report: RubricReport, words: str = REASON["title"]) -> str:
    return str(beyond(report)[words]["key"])


def test_guesses_become_a_rubric_of_their_own_that_nobody_is_asked_by(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, STOP)

    made = guessed(olga, graded(olga, first), pairs=20)

    assert (made.source, made.parent, made.status, made.created_by) == ("hypotheses", first, "draft", None)
    assert REASON["title"] in [one["title"] for one in made.criteria]
    assert STOP["title"] not in [one["title"] for one in made.criteria]
    assert {one["origin"] for one in made.criteria} == {"hypothesis"}
    assert len(made.provenance["items"]) == 20
    assert len(made.provenance["support"]) == len(made.criteria)
    assert made.rubric.retired_at is not None
    assert list(library.listed(olga.project, library.Wanted())) == [first.rubric]
    assert Rubric.objects.get(pk=first.rubric_id).versions.count() == 1
    assert Event.objects.get(verb="rubric.created", detail__is_put_away=True).subject == f"rubric:{made.rubric_id}"


def test_what_it_gets_wrong_is_shown_first_and_only_prompts_that_rubrics_are_written_from(
    olga: Place, planted: list[Item]
) -> None:
    report = graded(olga, version_of(olga, STOP))
    is_chosen = written_part(olga.project, 60)

    few, many = guessed(olga, report, pairs=8, percent=60), guessed(olga, report, pairs=96, percent=60)

    groups = dict(Item.objects.values_list("pk", "group"))
    assert all(is_chosen(groups[item]) for item in many.provenance["items"])
    assert many.provenance["seen"] == sorted({groups[item] for item in many.provenance["items"]})
    assert few.provenance["items"] == many.provenance["items"][:8]
    points = [_points(report, item) for item in many.provenance["items"]]
    assert points == sorted(points)
    assert set(points) == {0, 1}
    assert not set(held_out(report, 60).values()) & set(many.provenance["seen"])


def _points(report: RubricReport, item: int) -> float:
    """Whether the version, which asks for full stops, prefers what people prefer."""
    (said,) = RubricVerdicts.objects.filter(version=report.version, item=item).values_list("said", flat=True)
    better = 0 if "because" in Item.objects.get(pk=item).text_of(0) else 1
    met = [said[place][0]["stop"] == "yes" for place in (better, 1 - better)]
    return 0.5 + (met[0] - met[1]) / 2


def test_what_labels_follow_is_claimed_and_what_they_do_not_follow_is_not(olga: Place, planted: list[Item]) -> None:
    report = graded(olga, version_of(olga, STOP))
    made = guessed(olga, report)

    found = tried(olga, report, made)

    told = beyond(found)
    assert found.figures["beyond"][0] == told[REASON["title"]]
    assert told[REASON["title"]]["is_claimed"]
    assert told[REASON["title"]]["gain"]["low"] > 0
    assert not any(one["is_claimed"] for words, one in told.items() if words != REASON["title"])
    assert {DIGIT["title"], EXCLAIM} <= told.keys()


def test_guesses_are_tested_on_prompts_that_were_not_kept_for_showing(olga: Place, planted: list[Item]) -> None:
    report = graded(olga, version_of(olga, STOP))
    made = guessed(olga, report, pairs=8)
    fresh = set(held_out(report, 50))

    found = tried(olga, report, made)

    assert set(RubricVerdicts.objects.filter(version=made).values_list("item", flat=True)) == fresh
    assert {one["pairs"] for one in found.figures["beyond"]} == {len(fresh)}
    assert found.figures["before"] is None
    # Asked about all pairs, as any version can be, it is tested on the same ones.
    assert graded(olga, made).figures["beyond"] == found.figures["beyond"]


def test_what_says_the_opposite_of_a_criterion_is_not_claimed(olga: Place, pairs: Make) -> None:
    pairs(80, better="7, because 3 and 4 are 7", worse="7 it is.")
    pairs(20, better="7 it is.", worse="7, because 3 and 4 are 7")
    report = graded(olga, version_of(olga, STOP))

    found = tried(olga, report, guessed(olga, report))

    (told,) = beyond(found).values()
    assert (told["is_claimed"], told["says_criterion"]) == (False, "stop")
    (shown,) = listed(report.version, report)
    assert [(one.badge, "full stop" in one.note) for one in shown.rows] == [(("Said already", ""), True)]


def test_a_claimed_guess_becomes_a_criterion_of_the_next_version(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, {**STOP, "weight": 3})
    report = graded(olga, first)
    made = guessed(olga, report, pairs=20)
    found = tried(olga, report, made)
    newest = rubrics.new_version(first.rubric, by=olga.user, criteria=[*first.criteria, LINES])

    added = rubric_hypotheses.add(olga, report=found, key=claim(found))
    again = rubric_hypotheses.add(olga, report=found, key=claim(found))

    assert added == again
    assert (added.number, added.parent, added.status, added.created_by) == (3, newest, "draft", olga.user)
    assert added.criteria[:2] == newest.criteria
    assert (added.criteria[2]["title"], added.criteria[2]["origin"]) == (REASON["title"], "hypothesis")
    assert added.criteria[2]["weight"] == 1
    assert added.provenance["guesses"] == made.pk
    assert written_from(added) == set(made.provenance["seen"])
    assert graded(olga, added).figures["unseen"]["pairs"] == 160 - 20
    assert Event.objects.filter(verb="rubric.version_added", actor_id=olga.user.pk).count() == 2
    (shown,) = listed(first, report)
    assert shown.rows[0].is_added


def test_what_people_prefer_not_to_have_becomes_a_pitfall(olga: Place, pairs: Make) -> None:
    """Of a few pairs, all of which are shown, the opposite is true."""
    pairs(60, better="seven it is", worse="seven, because it is")
    shown = pairs(4, better="seven, because it is.", worse="seven it is.")
    pairs(40, better="seven it is.", worse="seven it is")
    pairs(40, better="seven it is", worse="seven it is.")
    report = graded(olga, version_of(olga, STOP))
    run = rubric_hypotheses.guess(olga, report=report, checkpoint=checkpoint("writing"), pairs=1)
    Run.objects.filter(pk=run.pk).update(parameters={**run.parameters, "items": [shown[0].pk]})
    finished(run)
    found = tried(olga, report, RubricVersion.objects.get(run=run))

    added = rubric_hypotheses.add(olga, report=found, key=claim(found))

    assert beyond(found)[REASON["title"]]["leaning"] < 0
    assert added.criteria[-1]["weight"] == -1


def test_what_is_not_claimed_is_not_added_and_a_retired_rubric_takes_nothing(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, STOP)
    report = graded(olga, first)
    found = tried(olga, report, guessed(olga, report))

    for key in (claim(found, DIGIT["title"]), "nothing"):
        with pytest.raises(NotClaimed):
            rubric_hypotheses.add(olga, report=found, key=key)
    with pytest.raises(NotClaimed):
        rubric_hypotheses.add(olga, report=report, key="stop")
    rubrics.retire(first.rubric, by=olga.user)
    with pytest.raises(RubricRetired):
        rubric_hypotheses.add(olga, report=found, key=claim(found))
    assert first.rubric.versions.count() == 1


def test_guesses_are_no_rivals_of_versions(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, STOP)
    report = graded(olga, first)
    tried(olga, report, guessed(olga, report))
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=[REASON])

    assert graded(olga, second).figures["before"]["rivals"] == []
    assert rivals(second, report.fingerprint) == []


def test_a_version_that_only_says_it_was_guessed_is_one_like_every_other(
    client: Client, olga: Place, planted: list[Item]
) -> None:
    """As a program may say of what it brings."""
    first = version_of(olga, STOP)
    report = graded(olga, first)
    named_so = rubrics.new_version(first.rubric, by=olga.user, criteria=[REASON], source="hypotheses")

    told = graded(olga, named_so).figures

    assert "beyond" not in told
    assert told["before"]["wins"]
    assert listed(first, report) == []
    client.force_login(olga.user)
    assert client.get(PAGE.format(1)).status_code == client.get(PAGE.format(2)).status_code == 200
    assert client.post(f"{PAGE.format(1)}guesses/{named_so.pk}/test/", {"report": report.pk}).status_code == 404


def test_guesses_that_are_worded_alike_are_one_and_the_commonest_come_first(olga: Place) -> None:
    calm, kind = "The response is calm.", "The response is kind."
    short = "The response is short and says no more than was asked."
    first = Hypotheses((Hypothesis(calm, (0,)), Hypothesis(short, (0, 1))))
    second = Hypotheses((Hypothesis("The response, short, says no more than was asked and is so!", (1, 2)),))

    found = merged([first, second, Hypotheses(), Hypotheses((Hypothesis(kind, (0,)),))])

    assert [(one.support, one.wordings) for one in found] == [(4, 2), (1, 1), (1, 1)]
    assert [one.text for one in found[1:]] == [calm, kind]


def test_a_guess_and_its_denial_are_two(olga: Place) -> None:
    ask = "The response does {}ask the person a question back before it says anything else at all."
    said = Hypotheses(tuple(Hypothesis(ask.format(word), (0,)) for word in ("", "not ", "never ")))

    assert [one.support for one in merged([said])] == [1, 1, 1]


def test_no_more_guesses_are_kept_than_a_judge_is_asked(olga: Place, planted: list[Item]) -> None:
    report = graded(olga, version_of(olga, STOP))
    run = rubric_hypotheses.guess(olga, report=report, checkpoint=checkpoint("writing"))
    many = Hypotheses(tuple(Hypothesis(f"The response names {word}.", (0,)) for word in "abcdefghijklmnopqrstuvwxyz"))

    named("hypotheses").store(run, {report.pk: [many]})

    assert len(RubricVersion.objects.get(run=run).criteria) == 20


def test_a_writer_that_guesses_nothing_leaves_no_rubric(olga: Place, pairs: Make) -> None:
    pairs(60, better="seven it is", worse="seven it was")
    report = graded(olga, version_of(olga, STOP))

    run = finished(rubric_hypotheses.guess(olga, report=report, checkpoint=checkpoint("writing")))

    assert Failure.objects.get(run=run).reason == "It guessed nothing."
    assert not RubricVersion.objects.filter(run=run).exists()


@pytest.mark.parametrize("says", ["tie", "other"])
def test_labels_that_a_reviewer_overturned_are_not_shown(olga: Place, planted: list[Item], says: str) -> None:
    report = graded(olga, version_of(olga, STOP))
    (drawn,) = to_explain(report, 50, 1)
    item = Item.objects.get(pk=drawn)
    other = "b" if "because" in item.text_of(0) else "a"
    answers = {"winner": "tie", "strength": None} if says == "tie" else {"winner": other, "strength": 1}
    reviews.overturn(olga, reviews.Asked(item=item, request_key=uuid.uuid4()), answers={"better": answers})

    run = finished(rubric_hypotheses.guess(olga, report=report, checkpoint=checkpoint("writing"), pairs=1))

    assert run.parameters["items"] == [drawn]
    assert "none is left that can be shown" in Failure.objects.get(run=run).reason


@pytest.mark.parametrize("point", ["run_computed", "run_opinions_kept", "run_chunk_stored", "run_closed"])
def test_a_run_that_is_killed_leaves_one_list_and_one_report(
    olga: Place, planted: list[Item], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    report = graded(olga, version_of(olga, STOP))
    run = rubric_hypotheses.guess(olga, report=report, checkpoint=checkpoint("writing"))

    killed(run, point, monkeypatch)
    made = RubricVersion.objects.get(run=finished(run))
    test = rubric_hypotheses.put_to_test(olga, report=report, guesses=made)
    killed(test, point, monkeypatch)
    finished(test)

    assert Rubric.objects.filter(project=olga.project).count() == 2
    assert RubricReport.objects.filter(version=made).count() == 1
    assert RubricVerdicts.objects.filter(version=made).count() == len(held_out(report, 50))
    assert not Failure.objects.exists()
    assert Opinion.objects.exists()


def killed(run: Run, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work on it until it comes to this point; what is not committed by then is lost."""

    def crash_here(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(faults, "crash_here", crash_here)
        with pytest.raises(Killed), transaction.atomic():
            runner.execute(str(run.job_id))
    Job.objects.filter(pk=run.job_id).update(state=State.QUEUED, lease_until=None)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [({"percent": 91}, "1 to 90 percent"), ({"percent": 0}, "1 to 90"), ({"pairs": 97}, "1 to 96 pairs")],
)
def test_what_cannot_be_had_is_refused(olga: Place, planted: list[Item], wishes: dict[str, int], said: str) -> None:
    report = graded(olga, version_of(olga, STOP))

    with pytest.raises(RunRefused, match=said):
        rubric_hypotheses.guess(olga, report=report, checkpoint=checkpoint("writing"), **wishes)
    with pytest.raises(RunRefused, match="cannot do this"):
        rubric_hypotheses.guess(olga, report=report, checkpoint=checkpoint("rubric"))


def test_a_version_that_is_too_long_and_pairs_that_are_too_few_are_refused(olga: Place, pairs: Make) -> None:
    pairs(30, better="7, because", worse="7!")
    report = graded(olga, version_of(olga, STOP))
    made = guessed(olga, report)
    many = [{"key": f"c{number}", "title": f"The response has {number} words."} for number in range(41)]
    report.version.criteria = many

    with pytest.raises(RunRefused, match="a test takes 20"):
        rubric_hypotheses.put_to_test(olga, report=report, guesses=made)
    with pytest.raises(RunRefused, match="at most 40 criteria"):
        rubric_hypotheses.guess(olga, report=report, checkpoint=checkpoint("writing"))


def test_a_curator_has_it_guessed_tested_and_added(client: Client, olga: Place, planted: list[Item]) -> None:
    client.force_login(olga.user)
    report = graded(olga, version_of(olga, STOP))
    here, said = PAGE.format(1), {"guess-writer": checkpoint("writing").pk, "guess-percent": 50, "guess-pairs": 40}

    refused = client.post(f"{here}guess/", said)
    for _ in range(2):
        client.post(f"{here}guess/", {**said, "report": report.pk})
    guessing = client.get(here).content.decode()
    made = RubricVersion.objects.get(run=finished(Run.objects.get(hook="hypotheses")))
    waiting = client.get(here).content.decode()
    early = client.post(f"{here}guesses/{made.pk}/add/", {"key": "reason"})
    for _ in range(2):
        client.post(f"{here}guesses/{made.pk}/test/", {"report": report.pk})
    testing = client.get(here).content.decode()
    found = RubricReport.objects.get(run=finished(Run.objects.get(hook="testing")))
    shown = client.get(here).content.decode()
    wrong = client.post(f"{here}guesses/{made.pk}/add/", {"report": found.pk, "key": "digit"})
    added = client.post(f"{here}guesses/{made.pk}/add/", {"report": found.pk, "key": claim(found)})

    assert refused.status_code == early.status_code == wrong.status_code == 422
    assert "Let a judge answer this version first" in refused.content.decode()
    assert "is guessing what this version does not name" in guessing
    assert "guesses at what is missing" in waiting
    assert "is being asked" in testing
    assert f"1 of {len(made.criteria)} guesses tells more than these criteria" in shown
    assert "Add as a criterion of the next version" in shown
    assert "Only what tells more" in wrong.content.decode()
    assert added.headers["Location"] == PAGE.format(2)
    assert "The newest version has it." in client.get(here).content.decode()


def test_guesses_of_another_version_or_project_are_not_there(client: Client, olga: Place, planted: list[Item]) -> None:
    client.force_login(olga.user)
    first = version_of(olga, STOP)
    report = graded(olga, first)
    made = guessed(olga, report)
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=[REASON])

    for act in ("test", "add"):
        assert client.post(f"{PAGE.format(1)}guesses/{second.pk}/{act}/").status_code == 404
        assert client.post(f"{PAGE.format(2)}guesses/{made.pk}/{act}/").status_code == 404
        assert client.post(f"{PAGE.format(1)}guesses/{first.pk}/{act}/").status_code == 404
        assert client.post(f"{PAGE.format(1)}guesses/{made.pk}/{act}/", {"report": report.pk + 99}).status_code == 404
