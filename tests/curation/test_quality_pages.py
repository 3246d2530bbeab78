"""The page of quality, as Olga, Chen, Vera and Sam meet it."""

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Scope, User
from accounts.services import tokens
from annotation.models import Annotation, Form, Item, Question
from curation.models import Analysis, Consensus, Finding, Measure
from curation.services import analyses
from jobs import runner
from jobs import services as jobs
from jobs.models import Job, State
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.curation.test_analyses import analyzed, labeled, machine

__all__ = ["labeled", "machine"]  # fixtures

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Browser = Callable[..., Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(olga: Place, person: Callable[[str], User]) -> Browser:
    """A browser in which somebody is signed in, in a role."""

    def get(name: str = "Olga", role: str | None = None) -> Client:
        if role:
            Membership.objects.get_or_create(project=olga.project, user=person(name), defaults={"role": role})
        client = Client()
        client.force_login(person(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return get


def url(name: str = "quality", query: str = "", slug: str = "answers") -> str:
    return reverse(f"curation:{name}", args=[slug]) + query


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:500]
    return " ".join(answer.content.decode().split())


def headline(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return found[1]


def found(analysis: Analysis, item: Item | None = None, **fields: Any) -> Finding:
    """Something that a detector said in an analysis."""
    defaults: dict[str, Any] = {
        "detector": "planted",
        "version": "1",
        "about": f"item:{item.pk if item else Finding.objects.count()}",
        "item": item,
        "strength": 0.5,
        "words": "The rest of the labels says the opposite.",
    }
    return Finding.objects.create(project=analysis.project, first=analysis, last=analysis, **{**defaults, **fields})


# What it opens with


def test_without_labels_the_page_says_what_will_be_here_and_leads_to_labeling(browser: Browser) -> None:
    page = text(browser(), url())

    assert headline(page) == "There are no labels to look at yet"
    assert reverse("annotation:label", args=["answers"]) in page
    assert url("quality-look") not in page


def test_labels_that_nobody_looked_at_are_offered_to_be_looked_at(
    browser: Browser, add_item: AddItem, answer: Answer
) -> None:
    answer(add_item("x", "y"), "a")
    chen = browser("Chen", Role.CURATOR)

    page = text(chen, url())
    asked = chen.post(url("quality-look"))

    assert headline(page) == "Nobody has looked at these labels yet"
    assert url("quality-look") in page
    assert (asked.status_code, asked["Location"]) == (302, url())
    waiting = text(chen, url())
    assert headline(waiting) == "These labels are looked at for the first time"
    assert 'hx-trigger="every 2s"' in waiting
    assert url("quality-look") not in waiting


def test_labels_that_were_looked_at_open_with_how_far_they_can_be_trusted(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analyzed(olga)

    page = text(browser(), url())

    sure = Consensus.objects.filter(confidence__gt=0.9).exclude(value="").count()
    assert headline(page) == f"These labels can be trusted for {100 * sure // 120} % of items"
    assert f"{sure} of 120 labeled items have a consensus above 0.9" in page
    assert "every 2s" not in page


def test_with_little_data_it_says_that_it_cannot_say(
    browser: Browser, olga: Place, add_item: AddItem, answer: Answer
) -> None:
    for number in range(19):
        item = add_item("x", str(number))
        answer(item, "a", "Ana"), answer(item, "a", "Ben")
    answer(add_item("one", "voice"), "b", "Ana")
    analyzed(olga)

    page = text(browser(), url())

    assert headline(page) == "It is too early to say how far these labels can be trusted"
    assert "19 of 20 items have labels of two people or more; from 20 on this page can tell." in page
    assert page.count("too few to say") == 3  # agreement, and Ana and Ben, who have 20 labels and 19
    assert "Least sure consensus" not in page


def test_one_more_item_with_two_labels_is_enough(
    browser: Browser, olga: Place, add_item: AddItem, answer: Answer
) -> None:
    for number in range(20):
        item = add_item("x", str(number))
        answer(item, "ab"[number % 2], "Ana"), answer(item, "ab"[number % 2], "Ben")
    analyzed(olga)

    assert headline(text(browser(), url())).startswith("These labels can be trusted for ")


def test_answers_about_parts_of_items_are_not_called_items(
    browser: Browser, olga: Place, add_item: AddItem, answer: Answer
) -> None:
    form = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    Question.objects.create(
        form=form,
        position=0,
        key="good",
        kind="rating",
        target="response",
        title="How good?",
        settings={"low": 1, "high": 5},
    )
    for number in range(12):
        item = add_item("x", str(number))
        for who in ("Ana", "Ben", "Cid"):
            answer(item, "a", who, form=form, answers={"good": [1 + number % 5, 5 - number % 5]})
    analyzed(olga)

    page = text(browser(), url())

    assert re.fullmatch(r"These labels can be trusted for \d+ % of answers", headline(page))
    assert "of 24 labeled answers" in page


# Looking


def test_a_look_under_way_shows_how_far_it_is_and_keeps_what_was_found(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analyzed(olga)
    before = headline(text(browser(), url()))
    asked = analyses.start(olga)
    held = jobs.claim(str(asked.job_id))
    assert held
    jobs.report(held, done=1, total=4, message="Looking at “Which is better?”.")

    page = text(browser(), url())
    part = browser().get(url(), headers=HTMX).content.decode()

    assert headline(page) == before
    assert "1 of 4 questions" in page
    assert 'value="0.25"' in page
    assert part.lstrip().startswith('<div class="stack" id="quality" hx-get="/projects/answers/quality/"')


def test_a_look_that_failed_says_why_and_what_is_kept(browser: Browser, olga: Place, labeled: dict[int, str]) -> None:
    analyzed(olga)
    asked = analyses.start(olga)
    Job.objects.filter(pk=asked.job_id).update(
        state=State.FAILED, finished_at=timezone.now(), message="There was no room for it."
    )

    page = text(browser(), url())

    assert "There was no room for it. The figures are those of look 1." in page
    assert headline(page).startswith("These labels can be trusted")
    assert url("quality-look") in page


def test_a_first_look_that_failed_says_so_and_offers_another(
    browser: Browser, olga: Place, add_item: AddItem, answer: Answer
) -> None:
    answer(add_item("x", "y"), "a")
    asked = analyses.start(olga)
    Job.objects.filter(pk=asked.job_id).update(
        state=State.DEAD, finished_at=timezone.now(), message="It was tried three times."
    )

    page = text(browser(), url())

    assert "It was tried three times. No label was touched." in page
    assert "Look at all labels" in page


def test_new_labels_are_counted_until_somebody_looks_again(
    browser: Browser, olga: Place, labeled: dict[int, str], add_item: AddItem, answer: Answer
) -> None:
    analyzed(olga)
    fresh = text(browser(), url())
    answer(add_item("x", "y"), "a", "Ana"), answer(add_item("p", "q"), "b", "Ana")

    old = text(browser(), url())
    analyzed(olga)

    assert "Labels since the last look" not in fresh
    assert "2 labels came since." in old
    assert "Labels since the last look" in old
    assert "Labels since the last look" not in text(browser(), url())


# What needs attention


def test_the_attention_list_leads_to_findings_unsure_places_poor_questions_and_people(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analysis = analyzed(olga)
    found(analysis, Item.objects.earliest("pk"))
    unsure = 120 - Consensus.objects.filter(confidence__gt=0.9).exclude(value="").count()

    page = text(browser(), url())

    listed = re.findall(r"<b>([\d,+]+)</b><div>(.*?)<p>(.*?)</p>", page)
    assert ("1", "Planted", "none is reviewed yet; the strongest stands out by 0.50") in listed
    assert (str(unsure), "Least sure consensus") in {(one[0], one[1]) for one in listed}
    assert ("1", "Annotators whose labels carry nothing") in {(one[0], one[1]) for one in listed}
    assert f"{url('quality-findings')}?detector=draws_lots" in page
    assert f'class="btn" href="{url("review")}?detector=planted"' in page
    assert f"{url('quality-items')}?question=better&amp;why=unsure" in page


def test_a_question_on_which_people_do_not_agree_is_named(
    browser: Browser, olga: Place, add_item: AddItem, answer: Answer
) -> None:
    draw = random.Random(1)
    for number in range(80):
        item = add_item("x", str(number))
        for who in ("Ana", "Ben", "Cid"):
            answer(item, draw.choice("ab"), who)
    analyzed(olga)

    page = text(browser(), url())

    assert f"{url('quality-findings')}?detector=unreliable_question" in page
    assert "People do not agree on" not in page  # what a detector has found is not told twice
    assert '<span class="badge bad">people do not agree</span>' in page


def test_where_one_value_is_rare_low_alpha_alone_is_not_called_poor(
    browser: Browser, olga: Place, add_item: AddItem, answer: Answer
) -> None:
    """One of three says b on three pairs of 100: α is near 0, and people agree nearly always."""
    for number in range(100):
        item = add_item("x", str(number))
        for place, who in enumerate(("Ana", "Ben", "Cid")):
            answer(item, "b" if number < 3 and place == number else "a", who)
    analyzed(olga)

    assert "people do not agree" not in text(browser(), url())


def test_who_stands_out_is_named_and_what_people_do_not_agree_on_where_no_detector_tells_it(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analyzed(olga)
    Finding.objects.update(decision="upheld")
    poor = {"value": 0.1, "low": 0.0, "high": 0.3}
    measure = Measure.objects.get(topic="agreement", slice="")
    measure.figures |= {"alpha": poor, "gwet": poor}
    measure.save()

    page = text(browser(), url())

    listed = re.findall(r"<b>([\d,+]+)</b><div>(.*?)<p>(.*?)</p>", page)
    assert ("1", "Annotator who stands out", "Lot: as if by lot") in listed
    assert f"{reverse('curation:people', args=['answers'])}?question=better" in page
    assert "People do not agree on Which is better?" in page


def test_the_list_is_bounded_and_what_touches_most_comes_first(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analysis = analyzed(olga)
    for number in range(12):
        for _ in range(number + 1):
            found(analysis, detector=f"detector_{number}")

    page = text(browser(), url())

    (shown,) = re.findall(r'<ul class="todo">(.*?)</ul>', page)
    listed = [(int(number), title) for number, title in re.findall(r"<b>(\d+)</b><div>(.*?)<p>", shown)]
    (left_out,) = re.findall(r"(\d+) more, which touch less", page)
    assert len(listed) == 8
    assert listed[:2] == [
        (1, "Annotators whose labels carry nothing"),
        (1, "Annotator who stands out"),
    ]  # both about 120 labels of one annotator
    planted = [number for number, title in listed if title.startswith("Detector")]
    assert planted == sorted(planted, reverse=True)
    assert int(left_out) >= 12 + 1 - 8


# Trust, people, judges, noise


def test_the_numbers_of_the_page_are_those_of_the_api(
    browser: Browser, olga: Place, labeled: dict[int, str], machine: Callable[..., Annotation]
) -> None:
    for number, (item, winner) in enumerate(labeled.items()):
        machine(Item.objects.get(pk=item), winner if number % 4 else "b")
    analyzed(olga)
    secret = tokens.create(olga.user, name="quality", scopes=(Scope.READ,), days=1).secret
    address = "/api/v1/projects/answers/quality/"
    told = Client().get(address, headers={"Authorization": f"Token {secret}"}).json()["analysis"]

    page = text(browser(), url(query="?question=better"))

    (facet,) = told["questions"]
    alphas = [float(one) for one in re.findall(r'<data class="alpha" value="([-\d.]+)"', page)]
    assert alphas == [facet["agreement"]["alpha"]["value"], facet["slices"]["tag:even"]["alpha"]["value"]]
    counts = {**facet["slice_counts"], "": facet}
    unsure = [int(one) for one in re.findall(r'why=unsure"><data value="(\d+)"', page)]
    assert unsure == [counts[name]["units"] - counts[name]["sure"] for name in ("", "tag:even")]
    (judge,) = facet["agreement"]["models"]
    assert f"{judge['alpha']['value']:.2f} ({judge['alpha']['low']:.2f}–{judge['alpha']['high']:.2f})" in page
    people = {one["annotator"]: one["figures"] for one in told["annotators"]}
    shown = re.findall(r'<td class="strong">(?:<a[^>]*>)?<bdi>(\w+)</bdi>.*?<data value="([\d.]+)">', page)
    assert {name: float(value) for name, value in shown} == {
        name: figures.get("accuracy", figures["matches"]) for name, figures in people.items()
    }


def test_a_slice_narrows_every_figure_and_what_is_behind_it(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analyzed(olga)

    page = text(browser(), url(query="?slice=tag:even"))
    places = text(browser(), url("quality-items", "?question=better&slice=tag:even"))

    assert headline(page).endswith("of items in tag “even”")
    assert "of 60 labeled items" in page
    keys = {int(one) for one in re.findall(r"pair-(\d+)</bdi>", places)}
    assert len(keys) == 50
    assert all(one % 2 == 1 for one in keys)  # the first item, pair 1, is an even one


def test_reviewed_findings_say_how_often_their_detector_is_right(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analysis = analyzed(olga)
    for number in range(10):
        found(analysis, decision="overturned" if number < 7 else "upheld")
    found(analysis, decision="another"), found(analysis), found(analysis, gone=analysis)
    found(analysis, detector="copied")

    page = text(browser(), url())

    # Wilson's interval of 7 of 10.
    assert "0.70 (0.40–0.89)" in page
    assert "7 of 10" in page
    assert "of 10 reviewed ones 7 were right" in page
    assert "not reviewed yet" in page


def test_the_items_behind_a_figure_are_as_many_as_it_says(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analyzed(olga)
    client = browser()
    page = text(client, url())
    told = re.findall(r'href="([^"]*why=unsure)"><data value="(\d+)"', page)
    address, number = told[0][0].replace("&amp;", "&"), int(told[0][1])

    listed: list[float] = []
    while address:
        shown = text(client, address)
        listed += [float(one) for one in re.findall(r'<data value="([\d.]+)"', shown)]
        following = re.search(r'class="more" href="([^"]+)"', shown)
        address = following[1].replace("&amp;", "&") if following else ""

    assert len(listed) == number > 0
    assert listed == sorted(listed)
    assert max(listed) <= 0.9


def test_findings_are_listed_by_detector_decision_and_what_is_open(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analysis = analyzed(olga)
    item = Item.objects.earliest("pk")
    found(analysis, item, words="An open one."), found(analysis, words="An upheld one.", decision="upheld")
    found(analysis, detector="copied", words="A copy.", strength=0.9)
    client = browser()

    every = text(client, url("quality-findings"))
    one = text(client, url("quality-findings", "?detector=planted"))
    upheld = text(client, url("quality-findings", "?decision=upheld"))

    assert every.index("A copy.") < every.index("An open one.")
    assert "An upheld one." not in every
    assert "An open one." in one
    assert "A copy." not in one
    assert "An upheld one." in upheld
    assert "An open one." not in upheld
    assert reverse("curation:review-item", args=["answers", item.pk]) in one
    lot = Finding.objects.get(detector="draws_lots")
    assert f'{reverse("curation:person", args=["answers", lot.annotator_key])}"><bdi>Lot</bdi>' in every


def test_the_funnel_of_a_release_is_counted_when_the_page_asks_for_it(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analyzed(olga)
    client = browser()

    page = text(client, url())
    part = client.get(url("quality-release"), headers=HTMX).content.decode()
    whole = text(client, url("quality-release"))

    assert f'hx-get="{url("quality-release")}" hx-trigger="load, click"' in page
    assert part.lstrip().startswith('<div id="release">')
    assert "120" in part
    assert headline(whole) == "What a release would hold today"


# Who may, and what the address may say


@pytest.mark.parametrize(
    "query",
    ["?why=unsure", "?slice=color:red", "?question=better&question=why", "?nothing=1", "?question=%00", "?slice=tag"],
)
def test_an_address_that_asks_for_what_the_page_does_not_know_is_refused(browser: Browser, query: str) -> None:
    assert browser().get(url(query=query)).status_code == 400


@pytest.mark.parametrize("query", ["?why=all", "?after=nonsense", "?facet=a&facet=b"])
def test_so_is_one_of_the_lists(browser: Browser, olga: Place, labeled: dict[int, str], query: str) -> None:
    analyzed(olga)
    assert browser().get(url("quality-items", query)).status_code == 400


@pytest.mark.parametrize("query", ["?open=maybe", "?decision=flipped", "?detector=a&detector=b", "?x=1"])
def test_so_is_one_of_the_findings(browser: Browser, query: str) -> None:
    assert browser().get(url("quality-findings", query)).status_code == 400


def test_empty_fields_of_a_form_leave_the_address(browser: Browser) -> None:
    answer = browser().get(url(query="?question=&slice=tag:even"))

    assert (answer.status_code, answer["Location"]) == (302, url(query="?slice=tag%3Aeven"))


def test_a_question_or_slice_that_nothing_was_found_of_is_an_honest_page(
    browser: Browser, olga: Place, labeled: dict[int, str]
) -> None:
    analyzed(olga)

    assert headline(text(browser(), url(query="?question=gone"))) == "There is nothing to say about these labels"
    assert headline(text(browser(), url(query="?slice=tag:gone"))) == "There is nothing to say about these labels"


def test_viewers_annotators_and_strangers_find_nothing(
    browser: Browser, olga: Place, labeled: dict[int, str], person: Callable[[str], User]
) -> None:
    analyzed(olga)
    other = Project.objects.create(slug="others", name="Others", created_by=person("Sam"))
    Membership.objects.create(project=other, user=person("Sam"), role=Role.OWNER)

    for somebody in (browser("Vera", Role.VIEWER), browser("Ana", Role.ANNOTATOR), browser("Sam")):
        for name in ("quality", "quality-items", "quality-findings", "quality-release"):
            assert somebody.get(url(name)).status_code == 404, name
        assert somebody.post(url("quality-look")).status_code == 404
    assert Analysis.objects.count() == 1
    assert "pair-" not in text(browser("Sam"), url("quality-items", "?question=better", slug="others"))


def test_the_tab_is_there_for_those_who_may_open_it(browser: Browser) -> None:
    overview = reverse("annotation:overview", args=["answers"])

    assert f'href="{url()}"' in text(browser("Chen", Role.CURATOR), overview)
    assert f'href="{url()}"' not in text(browser("Vera", Role.VIEWER), overview)


def test_pages_ask_the_database_few_questions(
    browser: Browser,
    olga: Place,
    labeled: dict[int, str],
    machine: Callable[..., Annotation],
    django_assert_max_num_queries: Any,
) -> None:
    for item, winner in labeled.items():
        machine(Item.objects.get(pk=item), winner)
    analysis = analyzed(olga)
    found(analysis, Item.objects.earliest("pk"))
    asked = analyses.start(olga)
    client = browser()

    for name in ("quality", "quality-items", "quality-findings"):
        with django_assert_max_num_queries(14 if name == "quality" else 12):  # two more while a look is under way
            assert client.get(url(name)).status_code == 200
    runner.execute(str(asked.job_id))
    with django_assert_max_num_queries(12):
        client.get(url())
