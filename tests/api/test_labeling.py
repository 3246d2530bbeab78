"""Taking items and answering them from a program."""

import uuid
from typing import Any

from django.test import Client

from annotation.kinds.rubric_criteria import checked
from annotation.models import Annotation, Draft, Item, Lease, Slot
from annotation.services.annotations import side_order
from annotation.services.forms import save_form
from tests.annotation.suggesting import show, suggest
from tests.world import ANSWERS, World, program, submit, token_for


def take(client: Client, slug: str = "answers", query: str = "") -> Any:
    """What this program is given to do."""
    return client.post(f"/api/v1/projects/{slug}/next/{query}")


def send(client: Client, lease: object, body: Any, *, key: uuid.UUID | None = None, query: str = "") -> Any:
    """Submit answers under a key."""
    headers = {"Idempotency-Key": str(key or uuid.uuid4())}
    return client.post(f"/api/v1/leases/{lease}/submit/{query}", body, content_type="application/json", headers=headers)


def test_next_gives_an_item_with_its_questions(world: World) -> None:
    work = take(world.api("ben")).json()

    assert set(work) == {"lease", "item", "form", "questions", "answers"}
    assert set(work["item"]) == {"id", "messages", "principle", "responses"}
    assert [question["key"] for question in work["questions"]] == ["preference", "helpful", "reason"]
    assert [response["letter"] for response in work["item"]["responses"]] == ["A", "B"]


def test_next_tells_a_program_the_item_s_own_criteria(world: World) -> None:
    place = world.answers.owner
    settings = {"criteria": ["General"], "source": "item"}
    save_form(place, [{"key": "judged", "kind": "rubric", "title": "J", "target": "response", "settings": settings}])
    Item.objects.filter(project=place.project).update(rubric=checked(["Cites a source"]))

    work = take(world.api("ben")).json()
    verdicts = {"cites_a_source": [{"value": "yes"}, {"value": "no"}]}
    sent = send(world.api("ben"), work["lease"]["id"], {"answers": {"judged": {"verdicts": verdicts}}})

    assert [one["title"] for one in work["questions"][0]["settings"]["criteria"]] == ["Cites a source"]
    assert sent.status_code < 300, sent.content


def test_next_gives_the_same_item_until_it_is_answered(world: World) -> None:
    first = take(world.api("ben")).json()

    again = take(world.api("ben")).json()

    assert again["lease"]["id"] == first["lease"]["id"]


def test_next_ahead_of_a_lease_gives_another_item(world: World) -> None:
    first = take(world.api("ben")).json()

    ahead = take(world.api("ben"), query=f"?ahead_of={first['lease']['id']}").json()

    assert ahead["item"]["id"] != first["item"]["id"]


def test_next_has_no_content_when_nothing_waits(world: World) -> None:
    Slot.objects.filter(project=world.others.owner.project).delete()

    response = take(world.api("sam"), "others")

    assert (response.status_code, response.content) == (204, b"")


def test_a_submitted_answer_is_stored_in_the_order_of_the_item(world: World) -> None:
    client = world.api("ben")
    work = take(client).json()
    long_is_a = work["item"]["responses"][0]["messages"][0]["content"].startswith("A long")

    winner = "a" if long_is_a else "b"
    stored = send(client, work["lease"]["id"], {"answers": {"preference": {"winner": winner, "strength": 3}}}).json()

    assert Annotation.objects.get(pk=stored["annotation"]).answers["preference"] == {"winner": "a", "strength": 3}


def test_the_same_request_twice_is_one_answer(world: World) -> None:
    client, key = world.api("ben"), uuid.uuid4()
    lease = take(client).json()["lease"]["id"]

    first = send(client, lease, {"answers": ANSWERS, "seconds": 12.5}, key=key).json()
    second = send(client, lease, {"answers": ANSWERS, "seconds": 12.5}, key=key).json()

    assert first == {"annotation": second["annotation"], "item": second["item"], "replayed": False}
    assert second["replayed"] is True


def test_the_same_key_with_other_answers_is_refused(world: World) -> None:
    client, key = world.api("ben"), uuid.uuid4()
    lease = take(client).json()["lease"]["id"]
    send(client, lease, {"answers": ANSWERS}, key=key)

    other = send(client, lease, {"answers": {"preference": {"winner": "tie", "strength": 0}}}, key=key)

    assert other.status_code == 422
    assert Annotation.objects.filter(author=world.user("ben")).count() == 1


def test_submit_answers_with_the_next_item_on_request(world: World) -> None:
    client = world.api("ben")
    lease = take(client).json()["lease"]["id"]

    stored = send(client, lease, {"answers": ANSWERS}, query="?next=1").json()

    assert stored["next"]["lease"]["id"] not in {lease, None}


def test_submit_wants_an_idempotency_key(world: World) -> None:
    lease = take(world.api("ben")).json()["lease"]["id"]
    address = f"/api/v1/leases/{lease}/submit/"

    without = world.api("ben").post(address, {"answers": ANSWERS}, content_type="application/json")
    odd = world.api("ben").post(
        address, {"answers": ANSWERS}, content_type="application/json", headers={"Idempotency-Key": "once"}
    )

    assert (without.status_code, odd.status_code) == (400, 400)
    assert "UUID" in without.json()["detail"]


def test_an_answer_that_fits_no_question_is_refused_with_a_sentence_each(world: World) -> None:
    client = world.api("ben")
    lease = take(client).json()["lease"]["id"]

    refused = send(client, lease, {"answers": {"preference": {"winner": "BANANA"}, "speed": 3}})

    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"preference", "speed"}
    assert not Annotation.objects.filter(author=world.user("ben")).exists()


def test_an_answer_after_the_slots_are_gone_is_kept_as_a_draft(world: World) -> None:
    lease = Lease.objects.get(pk=take(world.api("ben")).json()["lease"]["id"])
    Slot.objects.filter(item=lease.item).delete()

    late = send(world.api("ben"), lease.pk, {"answers": ANSWERS})

    assert late.status_code == 409
    assert Draft.objects.filter(author=world.user("ben"), item=lease.item).exists()


def test_late_answers_of_no_known_shape_are_still_not_our_mistake(world: World) -> None:
    lease = Lease.objects.get(pk=take(world.api("ben")).json()["lease"]["id"])
    Slot.objects.filter(item=lease.item).delete()

    late = send(world.api("ben"), lease.pk, {"answers": {"preference": {"dimensions": {"tone": 3}}, "reason": []}})

    assert late.status_code == 409


def test_a_draft_comes_back_with_next(world: World) -> None:
    client = world.api("ben")
    lease = take(client).json()["lease"]["id"]
    draft = {"preference": {"winner": "b", "strength": 1}, "helpful": [2, None], "reason": "half a sen"}

    kept = client.put(f"/api/v1/leases/{lease}/draft/", {"answers": draft}, content_type="application/json")

    assert kept.status_code == 204
    assert take(client).json()["answers"] == draft


def test_a_draft_of_no_known_shape_is_refused(world: World) -> None:
    client = world.api("ben")
    lease = take(client).json()["lease"]["id"]

    odd = client.put(
        f"/api/v1/leases/{lease}/draft/",
        {"answers": {"preference": {"dimensions": {"tone": 3}}, "banana": 1}},
        content_type="application/json",
    )

    assert odd.status_code == 422
    assert "banana" in odd.json()["errors"]


def test_a_skipped_item_does_not_come_back(world: World) -> None:
    client = world.api("ben")
    work = take(client).json()

    skipped = client.post(
        f"/api/v1/leases/{work['lease']['id']}/skip/", {"reason": "Not my language."}, content_type="application/json"
    )

    assert skipped.status_code == 204
    assert take(client).json()["item"]["id"] != work["item"]["id"]


def test_skipping_wants_a_reason(world: World) -> None:
    lease = take(world.api("ben")).json()["lease"]["id"]

    response = world.api("ben").post(f"/api/v1/leases/{lease}/skip/", {}, content_type="application/json")

    assert response.status_code == 400
    assert "reason" in response.json()["errors"]


def test_a_heartbeat_holds_the_item(world: World) -> None:
    lease = take(world.api("ben")).json()["lease"]["id"]
    Slot.objects.filter(lease=lease).update(expires_at="2020-01-01T00:00:00Z")

    answer = world.api("ben").post(f"/api/v1/leases/{lease}/extend/")

    assert answer.status_code == 200
    assert answer.json()["expires_at"] > "2020"


def test_a_lease_opens_to_its_holder_alone(world: World) -> None:
    stranger = send(world.api("ben"), world.held.pk, {"answers": ANSWERS})

    assert stranger.status_code == 404


def test_labeling_wants_the_scope_for_it(world: World) -> None:
    reader = program(token_for("ben", scopes=["read"]))

    assert take(reader).status_code == 404


def test_submit_and_next_take_few_queries(world: World, django_assert_max_num_queries: Any) -> None:
    client = world.api("ben")
    lease = take(client).json()["lease"]["id"]
    send(client, lease, {"answers": ANSWERS})
    lease = take(client).json()["lease"]["id"]

    with django_assert_max_num_queries(24):
        send(client, lease, {"answers": ANSWERS}, query="?next=1")


def test_submitting_through_the_service_is_seen_by_the_program(world: World) -> None:
    ben = world.answers.places["ben"]
    lease = Lease.objects.select_related("item", "slot").get(pk=take(world.api("ben")).json()["lease"]["id"])

    submit(ben, lease)

    assert take(world.api("ben")).json()["lease"]["id"] != str(lease.pk)


def suggested(world: World, mode: str) -> dict[str, Any]:
    """What Ben is given to do where a model suggests his answer to it, with that answer as he sees the sides."""
    show(world.answers.owner.project, mode)
    for item in world.answers.items:
        suggest(world.answers.owner, item, {"preference": {"winner": "a", "strength": None}}, question="preference")
    work: dict[str, Any] = take(world.api("ben")).json()
    order = side_order(world.answers.places["ben"], Item.objects.get(pk=work["item"]["id"]))
    letter = "ab"[order.index(0)]
    return {**work, "suggested": {"preference": {"winner": letter, "strength": None}}, "letter": letter}


def test_next_brings_a_suggestion_where_the_project_shows_them(world: World) -> None:
    work = suggested(world, "start")
    answers = {"preference": {"winner": work["letter"], "strength": 1}}

    stored = send(world.api("ben"), work["lease"]["id"], {"answers": answers, "taken": ["preference"]}).json()

    assert work["suggestion"] == {"mode": "start", "answers": work["suggested"], "waiting": []}
    source = Annotation.objects.get(pk=stored["annotation"]).source
    assert (source["mode"], source["taken"], [*source["suggested"]]) == ("start", ["preference"], ["preference"])


def test_a_suggestion_that_waits_is_told_for_an_answer(world: World) -> None:
    work = suggested(world, "after")
    client, address = world.api("ben"), f"/api/v1/leases/{work['lease']['id']}/suggestion/"

    early = client.post(address, {"answers": {}}, content_type="application/json").json()
    told = client.post(address, {"answers": ANSWERS}, content_type="application/json").json()
    stranger = world.api("ana").post(address, {"answers": ANSWERS}, content_type="application/json")

    assert work["suggestion"] == early == {"mode": "after", "answers": {}, "waiting": ["preference"]}
    assert told == {"mode": "after", "answers": work["suggested"], "waiting": []}
    assert stranger.status_code == 404


def test_where_none_are_shown_the_answer_says_so(world: World) -> None:
    lease = take(world.api("ben")).json()["lease"]["id"]

    told = world.api("ben").post(
        f"/api/v1/leases/{lease}/suggestion/", {"answers": ANSWERS}, content_type="application/json"
    )

    assert told.json() == {"mode": "never", "answers": {}, "waiting": []}


def test_ones_own_first_answer_is_told_in_the_order_shown(world: World) -> None:
    stored = Annotation.objects.create(
        project=world.answers.owner.project,
        item=world.answers.items[-1],
        form=world.annotation.form,
        author=world.user("ben"),
        answers={"preference": {"winner": "a", "strength": 1}},
        shown=[1, 0],
        source={
            "suggested": {"preference": 1},
            "mode": "after",
            "first": {"preference": {"winner": "b", "strength": 2}},
        },
    )

    own, olgas = (world.api(name).get(f"/api/v1/annotations/{stored.pk}/").json() for name in ("ben", "olga"))

    assert own["answers"]["preference"]["winner"] == "b"
    assert own["source"]["first"] == {"preference": {"winner": "a", "strength": 2}}
    assert olgas["source"]["first"] == {"preference": {"winner": "b", "strength": 2}}
