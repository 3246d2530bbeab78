"""Samples labeled anew: what is drawn, who may check it, and what it says of all labels."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Scope, User
from accounts.services import tokens
from annotation.kinds.votes import Facet
from annotation.models import Annotation, Gold, Item
from annotation.services import discards
from curation.models import Analysis, Sample, SampledItem
from curation.queries import samples as queries
from curation.queries.quality_names import names
from curation.services import analyses, reviews, samples
from jobs import runner
from projects.access import Place
from projects.models import Membership, Role

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Person = Callable[[str], User]


@pytest.fixture
def chen(olga: Place, person: Person) -> Place:
    """A curator who has labeled nothing."""
    Membership.objects.create(project=olga.project, user=person("Chen"), role=Role.CURATOR)
    return Place(person("Chen"), olga.project, Role.CURATOR)


def items(olga: Place, add_item: AddItem, answer: Answer, count: int = 12) -> list[Item]:
    """So many pairs on which Ana and Ben say that a is better, looked at."""
    found = [add_item("one", "two") for _ in range(count)]
    for item in found:
        for who in ("Ana", "Ben"):
            answer(item, "a", who)
    look(olga)
    return found


def look(olga: Place) -> Analysis:
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    return asked


def check(place: Place, sample: Sample, winner: str, key: uuid.UUID | None = None) -> SampledItem:
    """Take the next and say who wins."""
    found = samples.take_next(place, sample)
    return say(place, SampledItem.objects.get(sample=sample, item=found), winner, key)


def say(place: Place, sampled: SampledItem, winner: str, key: uuid.UUID | None = None) -> SampledItem:
    answers = {"better": {"winner": winner, "strength": 1}}
    return samples.check(place, sampled, answers, key or uuid.uuid4()).sampled


def told(place: Place, sample: Sample) -> queries.Standing:
    return queries.standing(sample, names(place.project))


def test_what_differs_from_the_consensus_as_it_was_is_what_is_wrong(
    olga: Place, chen: Place, add_item: AddItem, answer: Answer
) -> None:
    items(olga, add_item, answer)
    sample = samples.draw(olga, size=50)
    assert (sample.size, sample.population) == (12, 12)
    for number in range(10):
        check(chen, sample, "b" if number < 2 else "a")
    look(olga)  # the new labels count from now on; the sample is held against what was settled before

    standing = told(olga, sample)

    (error,) = standing.errors
    assert (error.wrong, error.turned, error.places, error.items) == (2, 2, 10, 10)
    assert error.low < error.share == 0.2 < error.high
    assert (standing.checked, standing.left) == (10, 2)
    assert Annotation.objects.filter(author=chen.user).count() == 10


def test_known_discarded_and_unsettled_items_are_not_drawn(olga: Place, add_item: AddItem, answer: Answer) -> None:
    found = items(olga, add_item, answer, 4)
    Gold.objects.create(
        project=olga.project,
        item=found[0],
        form=Annotation.objects.filter(item=found[0])[0].form,
        version=1,
        answers={"better": {"accepted": [{"winner": "a", "strength": 1}], "within": 0}},
        created_by=olga.user,
    )
    discards.discard(olga, found[1], reason="Broken.")
    add_item("unlabeled", "item")

    sample = samples.draw(olga, size=50)

    assert set(sample.items.values_list("item", flat=True)) == {found[2].pk, found[3].pk}


def test_a_draw_can_be_done_again_with_its_seed_and_another_seed_draws_others(
    olga: Place, chen: Place, add_item: AddItem, answer: Answer
) -> None:
    items(olga, add_item, answer, 60)
    first = samples.draw(olga, size=50)
    assert samples.draw(olga, size=50) == first  # nobody has begun
    check(chen, first, "a")

    second = samples.draw(olga, size=50)

    assert second.number == 2
    assert list(first.items.order_by("position").values_list("item", flat=True)) != list(
        second.items.order_by("position").values_list("item", flat=True)
    )
    again = Sample.objects.get(pk=first.pk)
    again.pk, again.number = None, 3
    again.save()
    samples._fill(again, samples._settled(olga.project))
    assert {*again.items.values_list("position", "item")} == {*first.items.values_list("position", "item")}


def test_nothing_is_drawn_before_labels_were_looked_at(olga: Place, add_item: AddItem, answer: Answer) -> None:
    answer(add_item("one", "two"), "a", "Ana")

    with pytest.raises(samples.NothingToDraw):
        samples.draw(olga, size=50)
    with pytest.raises(ValueError, match="one of"):
        samples.draw(olga, size=51)


def test_who_labeled_an_item_does_not_check_it(
    olga: Place, chen: Place, add_item: AddItem, answer: Answer, person: Person
) -> None:
    found = items(olga, add_item, answer, 3)
    answer(found[0], "a", "Chen")
    sample = samples.draw(olga, size=50)
    assert {*queries.open_to(chen, sample)} == {found[1].pk, found[2].pk}

    with pytest.raises(samples.AnsweredBefore):
        say(chen, SampledItem.objects.get(sample=sample, item=found[0]), "b")


def test_two_people_get_two_items_and_an_item_is_checked_once(
    olga: Place, chen: Place, add_item: AddItem, answer: Answer
) -> None:
    items(olga, add_item, answer, 3)
    sample = samples.draw(olga, size=50)
    ours, theirs = samples.take_next(chen, sample), samples.take_next(olga, sample)
    assert ours != theirs
    sampled = SampledItem.objects.get(sample=sample, item=ours)
    with pytest.raises(reviews.HeldByAnother):
        say(olga, sampled, "b")
    key = uuid.uuid4()
    first = say(chen, sampled, "a", key)

    assert say(chen, sampled, "a", key) == first  # the same request twice
    with pytest.raises(samples.CheckedMeanwhile):
        say(olga, sampled, "b")
    assert Annotation.objects.filter(item=ours, author__in=[chen.user, olga.user]).count() == 1


def test_an_item_discarded_since_is_told_and_not_waited_for(
    olga: Place, chen: Place, add_item: AddItem, answer: Answer
) -> None:
    found = items(olga, add_item, answer, 3)
    sample = samples.draw(olga, size=50)
    discards.discard(olga, found[0], reason="Broken.")

    standing = told(olga, sample)

    assert (standing.gone, standing.left, found[0].pk in queries.open_to(chen, sample)) == (1, 2, False)


def test_levels_next_to_each_other_are_no_error() -> None:
    levels = Facet("good", "Good", "levels", ("1", "2", "3"))
    assert not queries.is_wrong(levels, "1", "2")
    assert queries.is_wrong(levels, "1", "3")
    assert queries.is_wrong(Facet("kind", "Kind", "names", ("x", "y")), "x", "y")


def test_an_interval_takes_places_of_one_item_for_one_look() -> None:
    alone = queries.interval([(1, 1)] * 10 + [(0, 1)] * 90)
    assert alone == pytest.approx((0.0552, 0.1744), abs=1e-4)  # Wilson's of 10 of 100
    together = queries.interval([(10, 10)] * 10 + [(0, 10)] * 90)  # all of an item or nothing: 99 looks, not 1,000
    assert together == pytest.approx(alone, abs=0.001)
    apart = queries.interval([(1, 10)] * 100)  # evenly spread, so every place is a look
    assert apart[1] - apart[0] < 0.05
    assert queries.interval([]) == (0.0, 1.0)
    assert queries.interval([(0, 10)] * 20)[1] > 0.15  # of twenty items none: not of two hundred


def browser(place: Place) -> Client:
    client = Client()
    client.force_login(place.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(name: str, *more: Any) -> str:
    return reverse(f"curation:{name}", args=["answers", *more])


def test_a_curator_draws_and_labels_blind_and_the_pages_and_the_program_tell_the_same(
    olga: Place, chen: Place, add_item: AddItem, answer: Answer
) -> None:
    for item in items(olga, add_item, answer, 3):
        answer(item, "a", "Dora", answers={"better": {"winner": "a", "strength": 1}, "why": "A word from Dora."})
    client = browser(chen)
    assert "How many labels are wrong?" in client.get(address("samples")).content.decode()
    assert client.post(address("samples"), {"size": "7"}).status_code == 422
    drawn = client.post(address("samples"), {"size": "50"})
    assert drawn["Location"] == address("sample", 1)
    taken = client.get(address("sample-next", 1))["Location"]
    page = client.get(taken).content.decode()
    assert "Label this item anew" in page
    assert "A word from Dora." not in page
    assert client.post(taken, {"request_key": str(uuid.uuid4())}).status_code == 422  # nothing was answered
    answered = client.post(taken, {"better": "b:1", "request_key": str(uuid.uuid4())})
    assert answered.status_code == 302, answered.content.decode()[-3000:]

    shown = client.get(address("sample", 1)).content.decode()
    secret = tokens.create(olga.user, name="samples", scopes=(Scope.READ, Scope.WRITE), days=1).secret
    headers = {"Authorization": f"Token {secret}"}
    assert "1 of 1 label was wrong so far" in shown
    asked = Client().get("/api/v1/projects/answers/samples/1/", headers=headers).json()
    (error,) = asked["found"]
    assert (error["wrong"], error["places"], error["turned"], asked["checked"], asked["left"]) == (1, 1, 1, 1, 2)
    assert "1 of 3 labeled anew" in shown
    listed = Client().get("/api/v1/projects/answers/samples/", headers=headers).json()
    assert [one["number"] for one in listed["results"]] == [1]
    again = Client().post("/api/v1/projects/answers/samples/", {"size": 50}, "application/json", headers=headers)
    assert (again.status_code, again.json()["number"]) == (201, 2)
