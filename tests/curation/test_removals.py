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
from audit.models import Event
from curation import store
from curation.annotator_names import pseudonym
from curation.models import Analysis, Consensus, Release, Removal, Standing
from curation.services import analyses, releases, removing
from curation.services.releases import Frozen
from curation.services.removing import NotRemoved
from curation.services.wishes import ReleaseRefused
from jobs import runner
from projects.access import Place
from projects.models import Membership, Role
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


def write(asked: Frozen) -> Release:
    runner.execute(str(asked.release.job_id))
    return Release.objects.select_related("job").get(pk=asked.release.pk)


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
    def look() -> Analysis:
        asked = analyses.start(olga)
        runner.execute(str(asked.job_id))
        return Analysis.objects.get(pk=asked.pk)

    look()
    made = release(**JSONL)
    following = [{"name": "rm_pairs", "parameters": {"aggregator": "consensus"}}]
    new = write(removing.remove(olga, made, items=["pair-2"], annotators=["cyd@example.org"], reason="Out."))
    assert new.manifest is not None, new.job.message
    with pytest.raises(ReleaseRefused, match="still counts labels that were removed since"):
        releases.freeze(olga, recipes=following, **JSONL)

    analysis = look()

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
    new = Release.objects.get(pk=asked.json()["id"])
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
