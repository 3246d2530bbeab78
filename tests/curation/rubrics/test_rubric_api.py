"""Rubrics written by models and proven by labels, for programs: the same services and refusals as on the pages. Who may
is with all doors (tests/access), and objects of other projects are in tests/abuse."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope, User
from accounts.services import tokens
from annotation.models import Annotation, Item, RubricVersion
from curation.models import RubricAttempt, RubricLine, RubricReport
from curation.services import line_runs
from modelhooks.models import Checkpoint, Run
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.curation.rubrics.conftest import checkpoint, finished
from tests.curation.rubrics.test_evolution import planted
from tests.curation.rubrics.test_grading import REASON, STOP, graded, version_of

__all__ = ["planted"]  # a fixture

Make = Callable[..., list[Item]]
Ask = Callable[..., Any]


def program_of(person: User, *scopes: Scope, **more: Any) -> Ask:
    """What this person's program is answered at an address below that of the project's rubrics."""
    secret = tokens.create(person, name="rubrics", scopes=scopes, days=1, **more).secret
    browser = Client(headers={"Authorization": f"Token {secret}"})

    def ask(method: str, address: str = "", **body: Any) -> Any:
        more = {"data": body, "content_type": "application/json"} if method == "post" else {}
        return getattr(browser, method)(f"/api/v1/projects/answers/rubrics/{address}", **more)

    return ask


@pytest.fixture
def ask(olga: Place) -> Ask:
    return program_of(olga.user, Scope.READ, Scope.WRITE)


def run_of(answer: Any) -> Run:
    """The run that was queued, after its end."""
    assert answer.status_code == 202, answer.json()
    assert answer.headers["Location"] == f"/api/v1/runs/{answer.json()['id']}/"
    return finished(Run.objects.get(pk=answer.json()["id"]))


def draft_of(answer: Any) -> RubricVersion:
    """The version that was made."""
    assert answer.status_code == 201, answer.json()
    told = answer.json()
    return RubricVersion.objects.get(rubric__number=told["rubric"], number=told["version"])


def write(ask: Ask, **wishes: Any) -> Any:
    pen = checkpoint("writing").pk
    return ask("post", "written/", checkpoint=pen, question="better", wishes={"percent": 100, **wishes})


@pytest.fixture
def written(pairs: Make, ask: Ask) -> Run:
    """A run over thirty pairs that a rubric explains and three that none does."""
    pairs(30)
    pairs(3, better="Seven!", worse="It is 7, because 3 and 4 are 7.")
    return run_of(write(ask))


def test_rubrics_are_written_listed_and_read_pair_by_pair(ask: Ask, written: Run) -> None:
    (listed,) = ask("get", "written/").json()["results"]
    told = ask("get", f"written/{written.pk}/").json()
    kept = ask("get", f"written/{written.pk}/attempts/?outcome=kept&page_size=2").json()
    following = ask("get", kept["next"].partition("/rubrics/")[2]).json()
    rejected = ask("get", f"written/{written.pk}/attempts/?outcome=rejected").json()["results"]

    assert (listed["id"], listed["kept"], listed["rejected"], listed["failed"]) == (written.pk, 30, 3, 0)
    assert (told["state"], told["kept"], told["rejected"], told["unexplained"]) == ("done", 30, 3, 3)
    assert [one["pairs"] for one in told["reasons"]] == [3]
    assert [one["outcome"] for one in kept["results"]] == ["kept"] * 2
    assert {one["item"] for one in kept["results"]}.isdisjoint(one["item"] for one in following["results"])
    assert all(one["criteria"] and not one["reason"] for one in kept["results"])
    assert [bool(one["reason"]) for one in rejected] == [True] * 3
    assert "attempts" not in rejected[0]
    whole = ask("get", f"written/{written.pk}/attempts/{rejected[0]['item']}/").json()
    assert len(whole["attempts"]) == 4
    assert {name: value for name, value in whole.items() if name != "attempts"} == rejected[0]


def test_the_same_asked_twice_is_one_run_until_it_ends(ask: Ask, pairs: Make) -> None:
    pairs(2)

    first, again, other = write(ask), write(ask), write(ask, attempts=2)

    assert first.json()["id"] == again.json()["id"] != other.json()["id"]
    finished(Run.objects.get(pk=first.json()["id"]))
    assert write(ask).json()["id"] != first.json()["id"]


def test_kept_rubrics_are_gathered_merged_and_taken(ask: Ask, written: Run, olga: Place) -> None:
    item = RubricAttempt.objects.filter(run=written, outcome="kept").earliest("pk").item

    gathered = draft_of(ask("post", f"written/{written.pk}/gather/", name="What is better", most=3))
    merging = run_of(
        ask("post", f"written/{written.pk}/merge/", checkpoint=checkpoint("writing").pk, name="Merged", most=3)
    )
    taken = [draft_of(ask("post", f"written/{written.pk}/attempts/{item.pk}/take/")) for _ in range(2)]

    assert (len(gathered.criteria), gathered.created_by, gathered.rubric.name) == (3, olga.user, "What is better")
    assert RubricVersion.objects.get(run=merging).rubric.name == "Merged"
    assert taken[0] == taken[1]
    assert taken[0].rubric.item == item


def test_a_draft_of_a_slice_is_gathered_from_its_items(ask: Ask, pairs: Make) -> None:
    pairs(10, tags=["maths"])
    pairs(10, tags=["poems"], better="A rose is a rose.", worse="A rose!")
    done = run_of(write(ask))
    asked = {"name": "Of poems", "most": 30}

    made = draft_of(ask("post", f"written/{done.pk}/gather/", **asked, slice={"tag": "poems"}))
    odd = ask("post", f"written/{done.pk}/gather/", **asked, slice={"state": "done"})

    assert (made.rubric.scope, made.rubric.slice) == ("slice", {"tag": "poems"})
    assert max(one["prompts"] for one in made.provenance["support"]) <= 10
    assert (odd.status_code, "A slice is said by" in odd.json()["detail"]) == (400, True)


def test_filters_let_through_what_the_list_of_items_would(ask: Ask, pairs: Make) -> None:
    (maths, *_), _ = pairs(1, tags=["maths"]), pairs(2)

    done = run_of(ask("post", "written/", checkpoint=checkpoint("writing").pk, question="better",
                      filters={"tag": "maths"}, wishes={"percent": 100}))  # fmt: skip

    assert list(RubricAttempt.objects.filter(run=done).values_list("item", flat=True)) == [maths.pk]


def test_lines_are_read_found_and_taken(ask: Ask, add_item: Callable[..., Item]) -> None:
    item, pen = add_item("Rhine."), checkpoint("writing").pk

    done = run_of(ask("post", "lines/", checkpoint=pen, source="constraints", filters={"key": item.key}))
    told = ask("get", f"lines/{done.pk}/").json()
    found = ask("get", f"lines/{done.pk}/found/").json()["results"]
    (listed,) = ask("get", "lines/").json()["results"]
    taken = [draft_of(ask("post", f"lines/{done.pk}/take/", item=item.pk)) for _ in range(2)]
    shared = ask("post", f"lines/{done.pk}/gather/", name="All")

    count = RubricLine.objects.filter(run=done).count()
    assert (told["lines"], told["items"], listed["lines"], len(found)) == (count, 1, count, count)
    assert (found[0]["item"], found[0]["key"], found[0]["quote"], found[0]["annotator"]) == (
        item.pk,
        item.key,
        "Question 1?",
        None,
    )
    assert taken[0] == taken[1]
    assert (shared.status_code, "read no justifications" in shared.json()["detail"]) == (422, True)


def test_principles_of_two_annotators_become_a_draft(
    ask: Ask, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    item = add_item("One.", "Two.")
    for name in ("Ana", "Ben"):
        answer(item, "a", name, answers={"better": {"winner": "a", "strength": 1}, "why": "It is right."})

    body = {"checkpoint": checkpoint("writing").pk, "source": "principles", "question": "why"}
    done = run_of(ask("post", "lines/", **body, wishes={"percent": 100}))
    made = draft_of(ask("post", f"lines/{done.pk}/gather/", name="Shared"))

    assert {one["annotator"] for one in ask("get", f"lines/{done.pk}/found/").json()["results"]} == {"Ana", "Ben"}
    assert made.provenance["support"] == [{"annotators": 2, "wordings": 1}]
    assert ask("post", f"lines/{done.pk}/take/", item=item.pk).status_code == 422


def test_a_version_is_judged_decided_about_and_revised(ask: Ask, olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, STOP, REASON)
    address, pen = "1/versions/1/", checkpoint("writing").pk
    unknown = ask("post", f"{address}revise/", checkpoint=pen)

    run_of(ask("post", f"{address}grade/", checkpoint=checkpoint("rubric").pk, question="better"))
    report = RubricReport.objects.get(version=first)
    (listed,) = ask("get", f"{address}reports/").json()["results"]
    told = ask("get", f"{address}reports/{report.pk}/").json()
    decided = draft_of(ask("post", f"{address}decide/", edits=[{"key": "stop", "is_kept": False}], fitted_by=report.pk))
    revising = run_of(ask("post", f"{address}revise/", checkpoint=pen, report=report.pk))

    assert (unknown.status_code, "Let a judge answer" in unknown.json()["detail"]) == (422, True)
    assert (listed["id"], listed["pairs"], listed["judge"]) == (report.pk, 60, "fake rubric")
    assert [(one["key"], one["standing"]) for one in told["criteria"]] == [("stop", "reversed"), ("reason", "kept")]
    assert told["headline"] == "1 of 2 criteria tells what people prefer"
    assert told["criteria"][1]["says"] == "The preferred response meets it more often."
    assert told["figures"] == report.figures
    assert [one["key"] for one in decided.criteria] == ["reason"]
    assert RubricVersion.objects.get(run=revising).parent == first


def test_a_version_takes_over_only_where_unseen_labels_say_so(ask: Ask, olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, STOP)
    graded(olga, first)
    second = draft_of(ask("post", "1/versions/1/decide/", edits=[{"key": "stop", "title": REASON["title"]}]))

    early = ask("post", "1/versions/2/promote/")
    graded(olga, second)
    promoted = [ask("post", "1/versions/2/promote/") for _ in range(2)]

    assert (early.status_code, early.json()["title"]) == (409, "It is not shown to be better")
    assert [(one.status_code, one.json()["status"]) for one in promoted] == [(200, "validated")] * 2


@pytest.mark.parametrize(
    ("address", "body", "status", "sentence"),
    [
        ("written/", {"question": "better", "wishes": {"attempts": 99}}, 422, "attempts"),
        ("written/", {"question": "better", "wishes": {"hue": 1}}, 422, "hue"),
        ("written/", {"question": "why"}, 422, "asks no preference"),
        ("written/", {"question": "better", "hue": 1}, 400, "hue"),
        ("written/", {"question": "better", "checkpoint": 10**9}, 404, ""),
        ("lines/", {"source": "principles"}, 422, "asks for no words"),
        ("lines/", {"source": "checklist", "question": "why"}, 422, "Leave it out"),
        ("lines/", {"source": "contrast"}, 400, "source"),
        ("1/versions/1/grade/", {"question": "better"}, 422, "cannot do this"),
        ("1/versions/1/revise/", {"percent": 0}, 400, "percent"),
        ("1/versions/1/revise/", {"report": 10**9}, 404, ""),
        ("1/versions/1/decide/", {"edits": [{"key": "odd"}]}, 422, "has no criterion"),
        ("1/versions/1/decide/", {"edits": [{"key": "stop", "is_kept": False}]}, 422, "Nothing would be left"),
        ("1/versions/1/decide/", {"edits": [{"key": "stop"}, {"key": "stop"}]}, 400, "once"),
        ("1/versions/1/decide/", {"fitted_by": 10**9}, 404, ""),
    ],
)
def test_what_cannot_be_had_is_refused_in_words(
    ask: Ask, olga: Place, address: str, body: dict[str, Any], status: int, sentence: str
) -> None:
    version_of(olga, STOP)
    pen = {} if "decide" in address else {"checkpoint": checkpoint("writing").pk}

    refused = ask("post", address, **{**pen, **body})

    assert refused.status_code == status
    assert sentence in refused.content.decode()
    assert (Run.objects.count(), RubricVersion.objects.count()) == (0, 1)


def test_reading_and_writing_want_their_scopes_and_a_curator(
    ask: Ask, olga: Place, written: Run, person: Callable[[str], User]
) -> None:
    for name, role in (("Vera", Role.VIEWER), ("Chen", Role.CURATOR)):
        Membership.objects.create(project=olga.project, user=person(name), role=role)
    elsewhere = Project.objects.create(slug="others", name="Others", created_by=olga.user)
    Membership.objects.create(project=elsewhere, user=olga.user, role=Role.OWNER)
    gather = {"name": "All", "most": 3}
    reads, writes = (program_of(person("Chen"), one) for one in (Scope.READ, Scope.WRITE))
    vera = program_of(person("Vera"), Scope.READ, Scope.WRITE)
    bound = program_of(olga.user, Scope.READ, Scope.WRITE, project_id=elsewhere.pk)

    for program, read, write in ((reads, 200, 404), (writes, 404, 201), (vera, 404, 404), (bound, 404, 404)):
        assert program("get", f"written/{written.pk}/attempts/").status_code == read
        assert program("post", f"written/{written.pk}/gather/", **gather).status_code == write


def test_pages_ask_the_database_as_often_however_long_they_are(
    ask: Ask, olga: Place, written: Run, django_assert_max_num_queries: Any
) -> None:
    for address in ("written/", f"written/{written.pk}/attempts/", "lines/"):
        with django_assert_max_num_queries(12):
            assert ask("get", address).status_code == 200


def test_what_a_body_or_an_address_names_is_of_this_version_and_project(
    ask: Ask, olga: Place, planted: list[Item], person: Callable[[str], User]
) -> None:
    first = version_of(olga, STOP)
    version_of(olga, REASON)
    report = graded(olga, first)
    oscars = Project.objects.create(slug="others", name="Others", created_by=person("Oscar"))
    pen = Checkpoint.objects.create(name="Oscar's", contract="writing", backend="fake", project=oscars)
    theirs = Item.objects.create(
        project=oscars, key="their-key", digest=b"x" * 32, group="g", messages=[], responses=[]
    )
    done = finished(line_runs.constraints(olga, checkpoint=checkpoint("writing")))
    before = (Run.objects.count(), RubricVersion.objects.count())

    answers = [
        ask("get", f"2/versions/1/reports/{report.pk}/"),
        ask("post", "2/versions/1/revise/", checkpoint=checkpoint("writing").pk, report=report.pk),
        ask("post", "2/versions/1/decide/", fitted_by=report.pk),
        ask("post", "written/", checkpoint=pen.pk, question="better"),
        ask("post", "lines/", checkpoint=pen.pk, source="constraints"),
        ask("post", "1/versions/1/revise/", checkpoint=pen.pk),
    ]
    taken = ask("post", f"lines/{done.pk}/take/", item=theirs.pk)

    assert [one.status_code for one in answers] == [404] * 6
    assert (taken.status_code, "their-key" in taken.content.decode()) == (422, False)
    assert (Run.objects.count(), RubricVersion.objects.count()) == before
