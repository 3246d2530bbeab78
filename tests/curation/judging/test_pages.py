"""The page of what a judge is told, as Olga, Ana and Sam meet it; the fake judge and the fake writer stand in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from annotation.models import Item
from curation.models import JudgeReport
from jobs.models import State
from modelhooks.models import Checkpoint, JudgeVersion, Run
from modelhooks.services import instructions
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.curation.rubrics.conftest import checkpoint, finished, pairs

__all__ = ["pairs"]  # a fixture of the tests beside these

ADDRESS = "/projects/answers/quality/judges/{}/versions/"
REASON = "The response gives a reason."
STOP = "The response ends with a full stop."


@pytest.fixture
def client(olga: Place) -> Client:
    browser = Client()
    browser.force_login(olga.user)
    return browser


@pytest.fixture
def judge(olga: Place, pairs: Callable[..., list[Item]]) -> Checkpoint:
    """People prefer a reason; the judge goes by lot."""
    pairs(60, better="7, because 3 and 4 are 7.", worse="7 it is, and no other number.")
    return checkpoint("preference")


def run_all() -> None:
    for run in Run.objects.filter(job__state=State.QUEUED).order_by("pk"):
        finished(run)


def text(client: Client, judge: Checkpoint, **query: str) -> str:
    answered = client.get(ADDRESS.format(judge.pk), query)
    assert answered.status_code == 200
    return str(answered.content.decode())


def post(client: Client, judge: Checkpoint, verb: str, **said: Any) -> Any:
    return client.post(f"{ADDRESS.format(judge.pk)}{verb}/", said)


def versions() -> list[tuple[int, bool]]:
    return list(JudgeVersion.objects.order_by("number").values_list("number", "is_in_use"))


def test_a_curator_has_it_reworded_and_uses_what_is_shown_to_be_better(client: Client, judge: Checkpoint) -> None:
    writer = checkpoint("writing")
    untouched = text(client, judge)
    assert JudgeVersion.objects.count() == 0, "looking writes nothing"

    assert post(client, judge, "try", version=1, question="better", limit=60).status_code == 302
    waiting = text(client, judge)
    run_all()
    known = text(client, judge)
    assert post(client, judge, "reword", version=1, writer=writer.pk, percent=50).status_code == 302
    assert "is rewording a version" in text(client, judge)
    run_all()
    early = post(client, judge, "promote", version=2, question="better")
    post(client, judge, "try", version=2, question="better", limit=60)
    run_all()
    shown = text(client, judge)
    promoted = post(client, judge, "promote", version=2, question="better")

    assert "What is it told, and would other words make it better?" in untouched
    assert "It is told nothing beyond the rules that hold everywhere" in untouched
    assert "Let a writer reword it" not in untouched
    assert "waits to be tried" in waiting
    assert "Version 1 is in use, and none is shown to be better" in known
    assert "Let a writer reword it" in known
    assert early.status_code == 422
    assert "Try it first" in early.content.decode()
    assert "Version 2 is surely better than version 1" in shown
    assert shown.count("Use this one from now on") == 1
    assert f'<ins class="add">{REASON}</ins>' in shown.replace("\n", "")
    assert "Its writer’s diagnosis:" in shown
    assert promoted.status_code == 302
    assert versions() == [(1, False), (2, True)]
    assert "Version 2 is in use" in text(client, judge)
    assert "Use this one from now on" not in text(client, judge)


@pytest.mark.parametrize("number", ["2", "3", "1", "99", "", "-1", "2.0", "9" * 30, "two"])
def test_nothing_is_put_in_use_by_hand(client: Client, judge: Checkpoint, olga: Place, number: str) -> None:
    """Version 2 loses, version 3 was not tried, and the others are in use already or not there."""
    first = instructions.begun(instructions.version_of(olga.project, judge))
    instructions.write(first, STOP, by=olga.user)
    instructions.write(first, REASON, by=olga.user)
    post(client, judge, "try", version=2, question="better", limit=60)
    run_all()

    answered = post(client, judge, "promote", version=number, question="better")

    assert answered.status_code == 422
    assert "Use this one from now on" not in answered.content.decode()
    assert versions() == [(1, True), (2, False), (3, False)]


def test_a_judge_without_versions_has_nothing_to_put_in_use(client: Client, judge: Checkpoint) -> None:
    answered = post(client, judge, "promote", version=1, question="better")

    assert answered.status_code == 422
    assert "It is in use already" in answered.content.decode()
    assert not JudgeVersion.objects.exists()


def test_a_version_in_ones_own_words_is_kept_and_words_that_cannot_be_taken_are_not_lost(
    client: Client, judge: Checkpoint, olga: Place
) -> None:
    assert post(client, judge, "write", version=1, instructions=f"{REASON}\r\nBe fair.").status_code == 302

    again = post(client, judge, "write", version=1, instructions=f"{REASON}\nBe fair.")
    too_long = post(client, judge, "write", version=1, instructions="x" * 4_001)
    unknown = post(client, judge, "write", version=7, instructions="Be kind.")

    assert versions() == [(1, True), (2, False)]
    made = JudgeVersion.objects.get(number=2)
    assert (made.instructions, made.created_by) == (f"{REASON}\nBe fair.", olga.user)
    assert [one.status_code for one in (again, too_long, unknown)] == [422] * 3
    assert "Version 2 says the same." in again.content.decode()
    assert "x" * 4_001 in too_long.content.decode()
    assert "Be kind.</textarea>" in unknown.content.decode()


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("try", {"version": "9", "question": "better", "limit": "60"}),
        ("try", {"version": "1", "question": "why", "limit": "60"}),
        ("try", {"version": "1", "question": "better", "limit": "0"}),
        ("try", {"version": "1", "question": "better", "limit": "60", "most_cost": "1"}),
        ("try", {}),
        ("reword", {"version": "1", "percent": "50"}),
        ("reword", {}),
        ("write", {}),
    ],
)
def test_what_cannot_be_done_is_said_and_starts_nothing(
    client: Client, judge: Checkpoint, verb: str, said: dict[str, str]
) -> None:
    answered = post(client, judge, verb, **said)

    assert answered.status_code == 422
    assert 'class="errorlist' in answered.content.decode() or 'role="alert"' in answered.content.decode()
    assert not Run.objects.exists()


def test_words_of_versions_are_text_and_no_page(client: Client, judge: Checkpoint) -> None:
    evil = "<script>alert(1)</script> {{ 7|add:7 }}"
    post(client, judge, "write", version=1, instructions=evil)

    shown = text(client, judge)

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "{{ 7|add:7 }}" in shown


def test_while_runs_are_open_the_page_tells_how_far_they_are_and_then_that_they_ended(
    client: Client, judge: Checkpoint
) -> None:
    post(client, judge, "try", version=1, question="better", limit=60)

    waiting = client.get(ADDRESS.format(judge.pk), headers={"HX-Request": "true"}).content.decode()
    run_all()
    ended = client.get(ADDRESS.format(judge.pk), headers={"HX-Request": "true"}).content.decode()

    assert 'id="open-runs"' in waiting
    assert "every 3s" in waiting
    assert "<h1>" not in waiting
    assert "The runs have ended" in ended
    assert "every 3s" not in ended


def test_any_version_leads_to_the_page_of_its_judge_and_other_checkpoints_have_none(
    client: Client, judge: Checkpoint, olga: Place
) -> None:
    post(client, judge, "write", version=1, instructions=REASON)
    made = JudgeVersion.objects.get(number=2).checkpoint
    other = Project.objects.create(slug="other", name="Other", created_by=olga.user, salt="t" * 32)
    strange = Checkpoint.objects.create(name="Strange", contract="preference", backend="fake", project=other)

    assert "Version 2" in text(client, made)
    for one in (checkpoint("rubric"), strange, Checkpoint(pk=10**12)):
        assert client.get(ADDRESS.format(one.pk)).status_code == 404
        assert post(client, one, "promote", version=1).status_code == 404
    assert client.get(f"/checkpoints/{made.pk}/").status_code == 200


def test_only_curators_come_in(judge: Checkpoint, olga: Place, person: Callable[[str], User]) -> None:
    Membership.objects.create(project=olga.project, user=person("Ana"), role=Role.ANNOTATOR)
    for name in ("Ana", "Sam"):
        browser = Client()
        browser.force_login(person(name))
        assert browser.get(ADDRESS.format(judge.pk)).status_code == 404
        assert browser.post(f"{ADDRESS.format(judge.pk)}write/", {"instructions": "x", "version": 1}).status_code == 404
    assert not JudgeVersion.objects.exists()


def test_many_versions_are_asked_for_at_once(
    client: Client, judge: Checkpoint, olga: Place, django_assert_max_num_queries: Any
) -> None:
    first = instructions.begun(instructions.version_of(olga.project, judge))
    post(client, judge, "try", version=1, question="better", limit=10)
    run_all()
    report = JudgeReport.objects.get()
    for number in range(20):
        made = instructions.write(first, f"Be fair {number}.", by=olga.user)
        report.pk, report.version = None, made
        report.save(force_insert=True)
    text(client, judge)

    with django_assert_max_num_queries(14):
        shown = text(client, judge)

    assert shown.count('<li class="card stack"') == 21


def test_runs_say_what_they_are_about(client: Client, judge: Checkpoint) -> None:
    post(client, judge, "try", version=1, question="better", limit=10)
    run_all()
    trial = Run.objects.get()

    told = client.get(f"/projects/answers/runs/{trial.pk}/").content.decode()

    assert "on trial about labels of “<bdi>better</bdi>”" in told
    assert "See the versions" in told
    assert ADDRESS.format(judge.pk) in told
