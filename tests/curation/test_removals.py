"""Data is taken out of a release for good: a new one without it takes its place, and says what went."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Scope
from accounts.services import tokens
from annotation.models import Annotation, Item
from annotation.services import gold
from audit.models import Event
from curation import store
from curation.annotator_names import pseudonym
from curation.models import Analysis, Consensus, Measure, Release, Removal, Standing
from curation.queries import releases as queries
from curation.services import analyses, evaluation_sets, release_jobs, releases, removing
from curation.services.removing import NotRemoved, Removed
from curation.services.wishes import ReleaseRefused
from curation.serving import Withdrawn
from jobs import runner
from projects.access import Place
from projects.models import Membership, Role
from tests.curation.reviewing import analysis_of
from tests.curation.test_held_out import rows
from tests.curation.test_release_gates import asking, different

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Made = Callable[..., Release]
JSONL: dict[str, Any] = {"formats": ["jsonl"], "splits": {"train": 100}}


@pytest.fixture
def many(add_item: AddItem, answer: Answer) -> list[Item]:
    """Thirty pairs; Ana and Ben prefer different sides of every third, and of these Cyd sides with Ana."""
    found = [add_item("x", str(number), **asking(different(number))) for number in range(30)]
    for number, item in enumerate(found):
        side, other = ("a", "b") if number % 2 else ("b", "a")
        answer(item, side, "Ana"), answer(item, other if number % 3 == 0 else side, "Ben")
        if number % 3 == 0:
            answer(item, side, "Cyd")
    return found


def write(done: Removed) -> Release:
    assert done.made is not None
    runner.execute(str(done.made.job_id))
    return Release.objects.select_related("job").get(pk=done.made.pk)


def test_an_item_goes_and_its_release_with_it(olga: Place, many: list[Item], release: Made) -> None:
    made = release("rm_pairs", "raw", **JSONL)
    folder = store.path_of(made.files.get(path="manifest.json")).parent

    new = write(removing.remove(olga, made, items=["pair-2"], reason="It names a person."))

    made.refresh_from_db()
    assert made.withdrawn_at is not None
    assert not folder.exists()
    assert set(rows(new)) == set(rows(new, "raw")) == {item.key for item in many} - {"pair-2"}
    told = new.manifest["removed"]  # type: ignore[index]
    assert told == {"items": ["pair-2"], "annotators": [], "because": ["It names a person."], "instead_of": made.number}
    card = store.path_of(new.files.get(path="README.md")).read_text()
    assert "Removed for good: pair-2, because: It names a person." in card
    assert [event.verb for event in Event.objects.filter(subject=f"release:{made.pk}").order_by("pk")] == [
        "release.asked",
        "release.frozen",
        "release.remove",
        "release.withdrawn",
    ]


def test_all_that_somebody_said_goes_and_what_others_said_decides(olga: Place, many: list[Item], release: Made) -> None:
    made = release("rm_pairs", "raw", **JSONL)
    before = rows(made)

    new = write(removing.remove(olga, made, annotators=["CYD@example.org"], reason="She asked for it."))

    cyd = Annotation.objects.get(author__email="cyd@example.org", item=many[0]).author_id
    name = pseudonym(olga.project.salt, "people", cyd)
    assert all(row["n_votes"] == 2 for row in rows(new).values())
    assert {key for key, row in before.items() if row["n_votes"] == 3} == set(before) - set(rows(new))
    said = {one["annotator"] for row in rows(new, "raw").values() for one in row["annotations"]}
    assert name not in said
    assert len(said) == 2
    assert new.manifest["removed"]["annotators"] == [name]  # type: ignore[index]
    assert "cyd@example.org" not in json.dumps(new.manifest).lower()


def test_the_page_of_a_release_names_what_is_held_out_and_what_went(
    olga: Place, many: list[Item], add_item: AddItem, answer: Answer, release: Made
) -> None:
    for _ in range(2):
        answer(add_item("one", "another", tags=["<rare>"]), "a")
    held = {"tags": ["<rare>"], "nearly_same": True}
    made = release(hold_out=held, **{**JSONL, "splits": {"train": 50, "test": 50}})
    new = write(removing.remove(olga, made, items=["pair-2"], reason="It names a person."))
    client = Client()
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(reverse("curation:release", args=["answers", new.number])).content.decode()

    for name, value in (
        ("Tags for test alone", "&lt;rare&gt;"),
        ("In one split", "prompts that are nearly the same"),
        ("Items taken out", "pair-2"),
        ("Taken out because", "It names a person."),
    ):
        assert f"<dt>{name}</dt><dd><bdi>{value}</bdi></dd>" in page
    plain = client.get(reverse("curation:release", args=["answers", release(**JSONL).number])).content.decode()
    assert "for test alone" not in plain


def test_what_went_is_in_no_later_release_whatever_is_wished(olga: Place, many: list[Item], release: Made) -> None:
    write(removing.remove(olga, release(**JSONL), items=["pair-2"], reason="Out."))

    later = release("dpo_pairs", **JSONL)

    assert "pair-2" not in rows(later, "dpo_pairs")
    assert later.manifest["removed"]["items"] == ["pair-2"]  # type: ignore[index]
    assert "instead_of" not in later.manifest["removed"]  # type: ignore[index]


def test_a_release_made_before_is_what_it_was_until_it_is_replaced(
    olga: Place, many: list[Item], release: Made
) -> None:
    one, other = release(**JSONL), release("dpo_pairs", **JSONL)

    write(removing.remove(olga, one, items=["pair-2"], reason="Out."))

    other.refresh_from_db()
    assert other.withdrawn_at is None
    assert "pair-2" in rows(other, "dpo_pairs")
    assert release(**JSONL).pk != one.pk


def test_an_analysis_counts_what_went_no_more_and_an_older_one_is_not_followed(
    olga: Place, many: list[Item], release: Made
) -> None:
    look(olga)
    made = release(**JSONL)
    following = [{"name": "rm_pairs", "parameters": {"aggregator": "consensus"}}]
    new = write(removing.remove(olga, made, items=["pair-2"], annotators=["cyd@example.org"], reason="Out."))
    assert new.manifest is not None, new.job.message
    with pytest.raises(ReleaseRefused, match="still counts labels that were removed since"):
        releases.freeze(olga, recipes=following, **JSONL)

    analysis = look(olga)

    assert not Standing.objects.filter(analysis=analysis, person__email="cyd@example.org").exists()
    assert Standing.objects.filter(analysis=analysis, person__email="ana@example.org").exists()
    assert not Consensus.objects.filter(item=many[1], until=None).exists()
    assert set(rows(release(recipes=following, **JSONL))) >= {"pair-3"}


def test_addresses_of_a_withdrawn_release_say_which_stands_in_its_place(
    client: Client, olga: Place, many: list[Item], release: Made
) -> None:
    made = release(**JSONL)
    path = made.files.get(path__endswith=".jsonl").path
    secret = tokens.create(olga.user, name="t", scopes=(Scope.READ, Scope.MANAGE), days=1).secret
    headers = {"Authorization": f"Token {secret}"}
    asked = client.post(
        reverse("api-release-removals", kwargs={"release_id": made.pk}),
        json.dumps({"items": ["pair-2"], "reason": "Out."}),
        content_type="application/json",
        headers=headers,
    )
    assert asked.status_code == 202, asked.content
    address = reverse("api-release-file", kwargs={"release_id": made.pk, "path": path})
    assert client.get(address, headers=headers).status_code == 200
    assert asked.json()["also_in"] == []
    new = Release.objects.get(pk=asked.json()["release"])
    runner.execute(str(new.job_id))

    gone = client.get(address, headers=headers)

    assert gone.status_code == 410
    assert f"Release {new.number} ({new.pk}) stands in its place." in gone.json()["detail"]
    assert client.get(reverse("api-release", kwargs={"release_id": made.pk}), headers=headers).json()["withdrawn_at"]
    client.force_login(olga.user)
    page = client.get(f"/projects/answers/releases/{made.number}/")
    assert b"This release was withdrawn" in page.content
    assert b"stands in its place" in page.content
    assert client.get(f"/projects/answers/releases/{made.number}/files/{path}").status_code == 410


def test_the_old_release_stays_while_the_new_one_is_not_frozen(
    olga: Place, many: list[Item], release: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = release(**JSONL)
    every = [item.key for item in many]

    new = write(removing.remove(olga, made, items=every, reason="All of it."))

    assert new.manifest is None
    made.refresh_from_db()
    assert made.withdrawn_at is None
    assert store.path_of(made.files.get(path="manifest.json")).exists()


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"items": ["pair-99"]}, "There is no item pair-99 in this project."),
        ({"annotators": ["nobody@example.org"]}, "Nobody of the name nobody@example.org has labeled anything here."),
        ({"items": []}, "Name 1 to 1,000 items and annotators."),
        ({"items": ["pair-1"], "reason": " "}, "Say why, in up to 500 characters."),
    ],
)
def test_what_cannot_be_removed_is_refused_and_nothing_is_kept(
    olga: Place, many: list[Item], release: Made, what: dict[str, Any], sentence: str
) -> None:
    made = release(**JSONL)

    with pytest.raises(NotRemoved) as refused:
        removing.remove(olga, made, **{"reason": "Out.", **what})

    assert str(refused.value) == sentence
    assert not Removal.objects.exists()


def test_nothing_is_removed_while_another_release_is_being_written_or_twice(
    olga: Place, many: list[Item], release: Made
) -> None:
    made = release(**JSONL)
    open_one = releases.freeze(olga, recipes=[{"name": "dpo_pairs"}]).release
    with pytest.raises(NotRemoved, match="is being written"):
        removing.remove(olga, made, items=["pair-1"], reason="Out.")
    runner.execute(str(open_one.job_id))
    write(removing.remove(olga, made, items=["pair-1"], reason="Out."))

    made.refresh_from_db()
    with pytest.raises(NotRemoved, match="frozen and stands"):
        removing.remove(olga, made, items=["pair-2"], reason="Out.")


def test_a_removal_is_never_changed(olga: Place, many: list[Item], release: Made) -> None:
    write(removing.remove(olga, release(**JSONL), items=["pair-1"], reason="Out."))

    with pytest.raises(DatabaseError), transaction.atomic():
        Removal.objects.update(reason="Never mind.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Removal.objects.all().delete()


def test_only_owners_remove(client: Client, olga: Place, many: list[Item], release: Made, person: Any) -> None:
    made = release(**JSONL)
    Membership.objects.create(project=olga.project, user=person("Cora"), role=Role.CURATOR)
    client.force_login(person("Cora"))

    answer = client.post(f"/projects/answers/releases/{made.number}/remove/", {"items": "pair-1", "reason": "Out."})

    assert answer.status_code in {403, 404}
    assert b"Take data out" not in client.get(f"/projects/answers/releases/{made.number}/").content
    client.force_login(olga.user)
    assert b"Take data out" in client.get(f"/projects/answers/releases/{made.number}/").content
    answer = client.post(
        f"/projects/answers/releases/{made.number}/remove/", {"items": "pair-1\npair-2\n", "reason": "Out."}
    )
    assert answer.url == f"/projects/answers/releases/{made.number + 1}/"
    assert Removal.objects.count() == 2


def test_the_command_removes_and_waits(olga: Place, many: list[Item], release: Made, capsys: Any) -> None:
    made = release(**JSONL)

    call_command("release", "remove", f"answers/{made.number}", "--item", "pair-1", "--because", "Out.")

    assert f"takes the place of release {made.number}" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no item"):
        call_command("release", "remove", f"answers/{made.number + 1}", "--item", "none", "--because", "Out.")


def look(place: Place) -> Analysis:
    asked = analyses.start(place)
    runner.execute(str(asked.job_id))
    return Analysis.objects.get(pk=asked.pk)


def test_what_a_consensus_counted_is_withdrawn_at_once_and_can_be_made_again(
    olga: Place, many: list[Item], release: Made, django_capture_on_commit_callbacks: Any
) -> None:
    look(olga)
    recipes = [{"name": "rm_pairs", "parameters": {"aggregator": "consensus"}}]
    made = release(recipes=recipes, **JSONL)
    folder = store.path_of(made.files.get(path="manifest.json")).parent

    with django_capture_on_commit_callbacks(execute=True):
        done = removing.remove(olga, made, annotators=["cyd@example.org"], reason="She asked for it.")

    assert done.made is None
    made.refresh_from_db()
    assert made.withdrawn_at is not None
    assert not folder.exists()
    asked = Analysis.objects.latest("number")
    assert asked.finished_at is None
    runner.execute(str(asked.job_id))
    again = release(recipes=recipes, **JSONL)
    assert again.manifest["analysis"]["number"] == asked.number  # type: ignore[index]
    assert len(again.manifest["removed"]["annotators"]) == 1  # type: ignore[index]


def test_a_release_that_is_tried_again_brings_nothing_back(
    olga: Place, many: list[Item], release: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = release(**JSONL)
    failed = releases.freeze(olga, recipes=[{"name": "kto"}], **JSONL).release
    release_jobs.cancel(olga, failed)
    write(removing.remove(olga, made, items=["pair-2"], reason="Out."))

    release_jobs.retry(olga, failed)
    runner.execute(str(failed.job_id))

    failed.refresh_from_db()
    assert failed.manifest is None
    assert "Something was taken out" in failed.job.message


def test_what_is_frozen_all_the_same_takes_the_place_that_it_was_made_for(
    olga: Place, many: list[Item], release: Made
) -> None:
    made = release(gates={"min_alpha": 0.1}, **JSONL)
    told = {"units": 50, "labels": 100, "alpha": {"value": 0.05, "low": 0.0, "high": 0.1}}
    Measure.objects.create(
        analysis=analysis_of(olga.project), topic=Measure.Topic.AGREEMENT, question="better", facet="", figures=told
    )
    stopped = write(removing.remove(olga, made, items=["pair-2"], reason="Out."))
    assert stopped.stopped_by is not None

    frozen = releases.freeze_all_the_same(olga, stopped, "It has to go.").release
    runner.execute(str(frozen.job_id))

    made.refresh_from_db()
    assert made.withdrawn_at is not None


def test_somebody_who_labeled_here_and_came_with_an_import_goes_as_a_whole(
    olga: Place, many: list[Item], answer: Answer, release: Made
) -> None:
    for item in many:
        answer(item, "b", author=None, imported_name="Cyd@Example.org")
    made = release("raw", **JSONL)

    new = write(removing.remove(olga, made, annotators=["cyd@example.org"], reason="She asked for it."))

    assert Removal.objects.count() == 2
    assert all(len(row["annotations"]) == 2 for row in rows(new, "raw").values())


def test_an_address_names_the_release_that_stands_after_several_removals(
    olga: Place, many: list[Item], release: Made
) -> None:
    one = release(**JSONL)
    two = write(removing.remove(olga, one, items=["pair-2"], reason="Out."))
    three = write(removing.remove(olga, two, items=["pair-3"], reason="Out, too."))

    one.refresh_from_db()

    assert queries.instead_of(one) == three
    assert three.manifest["removed"]["items"] == ["pair-3", "pair-2"]  # type: ignore[index]
    with pytest.raises(Withdrawn):
        evaluation_sets.from_release(olga, name="Gone", release=one, recipe="judge_pairs", split="train")


def test_other_releases_that_may_hold_it_are_named(olga: Place, many: list[Item], release: Made) -> None:
    one, other = release(**JSONL), release("dpo_pairs", **JSONL)

    done = removing.remove(olga, one, items=["pair-2"], reason="Out.")

    assert done.also_in == [other.number]
    assert f"It may still be in release {other.number}." in removing.told_of(done)


def test_whoever_went_is_asked_about_known_answers_no_more(
    olga: Place, many: list[Item], add_item: AddItem, answer: Answer, release: Made
) -> None:
    for number in range(25):
        item = add_item("x", "y", **asking(different(900 + number)))
        gold.mark(olga, item_id=item.pk, answers={"better": {"accepted": [{"winner": "a", "strength": 1}]}})
        answer(item, "b", "Dan"), answer(item, "a", "Ana")
    made = release(gates={"min_gold_accuracy": 0.4}, **JSONL)

    new = write(removing.remove(olga, made, annotators=["dan@example.org"], reason="He only clicked."))

    (found,) = [one["found"] for one in new.manifest["gates"] if one["gate"] == "min_gold_accuracy"]  # type: ignore[index]
    assert found == 1.0
