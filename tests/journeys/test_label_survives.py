"""What people typed outlives the network, the tab, the lease, and the next person at the same computer."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.db.models.functions import Now
from playwright.sync_api import Error, Page, Route, expect

from annotation.models import Draft, Lease, Slot
from annotation.services import queue
from projects.access import Place
from tests.journeys.conftest import sign_in
from tests.journeys.house import House
from tests.journeys.test_label_by_keyboard import answer, labeling, saved

OpenPage = Callable[..., Page]
SENTENCE = "B answers the question; A describes the weather, at length."


def write(page: Page, text: str) -> None:
    if not page.locator("textarea").evaluate("node => node === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type(text)


def stored(page: Page) -> str:
    """Everything that this browser keeps for anybody."""
    return str(page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"))


def test_offline_in_mid_sentence_loses_no_character(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)

    write(page, SENTENCE[:20])
    page.context.set_offline(True)
    write(page, SENTENCE[20:])
    page.keyboard.press("Escape")
    answer(page, "6")
    expect(page.locator("[data-lamp]")).to_contain_text("Offline since")
    expect(page.locator("[data-lamp]")).to_contain_text("1 answer waits")
    expect(page.locator(".prompt")).to_contain_text("Question 2?")
    page.context.set_offline(False)

    saved(page)
    assert [row.answers["why"] for row in house.annotations()] == [SENTENCE]


def test_an_answer_whose_receipt_was_lost_is_stored_once(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)
    attempts: list[int] = []

    def lose_the_first_receipt(route: Route) -> None:
        response = route.fetch()
        attempts.append(response.status)
        if len(attempts) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=response)

    page.route("**/submit/", lose_the_first_receipt)
    answer(page, "2")

    saved(page)
    assert attempts == [200, 200]
    assert len(house.annotations()) == 1


def test_a_reload_brings_the_words_back(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)

    page.keyboard.press("3")
    write(page, SENTENCE)
    page.reload()

    expect(page.locator("textarea")).to_have_value(SENTENCE)
    expect(page.locator("input:checked")).to_have_value("a:1")


def test_a_tab_that_dies_brings_the_words_back(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)

    page.route("**/draft/", lambda route: route.abort())  # the server never hears of it
    write(page, SENTENCE)
    with suppress(Error):  # it dies, and says so
        page.goto("chrome://crash")
    again = page_for(None, house.label, context=page.context)

    expect(again.locator("textarea")).to_have_value(SENTENCE)


def test_a_draft_is_on_the_server_within_five_seconds(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)

    write(page, SENTENCE)
    expect(page.locator("[data-lamp]")).to_have_text("Saving")
    expect(page.locator("[data-lamp]")).to_have_text("Saved", timeout=5_000)

    assert Draft.objects.get().answers["why"] == SENTENCE


def test_words_written_on_one_computer_wait_on_the_other(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)
    write(page, SENTENCE)
    saved(page)

    other = labeling(page_for, house)

    expect(other.locator("textarea")).to_have_value(SENTENCE)


def lose_the_lease(house: House, to: str) -> None:
    """Time passes, and somebody else takes the item."""
    Slot.objects.filter(holder__isnull=False).update(expires_at=Now() - timedelta(minutes=1))
    assert queue.claim(house.place(to)) is not None


def test_a_lease_that_went_to_someone_else_keeps_the_words(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)
    write(page, SENTENCE)
    lose_the_lease(house, "Ben")

    page.keyboard.press("Escape")
    answer(page, "6")

    expect(page.locator("[data-say]")).to_contain_text("This item was given to someone else")
    expect(page.locator("textarea")).to_have_value(SENTENCE)
    assert house.annotations() == []
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert Draft.objects.get(author=house.people["Ana"]).answers["why"] == SENTENCE


def test_a_late_answer_takes_a_place_that_is_still_free(page_for: OpenPage, house: House) -> None:
    house.add_items(1, overlap=2)
    page = labeling(page_for, house)
    write(page, SENTENCE)
    lose_the_lease(house, "Ben")

    page.keyboard.press("Escape")
    answer(page, "6")

    saved(page)
    assert [row.answers["why"] for row in house.annotations()] == [SENTENCE]


def test_the_back_button_shows_the_answer_and_sends_nothing(page_for: OpenPage, house: House) -> None:
    house.add_items(3)
    page = labeling(page_for, house)
    answer(page, "2")
    saved(page)

    page.go_back()

    expect(page.locator(".prompt")).to_contain_text("Question 1?")
    expect(page.locator("input:checked")).to_have_value("a:2")
    expect(page.locator("[data-say]")).to_contain_text("You answered this before")
    assert len(house.annotations()) == 1
    page.go_forward()
    expect(page.locator(".prompt")).to_contain_text("Question 2?")


def test_changing_an_answer_after_the_back_button_supersedes_it(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)
    answer(page, "2")
    saved(page)

    page.go_back()
    expect(page.locator("input:checked")).to_have_value("a:2")
    page.wait_for_timeout(400)
    answer(page, "4")
    saved(page)

    first, second = house.annotations()
    assert (second.supersedes, second.answers["better"]["winner"]) == (first, "tie")


def test_a_page_from_memory_does_not_answer_twice(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = page_for(house.people["Ana"], house.label, java_script_enabled=False)
    page.get_by_role("radio", name="A much better").check(force=True)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".prompt")).to_contain_text("Question 2?")

    page.go_back()
    if "Question 1?" in page.content():
        page.get_by_role("button", name="Submit").click()

    assert len(house.annotations()) == 1


def test_two_tabs_make_one_annotation(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)
    other = page_for(None, house.label, context=page.context)
    expect(other.locator("[data-say]")).to_contain_text("open in another tab")

    page.bring_to_front()
    answer(page, "2")
    saved(page)

    expect(other.locator(".prompt")).to_contain_text("Question 2?")
    assert len(house.annotations()) == 1


def test_the_next_person_at_this_computer_sees_nothing_of_the_last(page_for: OpenPage, house: House) -> None:
    house.add_items(1, overlap=2)
    page = labeling(page_for, house)
    page.route("**/draft/", lambda route: route.abort())
    write(page, SENTENCE)

    page.context.clear_cookies()
    after = page_for(house.people["Ben"], house.label, context=page.context)

    expect(after.locator(".prompt")).to_contain_text("Question 1?")
    expect(after.locator("textarea")).to_have_value("")
    assert SENTENCE not in after.content()


def test_a_page_left_open_does_not_speak_for_the_next_person(page_for: OpenPage, house: House) -> None:
    house.add_items(2, overlap=2)
    page = labeling(page_for, house)
    write(page, SENTENCE)
    page.keyboard.press("Escape")
    sign_in(page.context, house.people["Ben"], page.url)

    answer(page, "6")

    expect(page.locator("[data-lamp]")).to_contain_text("Signed out · 1 answer waits")
    assert house.annotations() == []
    sign_in(page.context, house.people["Ana"], page.url)
    page.reload()
    saved(page)
    assert [(row.author, row.answers["why"]) for row in house.annotations()] == [(house.people["Ana"], SENTENCE)]


def test_signing_out_leaves_no_words_behind(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)
    write(page, SENTENCE)
    assert SENTENCE in stored(page)

    page.goto("/me/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")

    assert SENTENCE not in stored(page)
    assert Draft.objects.get().answers["why"] == SENTENCE


def test_an_answer_that_the_server_refuses_comes_back_with_its_words(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)
    page.evaluate("document.querySelector('textarea').removeAttribute('maxlength')")
    page.locator("textarea").fill("x" * 2_001)
    page.keyboard.press("Escape")

    answer(page, "2")

    expect(page.locator("[data-say]")).to_contain_text("takes at most 2000 characters; there are 2001")
    expect(page.locator("textarea")).to_have_value("x" * 2_001)
    page.locator("textarea").fill("shorter")
    page.keyboard.press("Escape")
    page.wait_for_timeout(400)
    answer(page)
    saved(page)
    assert [row.answers["why"] for row in house.annotations()] == ["shorter"]


def test_a_heartbeat_holds_the_item_only_while_someone_is_there(page_for: OpenPage, house: House, ana: Place) -> None:
    house.add_items(1)
    page = page_for(ana.user)
    page.clock.install()
    page.goto(house.label)
    lease = Lease.objects.get(annotator=ana.user)
    before = lease.slot.expires_at

    page.clock.run_for(8 * 60_000)
    assert Slot.objects.get(lease=lease).expires_at == before
    page.keyboard.press("3")
    with page.expect_response("**/extend/"):
        page.clock.run_for(16_000)

    assert Slot.objects.get(lease=lease).expires_at > before


def test_going_back_after_signing_out_shows_the_door(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)
    page.goto("/me/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")

    page.go_back()
    page.go_back()

    expect(page.get_by_role("heading", name="Sign in to Goldpan")).to_be_visible()
    assert "Question 1?" not in page.content()
