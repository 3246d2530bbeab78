"""Pages of reviews, as Chen meets them, and whom they do not let in."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from annotation.models import Annotation, Item, Note, Question
from curation.models import Decision, Finding, Review, ReviewLease
from curation.queries import reviews
from projects.access import Place
from projects.models import Membership, Role
from tests.curation.reviewing import find, unsure

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> {{7*7}}"


@pytest.fixture
def browser(olga: Place, person: Callable[[str], User]) -> Callable[..., Client]:
    """A browser in which somebody is signed in, in a role."""

    def get(name: str = "Chen", role: str = Role.CURATOR) -> Client:
        Membership.objects.get_or_create(project=olga.project, user=person(name), defaults={"role": role})
        client = Client()
        client.force_login(person(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return get


@pytest.fixture
def disputed(add_item: AddItem, answer: Answer) -> Item:
    """Ana and Ben disagree, and a detector says so."""
    item = add_item("Yes.", "No.")
    find(item, annotation=answer(item, "a", "Ana"), words="Ana is alone.", evidence={"others": ["b", "b"], "odds": 0.1})
    answer(item, "b", "Ben")
    unsure(item)
    return item


def url(name: str, *more: Any) -> str:
    return reverse(f"curation:{name}", args=["answers", *more])


def sent(**fields: Any) -> dict[str, Any]:
    return {"request_key": str(uuid.uuid4()), "seen": "0", **fields}


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_queue_says_how_much_waits_and_why(browser: Callable[..., Client], disputed: Item) -> None:
    page = browser().get(url("review"))

    assert "1 item waits for a decision" in text(page)
    assert "Ana is alone." in text(page)
    assert "60 %" in text(page)


def test_an_empty_queue_says_what_will_be_here(browser: Callable[..., Client], olga: Place) -> None:
    page = browser().get(url("review"))

    assert "Nothing waits for a decision" in text(page)
    assert "Items come here when" in text(page)


def test_tabs_count_what_waits_on_every_page_of_those_who_may_decide(
    browser: Callable[..., Client], disputed: Item, person: Callable[[str], User]
) -> None:
    about = find(disputed, about="person:1", detector="one_side", person=person("Ana"))
    Finding.objects.filter(pk=about.pk).update(item=None)
    pages = ("annotation:overview", "annotation:items", "curation:quality", "curation:review", "curation:releases")
    addresses = [reverse(page, args=["answers"]) for page in pages]

    for address in addresses:
        assert "Quality , 1 to look at Review , 1 waiting" in text(browser().get(address))
    assert url("review") not in browser("Vera", Role.VIEWER).get(addresses[1]).content.decode()
    assert "waiting" not in text(browser("Vera", Role.VIEWER).get(addresses[1]))


def test_tabs_count_to_ninety_nine(browser: Callable[..., Client], disputed: Item, add_item: AddItem) -> None:
    for number in range(98):
        find(add_item("x", str(number)))
    assert "Review , 99 waiting" in text(browser().get(url("quality")))

    unsure(add_item("x", "y"))

    assert "Review , 99+ waiting" in text(browser().get(url("quality")))
    assert "100 items wait" in text(browser().get(url("review")))


def test_next_leads_to_the_item_that_is_worth_most_and_takes_it(browser: Callable[..., Client], disputed: Item) -> None:
    response = browser().get(f"{url('review-next')}?detector=disputed")

    assert response.headers["Location"] == f"{url('review-item', disputed.pk)}?detector=disputed"
    assert ReviewLease.objects.get().item_id == disputed.pk
    assert browser("Dora").get(url("review-next")).headers["Location"] == url("review")


def test_the_page_tells_all_answers_with_names_the_evidence_and_the_chances(
    browser: Callable[..., Client], disputed: Item
) -> None:
    page = text(browser().get(url("review-item", disputed.pk)))

    assert "1 finding speaks against this item" in page
    for told in ("Ana is alone.", "Others b, b", "Odds 0.1", "Ana", "Ben", "60 % sure", "B 40 %", "Yes.", "No."):
        assert told in page


def test_somebody_elses_item_can_be_read_and_not_decided(browser: Callable[..., Client], disputed: Item) -> None:
    browser("Dora").get(url("review-item", disputed.pk))

    page = browser().get(url("review-item", disputed.pk))
    response = browser().post(url("review-decide", disputed.pk), sent(decision="upheld"))

    assert "Dora reviews it until" in text(page)
    assert response.status_code == 409
    assert not Review.objects.exists()


@pytest.mark.parametrize("decision", ["upheld", "another", "discarded"])
def test_a_decision_leads_on_to_the_next_item(
    browser: Callable[..., Client], disputed: Item, decision: str, add_item: AddItem
) -> None:
    after = add_item("x", "y")
    find(after, strength=0.1)
    client = browser()

    response = client.post(url("review-decide", disputed.pk), sent(decision=decision), follow=True)

    assert response.redirect_chain[-1][0] == url("review-item", after.pk)
    assert Review.objects.get().decision == decision
    assert "Z goes back to it." in text(response)
    assert f'href="{url("review-item", disputed.pk)}"' in response.content.decode()


def test_coaching_by_form_tells_whom_was_chosen_and_an_empty_note_comes_back(
    browser: Callable[..., Client], disputed: Item
) -> None:
    client = browser()
    label = Annotation.objects.get(item=disputed, author__name="Ben")
    page = client.get(url("review-item", disputed.pk)).content.decode()
    assert f'<option value="{label.pk}">Ben</option>' in page

    refused = client.post(url("review-decide", disputed.pk), sent(decision="coached", annotation=label.pk, note=" "))
    assert refused.status_code == 422
    assert "The note is empty" in text(refused)
    client.post(
        url("review-decide", disputed.pk), sent(decision="coached", annotation=label.pk, note="Take your time.")
    )

    assert Note.objects.get().text == "Take your time."
    assert Review.objects.get().decision == Decision.COACHED


def test_overturning_asks_the_projects_own_form_in_the_items_own_order(
    browser: Callable[..., Client], disputed: Item, person: Callable[[str], User]
) -> None:
    client = browser()
    page = client.get(url("review-answer", disputed.pk)).content.decode()
    assert page.index("Yes.") < page.index("No.")
    assert 'name="better"' in page

    client.post(url("review-answer", disputed.pk), sent(better="b:1", why="Read it again."))

    review = Review.objects.get()
    assert review.annotation is not None
    assert review.annotation.answers == {"better": {"winner": "b", "strength": 1}, "why": "Read it again."}
    assert (review.annotation.author_id, review.decision) == (person("Chen").pk, Decision.OVERTURNED)


def test_an_answer_that_does_not_fit_comes_back_with_its_words(browser: Callable[..., Client], disputed: Item) -> None:
    response = browser().post(url("review-answer", disputed.pk), sent(why="These words stay."))

    assert response.status_code == 422
    assert "These words stay." in response.content.decode()
    assert not Annotation.objects.filter(author__name="Chen").exists()


def test_the_form_of_an_older_page_is_refused_and_its_words_stay(
    browser: Callable[..., Client], disputed: Item
) -> None:
    browser("Dora").post(url("review-decide", disputed.pk), sent(decision="upheld"))

    response = browser().post(url("review-answer", disputed.pk), sent(better="b:1", why="These words stay."))

    assert response.status_code == 409
    assert "decided meanwhile" in text(response) or "Another decision came in" in text(response)
    assert "These words stay." in response.content.decode()


def test_earlier_decisions_are_told_and_can_be_taken_anew(browser: Callable[..., Client], disputed: Item) -> None:
    client = browser()
    client.post(url("review-decide", disputed.pk), sent(decision="upheld", note="Both read it well."))

    page = client.get(url("review-item", disputed.pk))
    seen = re.search(r'name="seen" value="(\d+)"', page.content.decode())
    assert seen
    client.post(url("review-answer", disputed.pk), sent(seen=seen[1], better="b:1"))

    assert "The label stands" in text(page)
    assert "Both read it well." in text(page)
    assert list(Review.objects.order_by("pk").values_list("decision", flat=True)) == ["upheld", "overturned"]
    assert Finding.objects.get().decision == Decision.OVERTURNED


def test_what_a_detector_and_a_stranger_wrote_is_text(
    browser: Callable[..., Client], add_item: AddItem, answer: Answer
) -> None:
    item = add_item(HOSTILE, "No.")
    find(item, words=HOSTILE, evidence={HOSTILE: {HOSTILE: [HOSTILE]}}, detector="x<b>")
    answer(item, "a", author=None, imported_name=HOSTILE)
    client = browser()

    for address in (url("review"), url("review-item", item.pk), url("review-answer", item.pk)):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{7*7}}" in page  # as it was written, and not what it comes to


def test_a_decision_nobody_knows_decides_nothing(browser: Callable[..., Client], disputed: Item) -> None:
    for decision in ("", "flip", "overturned"):
        response = browser().post(url("review-decide", disputed.pk), sent(decision=decision))
        assert response.status_code == 422
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    "query",
    ["?after=x", "?annotator=person-x", "?annotator=imported-", "?detector=%00", "?after=9999999999999999999999"],
)
def test_whatever_an_address_says_the_queue_answers(browser: Callable[..., Client], disputed: Item, query: str) -> None:
    client = browser()

    assert client.get(url("review") + query).status_code == 200
    assert client.get(url("review-next") + query).status_code == 302


def test_more_items_cost_no_more_queries(
    browser: Callable[..., Client], disputed: Item, add_item: AddItem, answer: Answer
) -> None:
    client = browser()
    client.get(url("review"))
    with CaptureQueriesContext(connection) as few:
        client.get(url("review"))
    for number in range(20):
        item = add_item("x", str(number))
        find(item, annotation=answer(item, "a", "Ana"))

    with CaptureQueriesContext(connection) as many:
        client.get(url("review"))

    assert len(many) == len(few) <= 12


@pytest.mark.parametrize("who", [("Ana", Role.ANNOTATOR), ("Vera", Role.VIEWER)])
def test_who_may_not_curate_finds_no_such_pages(
    browser: Callable[..., Client], disputed: Item, who: tuple[str, str]
) -> None:
    client = browser(*who)

    for name, more in (
        ("review", ()),
        ("review-next", ()),
        ("review-item", (disputed.pk,)),
        ("review-answer", (disputed.pk,)),
    ):
        assert client.get(url(name, *more)).status_code == 404
    assert client.post(url("review-decide", disputed.pk), sent(decision="upheld")).status_code == 404


def test_digits_answer_the_forms_first_question_of_an_item_that_nobody_else_has(
    browser: Callable[..., Client], disputed: Item
) -> None:
    held, form = browser("Dora"), f"{url('review-answer', disputed.pk)}#"
    page = browser().get(url("review-item", disputed.pk)).content.decode()

    assert f'href="{form}7" data-key="7" title="B much better"' in page
    assert f'href="{form}0" data-key="0" title="Both bad"' in page
    assert form not in held.get(url("review-item", disputed.pk)).content.decode()


@pytest.mark.parametrize(
    ("kind", "asked", "digits"),
    [
        ("preference", {"points": 3, "both_bad": False}, "123"),
        ("rating", {"low": 2, "high": 4}, "234"),
        ("rating", {"low": 1, "high": 10}, "1234567890"),
        ("steps", {}, "1230"),
        ("text", {}, ""),
    ],
)
def test_digits_are_those_of_the_question(kind: str, asked: dict[str, Any], digits: str) -> None:
    target = "item" if kind in ("preference", "text") else "response"
    question = Question(key="asked", kind=kind, title="What?", target=target, settings=asked)

    assert "".join(digit for digit, _ in reviews.digits(question)) == digits
    assert reviews.digits(None) == []
