"""Items and annotations out, rows in, from a program beside a running installation."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotation.models import Annotation, Item, Lease
from goldpan.client import Client, NotFound, NotUnderstood, Refused, TokenRefused
from goldpan.client import paging as client_paging
from tests.faults.stack import Stack
from tests.world import World, add_items

pytestmark = pytest.mark.stack


def rows(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"prompt": f"Name fruit {number}.", "chosen": "An apple.", "rejected": "A stone."}


def test_every_item_comes_once_and_in_order_over_many_pages(
    world: World, olga: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_items(world.answers.owner, 20)
    monkeypatch.setattr(client_paging, "LARGEST_PAGE", 7)

    found = [item["id"] for item in olga.items.all("answers")]

    assert found == list(Item.objects.filter(project__slug="answers").order_by("pk").values_list("pk", flat=True))
    assert olga.items.get(found[0])["id"] == found[0]


def test_a_list_is_fetched_only_as_far_as_it_is_read(
    world: World, olga: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_items(world.answers.owner, 20)
    monkeypatch.setattr(client_paging, "LARGEST_PAGE", 2)
    asked: list[object] = []
    call = olga.items._connection.call
    monkeypatch.setattr(
        olga.items._connection, "call", lambda *words, **said: asked.append(said) or call(*words, **said)
    )

    found = olga.items.all("answers")
    next(found), next(found), next(found)

    assert len(asked) == 2


def test_annotations_tell_who_said_what(world: World, olga: Client) -> None:
    found = list(olga.annotations.all("answers", author=world.annotation.author_id))

    assert [one["id"] for one in found] == [world.annotation.pk]
    assert found[0]["answers"] == world.annotation.answers


def test_a_machine_s_opinion_added_twice_is_one_annotation(world: World, olga: Client) -> None:
    item = world.answers.items[-1].pk
    said: dict[str, Any] = {"imported_name": "judge-7b", "answers": {"preference": {"winner": "b", "strength": 1}}}

    first = olga.annotations.add("answers", item=item, source={"prompt": "v3"}, **said)
    again = olga.annotations.add("answers", item=item, source={"prompt": "v3"}, **said)

    assert first["id"] == again["id"]
    assert Annotation.objects.filter(item_id=item, imported_name="judge-7b").count() == 1


def test_rows_are_pushed_and_each_is_accounted_for(world: World, olga: Client) -> None:
    cut = {"prompt": "No responses at all."}

    report = olga.imports.push("answers", [*rows(300), *rows(2), cut], format="trl_explicit")

    assert (report["ok"], report["duplicate"], report["refused"], report["total"]) == (300, 2, 1, 303)
    refused = list(olga.imports.refused(report["id"]))
    assert [row["number"] for row in refused] == [303]
    assert refused[0]["reason"]
    assert len(list(olga.items.all("answers", import_id=report["id"]))) == 300


def test_a_file_is_pushed_as_it_lies_there(world: World, olga: Client, tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows(3)))

    report = olga.imports.push_file("answers", path)

    assert (report["state"], report["ok"], report["format"]) == ("done", 3, "trl_explicit")
    assert report["file_name"] == "pairs.jsonl"


def test_a_program_labels_and_may_repeat_itself(stack: Stack, world: World) -> None:
    with Client(stack.address, world.secrets["ben"]) as ben:
        work = ben.labeling.next("answers")
        assert work is not None
        key = Lease.objects.get(pk=work["lease"]["id"]).pk
        answers = {"preference": {"winner": "a", "strength": 2}}
        done = ben.labeling.submit(work["lease"]["id"], answers, key=key)
        again = ben.labeling.submit(work["lease"]["id"], answers, key=key)
        other = ben.labeling.next("answers")
        assert other is not None
        ben.labeling.skip(other["lease"]["id"], "I cannot read it.")

    assert (done["annotation"], done["replayed"], again["replayed"]) == (again["annotation"], False, True)


def test_projects_are_those_of_the_person(world: World, olga: Client) -> None:
    assert [project["slug"] for project in olga.projects()] == ["answers"]
    assert olga.project("answers")["slug"] == "answers"


def test_the_server_s_sentence_is_what_is_raised(stack: Stack, world: World, olga: Client) -> None:
    with pytest.raises(NotFound, match="nothing that you may see"):
        olga.project("others")
    with pytest.raises(NotUnderstood) as refused:
        next(olga.items.all("answers", state="banana"))
    assert "state" in refused.value.errors
    assert "banana" in str(refused.value)
    with pytest.raises(Refused) as unfit:
        olga.annotations.add("answers", item=world.answers.items[0].pk, imported_name="x", answers={"preference": 7})
    assert unfit.value.errors
    with (
        Client(stack.address, "gp_wrong") as stranger,
        pytest.raises(TokenRefused, match="unknown, expired or revoked"),
    ):
        next(stranger.projects())


def test_a_name_cannot_lead_to_another_address(world: World, olga: Client) -> None:
    with pytest.raises(NotFound):
        olga.project("answers/../others")
    with pytest.raises(NotFound):
        olga.project("?page_size=1")
