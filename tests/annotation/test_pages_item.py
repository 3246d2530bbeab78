"""The page of one item: every annotation, its history, who skipped it, and what annotators never see."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation.models import Annotation, Form, Item
from annotation.queries.item import history
from annotation.services import annotations, queue
from projects.access import Place
from projects.models import Project, Role

AddItems = Callable[..., list[Item]]
HOSTILE = '<script>alert(1)</script><img src="https://canary.example/x.png" onerror=alert(2)> {{7*7}}'


@pytest.fixture
def browser(place: Callable[..., Place]) -> Callable[..., Client]:
    def get(name: str, role: str) -> Client:
        client = Client()
        client.force_login(place(name, role).user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return get


def answer(place: Place, **answers: Any) -> Annotation:
    lease = queue.claim(place)
    assert lease is not None
    given = {"better": {"winner": "a", "strength": 3}, **answers}
    done = annotations.submit(place, lease_id=lease.pk, answers=given, request_key=uuid.uuid4(), seconds=12.5)
    return done.annotation


def test_an_answer_is_told_in_words_and_in_the_items_own_order(
    place: Callable[..., Place], add_items: AddItems
) -> None:
    (item,) = add_items(1)
    given = answer(place("Ana"), why="B is shorter.")

    (chain,) = history(item).people

    stored = given.answers["better"]["winner"].upper()
    assert [one.words for one in chain.current.answers] == [f"{stored} much better", "B is shorter."]
    assert chain.current.shown == " ".join("AB"[index] for index in given.shown)
    assert chain.current.seconds == 12.5


def test_a_change_is_told_with_what_stood_before_and_why(place: Callable[..., Place], add_items: AddItems) -> None:
    (item,) = add_items(1)
    ana = place("Ana")
    first = answer(ana)
    changed = {"better": {"winner": "tie", "strength": 0}}
    annotations.revise(ana, annotation_id=first.pk, answers=changed, request_key=uuid.uuid4(), reason="I misread.")

    (chain,) = history(item).people

    (now,) = chain.current.answers
    assert (now.words, now.before.endswith("much better")) == ("Tie", True)
    assert chain.current.reason == "I misread."
    assert [version.id for version in chain.earlier] == [first.pk]


def test_two_people_are_two_chains(place: Callable[..., Place], add_items: AddItems) -> None:
    (item,) = add_items(1, overlap=2)
    answer(place("Ana"))
    answer(place("Ben"))

    found = history(item)

    assert [chain.name for chain in found.people] == ["Ana", "Ben"]
    assert (found.state, found.answered, found.wanted) == ("done", 2, 2)


def test_imported_labels_stand_apart(project: Project, add_items: AddItems) -> None:
    (item,) = add_items(1)
    form = Form.objects.get(project=project)
    Annotation.objects.create(
        project=project,
        item=item,
        form=form,
        imported_name="gpt-judge",
        answers={"better": {"winner": "b"}},
        shown=[0, 1],
    )

    found = history(item)

    assert found.people == []
    assert [chain.name for chain in found.imported] == ["gpt-judge"]
    assert found.state == "open"


def test_who_skipped_and_who_holds_it_are_named(place: Callable[..., Place], add_items: AddItems) -> None:
    (item,) = add_items(1, overlap=2)
    lease = queue.claim(place("Ana"))
    assert lease is not None
    queue.skip(place("Ana"), lease.pk, reason="I do not read Finnish.")
    queue.claim(place("Ben"))

    found = history(item)

    assert [(skip.name, skip.reason) for skip in found.skips] == [("Ana", "I do not read Finnish.")]
    assert [str(slot.holder) for slot in found.holders] == ["Ben"]


def test_dimensions_are_told_by_their_titles(
    project: Project, place: Callable[..., Place], add_items: AddItems
) -> None:
    (item,) = add_items(1)
    question = Form.objects.get(project=project).questions.get(key="better")
    question.settings = {"points": 3, "dimensions": [{"key": "tone", "title": "Tone"}]}
    question.save()
    one = {"winner": "a", "strength": None}
    answer(place("Ana"), better={**one, "dimensions": {"tone": one}})

    (chain,) = history(item).people

    assert chain.current.answers[0].details[0].startswith("Tone: ")


@pytest.mark.parametrize("role", [Role.OWNER, Role.CURATOR, Role.VIEWER])
def test_those_who_may_view_see_models_and_people(
    place: Callable[..., Place], add_items: AddItems, browser: Callable[..., Client], role: str
) -> None:
    (item,) = add_items(1)
    answer(place("Ana"), why="Because.")

    html = browser("Vera", role).get(f"/projects/answers/items/{item.pk}/").content.decode()

    for shown in ("model-0", "model-1", "Ana", "Because.", "A long and careful answer"):
        assert shown in html


def test_an_annotator_and_a_stranger_see_nothing(
    person: Callable[[str], Any], add_items: AddItems, browser: Callable[..., Client]
) -> None:
    (item,) = add_items(1)
    stranger = Client()
    stranger.force_login(person("Sam"), backend="django.contrib.auth.backends.ModelBackend")

    for client in (browser("Ana", Role.ANNOTATOR), stranger):
        assert client.get(f"/projects/answers/items/{item.pk}/").status_code == 404


def test_an_item_is_found_in_its_own_project_only(
    place: Callable[..., Place], add_items: AddItems, browser: Callable[..., Client], person: Callable[[str], Any]
) -> None:
    (item,) = add_items(1)
    owner = browser("Olga", Role.OWNER)
    other = Project.objects.create(slug="other", name="Other", created_by=person("Olga"))
    other.memberships.create(user=person("Olga"), role=Role.OWNER)

    assert owner.get(f"/projects/other/items/{item.pk}/").status_code == 404
    assert owner.get("/projects/answers/items/99999999999999999999/").status_code == 404


def test_ab_09_hostile_texts_are_shown_and_never_run(
    project: Project, place: Callable[..., Place], browser: Callable[..., Client]
) -> None:
    item = Item.objects.create(
        project=project,
        key=HOSTILE,
        digest=b"x" * 32,
        group=HOSTILE[:64],
        messages=[{"role": "user", "content": HOSTILE}],
        responses=[{"messages": [{"role": "assistant", "content": HOSTILE}], "model": HOSTILE}] * 2,
        tags=[HOSTILE[:60]],
        principle=HOSTILE,
        source={HOSTILE: HOSTILE, "nested": {"a": [HOSTILE]}},
    )
    item.slots.create(project=project, number=0)
    answer(place("Ana"), why=HOSTILE)
    owner = browser("Olga", Role.OWNER)

    for page in ("items/", f"items/{item.pk}/"):
        html = owner.get(f"/projects/answers/{page}").content.decode()
        assert "<script>alert" not in html
        assert '<img src="https://canary' not in html
        assert "49" not in html.split("{{7*7}}")[0][-20:]


def test_an_item_whose_tag_needs_quoting_links_to_it(add_items: AddItems, browser: Callable[..., Client]) -> None:
    (item,) = add_items(1)
    Item.objects.filter(pk=item.pk).update(tags=["a&b=c d/é"])
    owner = browser("Olga", Role.OWNER)

    html = owner.get(f"/projects/answers/items/{item.pk}/").content.decode()

    assert "?tag=a%26b%3Dc%20d%2F%C3%A9" in html
    assert "1 item matches" in owner.get("/projects/answers/items/?tag=a%26b%3Dc%20d%2F%C3%A9").content.decode()


def test_calls_are_folded_bounded_and_whole_on_demand(add_items: AddItems, browser: Callable[..., Client]) -> None:
    (item,) = add_items(1)
    call = {"name": "<b>read</b>", "arguments": '{"path": "<script>x</script>"}'}
    turns = [
        {"role": "assistant", "content": "I look.", "tool_calls": [call], "reasoning": "Hm."},
        {"role": "tool", "content": "y" * 300_000, "is_error": True},
        {"role": "assistant", "content": "It is there."},
    ]
    with_calls = [{"messages": turns}, item.responses[1]]
    copy = Item.objects.create(project=item.project, key="t", digest=b"t", messages=item.messages, responses=with_calls)
    chen = browser("Chen", Role.CURATOR)

    page = chen.get(f"/projects/{item.project.slug}/items/{copy.pk}/").content.decode()
    whole = chen.get(f"/projects/{item.project.slug}/items/{copy.pk}/?whole=1").content.decode()

    assert page.count('class="fold') == whole.count('class="fold') == 2
    assert "<script>x" not in page
    assert "<b>read" not in page
    assert "Show all 300,018 characters" in page
    assert page.count("y") < 10_000 < 300_000 < whole.count("y")
    assert "data-fold open" in whole
