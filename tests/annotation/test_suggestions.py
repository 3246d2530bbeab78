"""What models suggest while people label: shown only where and when the project says so, and written down as shown."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.models import Annotation, Form, Item, Lease, Question
from annotation.queries import label
from annotation.queries.item import history
from annotation.refusals import LeaseLost
from annotation.services import annotations, projects, queue, suggestions
from annotation.services.annotations import side_order
from projects.access import Place
from projects.models import Role
from tests.annotation.suggesting import SECRET, checkpoint, show, suggest

pytestmark = pytest.mark.django_db
AddItems = Callable[..., list[Item]]
LONG_WINS = {"better": {"winner": "a", "strength": None}}
SHORT_WINS = {"better": {"winner": "b", "strength": None}}


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", Role.OWNER)


@pytest.fixture
def ana(place: Callable[..., Place]) -> Place:
    return place("Ana")


@pytest.fixture
def item(add_items: AddItems) -> Item:
    return add_items(1)[0]


def claimed(place: Place, **options: Any) -> Lease:
    lease = queue.claim(place, **options)
    assert lease
    return lease


def seen(place: Place, item: Item, winner: str) -> dict[str, Any]:
    """That one of the item's own responses is better, as this person sees the sides."""
    letter = "ab"[side_order(place, item).index("ab".index(winner))]
    return {"better": {"winner": letter, "strength": 2}}


def submit(place: Place, lease: Lease, winner: str, **more: Any) -> Annotation:
    answers = seen(place, lease.item, winner)
    return annotations.submit(place, lease_id=lease.pk, answers=answers, request_key=uuid.uuid4(), **more).annotation


def hints(place: Place, lease: Lease) -> list[str] | None:
    """What stands beside the first question; None where there is no room for anything."""
    advice = label.in_hand(place, queue.with_item(lease.pk)).advice
    return None if advice is None else [opinion.hint.words for opinion in advice["better"].whole]


def stored(annotation: Annotation) -> dict[str, Any]:
    source: dict[str, Any] = Annotation.objects.get(pk=annotation.pk).source
    return source


def page_of(place: Place, address: str = "label/", **form: str) -> str:
    client = Client()
    client.force_login(place.user, backend="django.contrib.auth.backends.ModelBackend")
    path = f"/projects/{place.project.slug}/{address}"
    answer = client.post(path, form, headers={"X-Requested-With": "goldpan"}) if form else client.get(path)
    return answer.content.decode()


def test_a_project_that_says_nothing_shows_and_records_nothing(olga: Place, ana: Place, item: Item) -> None:
    suggest(olga, item, LONG_WINS)

    lease = claimed(ana)

    assert (lease.suggested, hints(ana, lease)) == (None, None)
    assert "advice" not in re.sub(r"<link[^>]*>", "", page_of(ana))
    assert stored(submit(ana, lease, "a")) == {}


def test_from_the_start_it_stands_on_the_side_where_its_response_is_shown(
    olga: Place, place: Callable[..., Place], add_items: AddItems
) -> None:
    (item,) = add_items(1, overlap=30)
    show(olga.project, "start")
    suggest(olga, item, LONG_WINS)
    people = [place(f"Person {number}") for number in range(30)]

    told = [hints(person, claimed(person)) for person in people]

    letters = ["AB"[side_order(person, item).index(0)] for person in people]
    assert told == [[f"{letter} better"] for letter in letters]
    assert {*letters} == {"A", "B"}, "thirty people on one side: once in half a billion times"


def test_what_was_handed_out_is_on_the_lease_and_goes_with_the_answer(olga: Place, ana: Place, item: Item) -> None:
    show(olga.project, "start")
    said = suggest(olga, item, LONG_WINS)

    lease = claimed(ana)
    annotation = submit(ana, lease, "b")

    assert lease.suggested == {"mode": "start", "offered": {"better": said.pk}}
    assert stored(annotation) == {"suggested": {"better": said.pk}, "mode": "start"}


def test_an_item_that_no_model_has_seen_keeps_the_place_free_and_records_nothing(
    olga: Place, ana: Place, item: Item
) -> None:
    show(olga.project, "start")

    lease = claimed(ana)

    assert hints(ana, lease) == []
    assert stored(submit(ana, lease, "a")) == {}


def test_the_newest_answer_that_stands_is_the_one_suggested(olga: Place, ana: Place, add_items: AddItems) -> None:
    items = add_items(4)
    show(olga.project, "start")
    for one in items:
        suggest(olga, one, LONG_WINS)
    newer = suggest(olga, items[0], SHORT_WINS, name="Judge Ten")
    suggest(olga, items[1], {}, name="Judge Ten")  # an abstention suggests nothing
    old = suggest(olga, items[2], LONG_WINS, name="Judge Ten")
    suggest(olga, items[2], {}, name="Judge Ten", supersedes=old)

    offered = []
    for _ in items:
        lease = claimed(ana)
        offered.append((lease.suggested or {})["offered"]["better"])
        submit(ana, lease, "a")

    firsts = [Annotation.objects.filter(item=one, run__isnull=False).order_by("pk")[0].pk for one in items]
    assert offered == [newer.pk, *firsts[1:]]


def test_a_project_may_listen_to_one_checkpoint_alone(olga: Place, ana: Place, add_items: AddItems) -> None:
    items = add_items(2)
    show(olga.project, "start", by="Judge Nine-B")
    wanted = suggest(olga, items[0], LONG_WINS)
    suggest(olga, items[0], SHORT_WINS, name="Judge Ten")
    suggest(olga, items[1], SHORT_WINS, name="Judge Ten")

    first = claimed(ana)
    second = claimed(ana, ahead_of=first.pk)

    assert (first.suggested or {})["offered"] == {"better": wanted.pk}
    assert (second.suggested or {})["offered"] == {}


def test_an_answer_to_a_question_that_has_changed_is_not_suggested(olga: Place, ana: Place, item: Item) -> None:
    show(olga.project, "start")
    suggest(olga, item, LONG_WINS)
    form = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    Question.objects.create(
        form=form, position=0, key="better", kind="preference", title="Better?", settings={"points": 3}
    )

    assert hints(ana, claimed(ana)) == []


def test_an_answer_to_a_question_that_was_only_worded_anew_still_is(olga: Place, ana: Place, item: Item) -> None:
    show(olga.project, "start")
    suggest(olga, item, LONG_WINS)
    form = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    Question.objects.create(form=form, position=0, key="better", kind="preference", title="In other words?")

    assert hints(ana, claimed(ana)) not in (None, [])


def test_an_item_in_hand_keeps_what_it_was_handed_out_with(olga: Place, ana: Place, item: Item) -> None:
    show(olga.project, "start")
    before = suggest(olga, item, LONG_WINS)
    lease = claimed(ana)
    told = hints(ana, lease)

    suggest(olga, item, SHORT_WINS, name="Judge Ten")
    again = claimed(ana)

    assert (again.pk, hints(ana, again)) == (lease.pk, told)
    assert stored(submit(ana, again, "a"))["suggested"] == {"better": before.pk}


def test_switched_off_it_is_gone_from_the_page_and_stays_in_the_record(olga: Place, ana: Place, item: Item) -> None:
    show(olga.project, "start")
    said = suggest(olga, item, LONG_WINS)
    lease = claimed(ana)

    show(olga.project, "never")
    ana.project.suggestions = "never"

    assert hints(ana, lease) is None
    assert stored(submit(ana, lease, "a"))["suggested"] == {"better": said.pk}


def test_switched_on_it_does_not_reach_an_item_in_hand(olga: Place, ana: Place, item: Item) -> None:
    suggest(olga, item, LONG_WINS)
    lease = claimed(ana)

    show(olga.project, "start")

    assert hints(ana, lease) is None
    assert stored(submit(ana, lease, "a")) == {}


def test_nobody_is_named_and_nothing_but_the_answer_is_told(
    olga: Place, ana: Place, place: Callable[..., Place], add_items: AddItems
) -> None:
    (item,) = add_items(1, overlap=2)
    show(olga.project, "start")
    suggest(olga, item, LONG_WINS)
    ben = place("Ben")
    annotations.submit(
        ben,
        lease_id=claimed(ben).pk,
        answers={**seen(ben, item, "b"), "why": "Because Ben says so."},
        request_key=uuid.uuid4(),
    )

    html = page_of(ana)

    assert ">Suggestion</bdi>" in html
    for secret in ("Judge Nine-B", SECRET, "model-0", "model-1", "Because Ben says so.", "Ben"):
        assert secret not in html
    assert " checked" not in html


def test_where_it_is_off_it_costs_no_query_and_where_it_is_on_one(
    olga: Place, ana: Place, place: Callable[..., Place], add_items: AddItems
) -> None:
    (item,) = add_items(1, overlap=4)
    queries_of(place("Dora"))  # the form is remembered from here on
    before = queries_of(place("Ben"))
    suggest(olga, item, LONG_WINS)

    off = queries_of(place("Cleo"))
    show(olga.project, "start")
    on = queries_of(ana)

    assert (off[0], on[0]) == (before[0], before[0] + 1)  # next
    assert {before[1], off[1], on[1]} == {before[1]}  # submit


def queries_of(person: Place) -> tuple[int, int]:
    """What taking an item and answering it costs."""
    with CaptureQueriesContext(connection) as taking:
        lease = claimed(person)
        label.in_hand(person, lease)
    with CaptureQueriesContext(connection) as answering:
        submit(person, lease, "a")
    return len(taking), len(answering)


def test_after_ones_own_answer_nothing_is_on_the_page_before(olga: Place, ana: Place, item: Item) -> None:
    show(olga.project, "after")
    said = suggest(olga, item, LONG_WINS)

    lease = claimed(ana)
    html = page_of(ana)

    assert lease.suggested == {"mode": "after", "offered": {"better": said.pk}}
    assert hints(ana, lease) == []
    assert 'data-waits="better:better"' in html
    assert "data-takes" not in html
    assert "Suggestion</bdi>" not in html


def test_it_is_told_for_an_own_answer_and_that_one_is_kept(olga: Place, ana: Place, item: Item) -> None:
    show(olga.project, "after")
    said = suggest(olga, item, LONG_WINS)
    lease = claimed(ana)

    html = page_of(ana, f"label/{lease.pk}/suggestion/", better=fields(ana, item, "b"))
    annotation = submit(ana, lease, "a")

    letter = "AB"[side_order(ana, item).index(0)]
    assert f">{letter} better</b>" in html
    assert stored(annotation) == {
        "suggested": {"better": said.pk},
        "mode": "after",
        "first": {"better": {"winner": "b", "strength": 2}},
    }
    assert annotation.answers["better"]["winner"] == "a"


def fields(place: Place, item: Item, winner: str) -> str:
    """The same in the form's words."""
    return f"{seen(place, item, winner)['better']['winner']}:2"


def test_the_first_own_answer_stays_the_first(olga: Place, ana: Place, item: Item) -> None:
    show(olga.project, "after")
    suggest(olga, item, LONG_WINS)
    lease = claimed(ana)

    for winner in ("b", "a"):
        suggestions.reveal(ana, lease.pk, answers=seen(ana, item, winner))

    assert stored(submit(ana, lease, "a"))["first"] == {"better": {"winner": "b", "strength": 2}}


@pytest.mark.parametrize("answers", [{}, {"better": None}, {"better": {"winner": "nobody"}}, {"why": "Just so."}])
def test_what_is_no_answer_brings_no_suggestion(olga: Place, ana: Place, item: Item, answers: dict[str, Any]) -> None:
    show(olga.project, "after")
    suggest(olga, item, LONG_WINS)
    lease = claimed(ana)

    suggestions.reveal(ana, lease.pk, answers=answers)

    assert hints(ana, lease) == []
    assert stored(submit(ana, lease, "a")) == {}


def test_it_is_told_to_nobody_but_the_holder_and_not_after_the_answer(
    olga: Place, ana: Place, place: Callable[..., Place], item: Item
) -> None:
    show(olga.project, "after")
    suggest(olga, item, LONG_WINS)
    lease = claimed(ana)

    with pytest.raises(LeaseLost):
        suggestions.reveal(place("Ben"), lease.pk, answers=seen(ana, item, "a"))
    submit(ana, lease, "a")
    with pytest.raises(LeaseLost):
        suggestions.reveal(ana, lease.pk, answers=seen(ana, item, "a"))

    assert Lease.objects.get(pk=lease.pk).suggested == lease.suggested


def test_looked_at_again_the_own_answer_has_the_suggestion_beside_it_and_a_change_says_so(
    olga: Place, ana: Place, item: Item
) -> None:
    show(olga.project, "after")
    said = suggest(olga, item, LONG_WINS)
    own = submit(ana, claimed(ana), "b")
    assert stored(own) == {}

    html = page_of(ana, f"label/items/{item.pk}/")
    changed = annotations.revise(
        ana, annotation_id=own.pk, answers=seen(ana, item, "a"), request_key=uuid.uuid4(), taken=["better"]
    ).annotation

    assert "Suggestion</bdi>" in html
    assert stored(changed) == {
        "suggested": {"better": said.pk},
        "mode": "after",
        "first": {"better": {"winner": "b", "strength": 2}},
        "taken": ["better"],
    }


def test_an_answer_counts_as_taken_where_the_page_says_so_and_the_answer_is_the_one_suggested(
    olga: Place, ana: Place, add_items: AddItems
) -> None:
    items = add_items(3)
    show(olga.project, "start")
    for one in items[:2]:
        suggest(olga, one, LONG_WINS)

    taken = [
        stored(submit(ana, claimed(ana), winner, taken=["better", "why", "nothing"])).get("taken")
        for winner in ("a", "b", "a")
    ]

    assert taken == [["better"], None, None]


def test_a_checkpoint_of_that_name_may_be_chosen_and_no_other(olga: Place) -> None:
    checkpoint()
    same = {"name": "Helpful answers", "description": "", "lease_minutes": 20, "overlap": 1}

    changed = projects.change(olga, **same, suggestions="after", suggestions_by="Judge Nine-B")
    with pytest.raises(projects.UnknownCheckpoint, match="There is no checkpoint “Nobody”"):
        projects.change(olga, **same, suggestions_by="Nobody")

    assert changed == ["suggestions", "suggestions_by"]
    assert (olga.project.suggestions, olga.project.suggestions_by) == ("after", "Judge Nine-B")


def test_the_items_page_says_which_suggestion_was_seen_and_what_became_of_it(
    olga: Place, place: Callable[..., Place], add_items: AddItems
) -> None:
    (item,) = add_items(1, overlap=4)
    submit(place("Dora"), claimed(place("Dora")), "a")  # before there were suggestions
    suggest(olga, item, LONG_WINS)
    show(olga.project, "start")
    submit(place("Ben"), claimed(place("Ben")), "a", taken=["better"])
    submit(place("Cleo"), claimed(place("Cleo")), "b")
    show(olga.project, "after")
    ana = place("Ana")
    lease = claimed(ana)
    suggestions.reveal(ana, lease.pk, answers=seen(ana, item, "b"))
    submit(ana, lease, "a")

    advised = {chain.name: chain.current.answers[0].advised for chain in history(item).people}

    suggestion = "Saw the suggestion “A better” of Judge Nine-B"
    assert advised == {
        "Dora": "",
        "Ben": f"{suggestion}, and took it",
        "Cleo": f"{suggestion}, and does not agree",
        "Ana": f"{suggestion} after answering “B better”, and agrees",
    }
    assert f"{suggestion}, and took it." in page_of(olga, f"items/{item.pk}/")
