"""Reading items and annotations, and adding annotations made elsewhere."""

from typing import Any

from annotation.models import Annotation, Draft
from tests.world import World, add_items, program, submit, token_for

ITEMS = "/api/v1/projects/answers/items/"
ANNOTATIONS = "/api/v1/projects/answers/annotations/"


def add(world: World, **body: Any) -> Any:
    """Add an annotation as Olga's program."""
    return world.api("olga").post(ANNOTATIONS, body, content_type="application/json")


def judged(world: World, **more: Any) -> dict[str, Any]:
    """A judge's opinion of Olga's first item."""
    answers = {"preference": {"winner": "a", "strength": 1}}
    return {"item": world.answers.items[0].pk, "imported_name": "judge-7b", "answers": answers, **more}


def test_the_whole_list_comes_in_pages_without_gap_or_double(world: World) -> None:
    add_items(world.answers.owner, 7)
    address, seen = f"{ITEMS}?page_size=5", []
    while address:
        page = world.api("vera").get(address).json()
        seen += [item["id"] for item in page["results"]]
        address = page["next"]

    assert len(seen) == 12
    assert seen == sorted(set(seen))


def test_filters_narrow_the_list(world: World) -> None:
    client, first = world.api("vera"), world.answers.items[0]

    def found(query: str) -> list[int]:
        return [item["id"] for item in client.get(f"{ITEMS}{query}").json()["results"]]

    assert found(f"?key={first.key}") == [first.pk]
    assert len(found("?tag=maths")) == 5
    assert found("?tag=poetry") == []
    assert found("?state=done") == []
    assert len(found("?state=in-progress")) == 2
    assert found("?import=00000000-0000-4000-8000-000000000000") == []


def test_those_who_may_view_see_models_and_sources(world: World) -> None:
    item = world.api("chen").get(f"/api/v1/items/{world.answers.items[0].pk}/").json()

    assert item["responses"][0]["model"] == "secret-model-one"
    assert item["source"] == {"dataset": "secret-source"}


def test_annotations_are_read_in_the_order_of_the_item(world: World) -> None:
    (listed,) = world.api("vera").get(ANNOTATIONS).json()["results"]

    assert listed["answers"] == world.annotation.answers
    assert (listed["order"], listed["shown"]) == ("item", world.annotation.shown)
    assert listed["annotator"] == {"person": world.user("ana").pk, "run": None, "name": "Ana"}


def test_an_annotator_reads_her_own_answer_as_it_was_shown(world: World) -> None:
    own = world.api("ana").get(f"/api/v1/annotations/{world.annotation.pk}/").json()

    assert own["answers"] == {"preference": {"winner": "a", "strength": 2}}
    assert (own["order"], own["shown"]) == ("shown", None)


def test_an_annotator_does_not_read_anothers_answer(world: World) -> None:
    assert world.api("ben").get(f"/api/v1/annotations/{world.annotation.pk}/").status_code == 404


def test_a_machines_annotation_is_stored_under_its_name_with_its_source(world: World) -> None:
    added = add(world, **judged(world, source={"prompt": "v3"}))

    assert added.status_code == 201
    stored = Annotation.objects.get(pk=added.json()["id"])
    assert (stored.author, stored.imported_name, stored.source) == (None, "judge-7b", {"prompt": "v3"})
    assert stored.answers == {"preference": {"winner": "a", "strength": 1}}


def test_the_same_annotation_twice_is_one(world: World) -> None:
    first = add(world, **judged(world)).json()

    second = add(world, **judged(world))

    assert second.json()["id"] == first["id"]
    assert Annotation.objects.filter(imported_name="judge-7b").count() == 1


def test_another_opinion_of_the_same_name_supersedes_the_first(world: World) -> None:
    first = add(world, **judged(world)).json()["id"]

    second = add(world, **judged(world, answers={"preference": {"winner": "b", "strength": 3}})).json()

    assert second["supersedes"] == first
    current = world.api("vera").get(f"{ANNOTATIONS}?imported_name=judge-7b").json()["results"]
    every = world.api("vera").get(f"{ANNOTATIONS}?imported_name=judge-7b&current=false").json()["results"]
    assert ([one["id"] for one in current], len(every)) == ([second["id"]], 2)


def test_an_opinion_that_fits_no_question_is_refused(world: World) -> None:
    refused = add(world, **judged(world, answers={"preference": {"winner": "BANANA"}, "speed": 1}))

    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"preference", "speed"}
    assert not Annotation.objects.filter(imported_name="judge-7b").exists()


def test_an_annotation_cannot_be_added_to_an_item_elsewhere(world: World) -> None:
    refused = add(world, **judged(world, item=world.others.items[0].pk))

    assert refused.status_code == 400
    assert Annotation.objects.count() == 1


def test_an_annotation_cannot_be_added_in_a_persons_name(world: World) -> None:
    refused = add(world, **judged(world, author=world.user("ana").pk))

    assert refused.status_code == 400
    assert "author" in refused.json()["errors"]


def test_adding_an_annotation_leaves_the_owners_own_draft_alone(world: World) -> None:
    Draft.objects.create(author=world.user("olga"), item=world.answers.items[0], answers={"reason": "half"})

    add(world, **judged(world))

    assert Draft.objects.filter(author=world.user("olga")).exists()


def test_adding_annotations_wants_the_scope_for_it(world: World) -> None:
    reader = program(token_for("olga", scopes=["read", "label", "manage"]))

    assert reader.post(ANNOTATIONS, judged(world), content_type="application/json").status_code == 404


def test_filters_by_item_and_person(world: World) -> None:
    ben = world.answers.places["ben"]
    from annotation.services import queue

    lease = queue.claim(ben)
    assert lease
    theirs = submit(ben, lease)

    by_person = world.api("vera").get(f"{ANNOTATIONS}?author={ben.user.pk}").json()["results"]

    assert [one["id"] for one in by_person] == [theirs.pk]
