"""Pages of releases, as Olga, Chen, Vera and Sam meet them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from curation.models import Release
from curation.recipes import RECIPES
from curation.recipes.example import example_of
from jobs import runner, services
from jobs.models import Job
from projects.models import Membership, Project, Role

WISH = {
    "recipes": ["rm_pairs"],
    "rm_pairs.question": "better",
    "min_votes": "1",
    "min_agreement": "0",
    "sources": ["people", "imported"],
    "system": "keep",
    "turns": "any",
    "chats": "join",
    "train": "100",
    "validation": "0",
    "test": "0",
    "formats": ["jsonl"],
    "note": "The first one.",
}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(olga, person):
    """A browser in which somebody is signed in, in a role."""

    def get(name="Olga", role=None):
        if role:
            Membership.objects.get_or_create(project=olga.project, user=person(name), defaults={"role": role})
        client = Client()
        client.force_login(person(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return get


@pytest.fixture
def labeled(add_item, answer):
    for number in range(6):
        answer(add_item(f"good {number}", f"bad {number}"), "a")
    answer(add_item("good", "bad"), "tie")


def url(name, *more):
    return reverse(f"curation:{name}", args=["answers", *more])


def test_an_empty_list_says_what_will_be_here_and_offers_the_next_step(browser, answer, add_item):
    item = add_item("good", "bad")
    before = browser().get(url("releases")).content.decode()
    answer(item, "a")

    after = browser().get(url("releases")).content.decode()

    assert "Nobody has labeled anything yet" in before
    assert url("release-new") not in before
    assert "Nothing was released yet" in after
    assert url("release-new") in after


def test_a_release_is_asked_for_and_its_page_opens_with_the_answer(browser, labeled):
    olga = browser()

    asked = olga.post(url("release-new"), {**WISH, "act": "freeze"})
    waiting = olga.get(asked.url).content.decode()
    runner.execute(str(Release.objects.get().job_id))
    page = olga.get(asked.url).content.decode()

    assert asked.status_code == 302
    assert "This release waits for its turn" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert "<h1>6 rows ready to train on</h1>" in page
    assert "every 2s" not in page
    assert "a tie" in page
    assert "The first one." in page
    assert "load_dataset(" in page
    assert Release.objects.get().recipes[0]["parameters"]["min_votes"] == 1


def test_the_preview_counts_what_the_release_would_hold_and_makes_nothing(browser, labeled):
    olga = browser()

    fragment = olga.post(url("release-new"), {**WISH, "act": "preview"}, headers=HTMX)
    page = olga.post(url("release-new"), {**WISH, "act": "preview"})

    text = fragment.content.decode()
    assert text.lstrip().startswith('<section class="card" id="preview"')
    assert "6 rows: 6 train." in text
    assert "−1" in text
    assert "<!doctype html>" in page.content.decode()
    assert not Release.objects.exists()


def test_the_preview_shows_a_row_as_text_and_how_far_votes_agree(browser, add_item, answer):
    item = add_item("<script>alert(1)</script> \u202e", "no")
    answer(item, "a", "Ana"), answer(item, "a", "Ben"), answer(item, "b", "Cid")

    shown = browser().post(url("release-new"), {**WISH, "act": "preview"}, headers=HTMX).content.decode()

    assert "On average 67 % of the votes behind a row say what it says." in shown
    assert "&quot;content&quot;: &quot;&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown
    assert "\u202e" not in shown  # a badge tells of it


def test_a_preview_shows_no_more_of_a_row_than_fits(browser, add_item, answer):
    answer(add_item("long " * 2_000, "no"), "a")

    shown = browser().post(url("release-new"), {**WISH, "act": "preview"}, headers=HTMX).content.decode()

    assert 500 < shown.count("long ") < 700
    assert "…</pre>" in shown


def test_a_preview_of_nothing_labeled_and_of_a_wrong_wish_say_so(browser, add_item):
    olga = browser()

    nothing = olga.post(url("release-new"), {**WISH, "act": "preview"}, headers=HTMX).content.decode()
    wrong = olga.post(url("release-new"), {**WISH, "act": "preview", "train": "50"}, headers=HTMX).content.decode()

    assert "Nobody has labeled anything yet" in nothing
    assert "add up to 50 %" in wrong


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"recipes": []}, "Choose at least one recipe."),
        ({"recipes": ["no_such"]}, "no_such"),
        ({"min_votes": "0"}, "whole number from 1 to 256"),
        ({"train": "99"}, "add up to 99 %"),
        ({"rm_pairs.question": "why"}, "Select a valid choice"),
        ({"formats": []}, "Choose at least one format."),
    ],
)
def test_an_invalid_wish_comes_back_with_the_form_and_a_sentence(browser, labeled, change, said):
    answer = browser().post(url("release-new"), {**WISH, **change, "act": "freeze"})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Release.objects.exists()


def test_a_failed_release_says_why_and_can_be_tried_again(browser, add_item, answer):
    answer(add_item("good", "bad"), "tie")
    olga = browser()
    asked = olga.post(url("release-new"), {**WISH, "act": "freeze"})
    runner.execute(str(Release.objects.get().job_id))

    page = olga.get(asked.url).content.decode()
    again = olga.post(url("release-retry", 1))

    assert "This release was not made" in page
    assert "would be empty" in page
    assert url("release-retry", 1) in page
    assert again.status_code == 302
    assert Release.objects.get().job.is_open


def test_a_waiting_release_can_be_cancelled(browser, labeled):
    olga = browser()
    olga.post(url("release-new"), {**WISH, "act": "freeze"})

    olga.post(url("release-cancel", 1))

    assert "This release was cancelled" in olga.get(url("release", 1)).content.decode()


def test_a_viewer_reads_releases_and_makes_none(browser, labeled, release):
    release(splits={"train": 100})
    vera = browser("Vera", Role.VIEWER)

    page = vera.get(url("release", 1))

    assert page.status_code == 200
    assert vera.get(url("releases")).status_code == 200
    assert vera.get(url("release-file", 1, "README.md")).status_code == 200
    assert url("release-new") not in vera.get(url("releases")).content.decode()
    assert vera.get(url("release-new")).status_code == 404
    assert vera.post(url("release-new"), {**WISH, "act": "freeze"}).status_code == 404
    assert vera.post(url("release-retry", 1)).status_code == 404
    assert vera.post(url("release-cancel", 1)).status_code == 404


def test_annotators_and_strangers_find_nothing(browser, person, labeled, release):
    release()
    other = Project.objects.create(slug="others", name="Others", created_by=person("Sam"))
    Membership.objects.create(project=other, user=person("Sam"), role=Role.OWNER)

    for somebody in (browser("Ana", Role.ANNOTATOR), browser("Sam")):
        for address in (
            url("releases"),
            url("release-new"),
            url("release", 1),
            url("release-file", 1, "manifest.json"),
            reverse("curation:release", args=["others", 1]),
            reverse("curation:release-file", args=["others", 1, "manifest.json"]),
        ):
            assert somebody.get(address).status_code == 404, address


def test_a_page_asks_the_database_few_questions(browser, labeled, release, django_assert_max_num_queries):
    release("rm_pairs", "raw")
    olga = browser()

    with django_assert_max_num_queries(12):
        olga.get(url("release", 1))
    with django_assert_max_num_queries(12):
        olga.get(url("releases"))
    with django_assert_max_num_queries(12):
        olga.get(url("release-new"))


def test_a_running_release_shows_how_far_it_is(browser, labeled):
    olga = browser()
    olga.post(url("release-new"), {**WISH, "act": "freeze"})
    held = services.claim(str(Release.objects.get().job_id))
    services.report(held, done=3, total=12, message="Writing rows.")

    fragment = olga.get(url("release", 1), headers=HTMX).content.decode()

    assert fragment.lstrip().startswith('<div class="stack" id="report"')
    assert "3 of 12 annotations" in fragment
    assert 'value="0.25"' in fragment


def test_the_list_opens_with_what_is_in_no_release_yet(browser, labeled, release, add_item, answer):
    olga = browser()
    release(splits={"train": 100})
    all_in = olga.get(url("releases")).content.decode()
    answer(add_item("good", "bad"), "a")

    one_waits = olga.get(url("releases")).content.decode()

    assert "<h1>Everything labeled is in release 1</h1>" in all_in
    assert "<h1>1 annotation is in no release yet</h1>" in one_waits


def test_a_release_that_is_delayed_says_why_and_until_when(browser, labeled):
    olga = browser()
    asked = olga.post(url("release-new"), {**WISH, "act": "freeze"})
    later = timezone.now() + timedelta(minutes=9)
    Job.objects.update(attempts=1, run_after=later, message="There is no room to keep it.")

    shown = " ".join(olga.get(asked.url).content.decode().split())

    assert "<h1>This release is delayed</h1>" in shown
    assert re.search(r"There is no room to keep it\. It is tried again in (9 min|8 min \d+ s)\.", shown)
    assert '<span class="badge warn">delayed</span>' in olga.get(url("releases")).content.decode()


def test_every_recipe_is_shown_with_an_example_row(browser):
    page = browser().get(url("release-new")).content.decode()

    assert page.count("An example row") == len(RECIPES)
    for name in RECIPES:
        assert escape(example_of(name).splitlines()[1]) in page
