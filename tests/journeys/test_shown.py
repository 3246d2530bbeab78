"""Pictures, sound and films on the labeling page: looked at closely, held one over the other, heard in step."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from annotation.models import Item, ItemMedia, Media
from annotation.services import media
from tests.annotation.media import samples
from tests.journeys.house import PREFERENCE, WHY, House
from tests.journeys.test_label_by_keyboard import answer, labeling, saved
from tests.journeys.test_look import WIDTHS, every_size, look

OpenPage = Callable[..., Page]
REAL = os.environ.get("GOLDPAN_REAL_DATA", "")


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"


def kept(house: House, content: bytes) -> Media:
    return media.upload(house.place("Olga"), source=io.BytesIO(content))


def refs(*files: Media) -> list[dict[str, str]]:
    return [{"sha256": one.sha256, "kind": one.kind, "type": one.type} for one in files]


def said(*files: Media, text: str = "", role: str = "assistant") -> list[dict[str, Any]]:
    return [{"role": role, "content": text, "media": refs(*files)}]


def add(house: House, prompt: Any, *responses: Any) -> Item:
    """An item with what it shows, as an import leaves it."""
    item = house.add_item(prompt, *responses)
    turns = [*item.messages, *(turn for response in item.responses for turn in response["messages"])]
    shown = dict.fromkeys(ref["sha256"] for turn in turns for ref in turn.get("media", ()))
    for sha256 in shown:
        ItemMedia.objects.create(item=item, media=Media.objects.get(project=house.project, sha256=sha256))
    return item


def pictures(house: House) -> Item:
    one, two = (kept(house, samples.png(samples.drawn(640, 480, color))) for color in ("navy", "maroon"))
    return add(house, "A white corner on a dark ground.", said(one), said(two))


def transform(page: Page, side: str) -> str:
    return str(page.locator(f"#side-{side} img").evaluate("node => node.style.transform"))


def decoded(page: Page) -> None:
    page.wait_for_function("() => [...document.images].every((image) => image.complete && image.naturalWidth)")


def test_pictures_are_seen_by_whom_the_item_is_for_and_answered_by_key(page_for: OpenPage, house: House) -> None:
    pictures(house)
    page = labeling(page_for, house)

    decoded(page)

    assert page.locator(".side img").count() == 2
    assert page.locator("#side-A img").get_attribute("alt") == "Picture 1 of response A"
    expect(page.locator(".side .count")).to_have_count(0)  # nobody counts no words
    expect(page.locator("[data-view=differences]")).to_have_count(0)  # nor looks for other ones
    answer(page, "2")
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert len(house.annotations()) == 1


def test_a_box_has_its_size_before_the_picture_is_there(page_for: OpenPage, house: House) -> None:
    pictures(house)
    page = page_for(house.people["Ana"], "/me/")
    page.route("**/media/**", lambda route: None)  # never answered
    page.goto(house.label, wait_until="commit")

    box = page.locator("#side-A img").bounding_box()

    assert box
    assert box["width"] / box["height"] == pytest.approx(640 / 480, rel=0.01)


def test_both_pictures_zoom_and_move_in_step(page_for: OpenPage, house: House) -> None:
    pictures(house)
    page = labeling(page_for, house)
    page.wait_for_function("() => !document.querySelector('[data-look=closer]').hidden")

    page.keyboard.press("+")
    page.keyboard.press("+")
    by_key = transform(page, "A")
    page.keyboard.press("Shift+ArrowRight")
    moved = transform(page, "A")
    same = transform(page, "B")
    for _ in range(3):
        page.keyboard.press("-")

    assert "scale(1.5625)" in by_key
    assert moved != by_key
    assert same == moved
    assert transform(page, "A") == transform(page, "B") == ""

    page.locator("#side-B img").dblclick(position={"x": 5, "y": 5})
    assert "scale(2.5)" in transform(page, "A")
    page.locator("#side-A figure").hover()
    page.mouse.wheel(0, -120)
    assert transform(page, "A") == transform(page, "B") != ""
    assert "scale(2.5)" not in transform(page, "A")


def fingers(screen: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    """Touch the page in these places, as a screen would report it."""
    touched = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})


def test_two_fingers_zoom_both_pictures_and_one_moves_them(page_for: OpenPage, house: House) -> None:
    pictures(house)
    page = labeling(page_for, house, width=390, height=844)
    page.wait_for_function("() => !document.querySelector('[data-look=closer]').hidden")
    box = page.locator("#side-A img").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    screen = page.context.new_cdp_session(page)

    fingers(screen, "touchStart", (x - 20, y), (x + 20, y))
    for apart in (30, 40, 60):
        fingers(screen, "touchMove", (x - apart, y), (x + apart, y))
    fingers(screen, "touchEnd")
    zoomed = transform(page, "A")
    fingers(screen, "touchStart", (x, y))
    for moved in (10, 30, 60):
        fingers(screen, "touchMove", (x + moved, y))
    fingers(screen, "touchEnd")

    (scale,) = re.findall(r"scale\(([\d.]+)\)", zoomed)
    assert float(scale) == pytest.approx(3, rel=0.05)
    assert transform(page, "A") == transform(page, "B")
    assert transform(page, "A") not in {zoomed, ""}


def test_two_pictures_lie_one_over_the_other(page_for: OpenPage, house: House) -> None:
    pictures(house)
    page = labeling(page_for, house)
    page.wait_for_function("() => !document.querySelector('[data-look=compare]').hidden")
    seam = "getComputedStyle(document.querySelector('.overlay .stage')).getPropertyValue('--seam')"

    page.keyboard.press("c")
    middle = page.evaluate(seam)
    page.keyboard.press("ArrowRight")
    further = page.evaluate(seam)
    page.keyboard.press("f")
    one = page.evaluate(seam)
    page.keyboard.press("f")
    other = page.evaluate(seam)

    assert (middle, further, one, other) == ("50%", "51%", "100%", "0%")
    expect(page.locator(".overlay [role=status]")).to_have_text("Response B")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("2")
    expect(page.locator("input:checked").first).to_have_attribute("value", "a:2")


def test_a_picture_fills_the_screen_and_the_next_one_after_it(page_for: OpenPage, house: House) -> None:
    pictures(house)
    page = labeling(page_for, house)
    page.wait_for_function("() => !document.querySelector('[data-look=closer]').hidden")

    page.keyboard.press("e")
    first = page.locator(".overlay img").get_attribute("src")
    page.keyboard.press("e")

    assert page.locator(".overlay img").get_attribute("src") != first
    box = page.locator(".overlay .stage").bounding_box()
    assert box
    assert box["width"] == 1440
    assert box["height"] > 780


def test_recordings_play_together_and_one_is_heard(page_for: OpenPage, house: House) -> None:
    one, two = (kept(house, samples.wav(seconds)) for seconds in (20.0, 30.0))
    add(house, "Say it aloud.", said(one), said(two))
    page = labeling(page_for, house)
    state = "[...document.querySelectorAll('.side audio')].map((one) => [one.paused, one.muted])"
    apart = "Math.abs([...document.querySelectorAll('.side audio')].reduce((a, b) => a.currentTime - b.currentTime))"
    page.wait_for_function("() => [...document.querySelectorAll('.side audio')].every((one) => one.readyState > 0)")
    page.wait_for_function("() => !document.querySelector('[data-look=play]').hidden")

    page.keyboard.press("Space")
    page.wait_for_function(f"() => {state}.every(([paused]) => !paused)")
    assert page.evaluate(state) == [[False, False], [False, True]]
    page.keyboard.press("x")
    assert page.evaluate(state) == [[False, True], [False, False]]
    page.evaluate("document.querySelector('#side-B audio').currentTime = 7")
    page.wait_for_function("() => document.querySelector('#side-A audio').currentTime > 6.5")
    page.keyboard.press("Space")
    page.wait_for_function(f"() => {state}.every(([paused]) => paused)")

    assert page.evaluate(apart) < 0.6
    expect(page.locator("[data-look=hear]")).to_contain_text("Hear A")
    answer(page, "2")
    saved(page)
    assert len(house.annotations()) == 1


def recorded_film(page: Page) -> bytes:
    """Half a second of moving color, as this browser records it."""
    content = page.evaluate(
        """async () => {
            const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
            const paint = canvas.getContext("2d");
            const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
            const parts = [];
            recorder.ondataavailable = (event) => parts.push(event.data);
            const ended = new Promise((done) => { recorder.onstop = done; });
            recorder.start();
            for (let n = 0; n < 25; n += 1) {
                paint.fillStyle = `hsl(${n * 14} 80% 50%)`;
                paint.fillRect(0, 0, 64, 48);
                await new Promise((done) => { setTimeout(done, 40); });
            }
            recorder.stop();
            await ended;
            return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
        }"""
    )
    return bytes(content)


def test_a_film_that_a_browser_recorded_plays_after_it_was_cleaned(page_for: OpenPage, house: House) -> None:
    page = page_for(house.people["Ana"], "/me/")
    film = kept(house, recorded_film(page))
    add(house, "Which film?", said(film), said(film))

    page.goto(house.label)
    page.wait_for_function("() => [...document.querySelectorAll('.side video')].every((one) => one.videoWidth === 64)")

    assert (film.kind, film.type, film.width, film.height) == ("video", "webm", 64, 48)


def test_without_scripts_there_are_plain_pictures_and_controls(page_for: OpenPage, house: House) -> None:
    sound = kept(house, samples.wav())
    picture = kept(house, samples.png(samples.drawn(640, 480)))
    add(house, said(picture, text="What is this?", role="user"), said(sound), "A corner.")

    page = page_for(house.people["Ana"], house.label, java_script_enabled=False)

    expect(page.locator(".prompt img")).to_have_attribute("alt", "Picture 1 of the prompt")
    expect(page.locator(".side audio[controls]")).to_have_count(1)
    expect(page.locator("[data-look]").first).to_be_hidden()


def test_owners_see_what_an_item_shows_on_its_page_and_in_the_list(page_for: OpenPage, house: House) -> None:
    item = pictures(house)
    page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/items/")

    decoded(page)
    assert page.locator("img.thumb").evaluate("node => node.naturalWidth") == 480
    page.goto(f"/projects/{house.project.slug}/items/{item.pk}/")
    decoded(page)

    assert page.locator(".responses img").count() == 2
    expect(page.locator(".responses header")).not_to_contain_text(["words", "words"])


def drawn_pair(house: House) -> None:
    pictures(house)


def sound_pair(house: House) -> None:
    one, two = (kept(house, samples.wav(seconds)) for seconds in (4.0, 6.0))
    add(house, "Read this sentence aloud, slowly.", said(one, text="Calm."), said(two, text="Hasty."))


def asked_picture(house: House) -> None:
    picture = kept(house, samples.png(samples.drawn(900, 500, "teal")))
    add(house, said(picture, text="What stands in the upper left corner?", role="user"), "Nothing.", "A white box.")


SCENES = {"pictures": drawn_pair, "sounds": sound_pair, "asked": asked_picture}


@every_size
@pytest.mark.parametrize("name", SCENES)
def test_screens_of_what_is_shown(page_for: OpenPage, house: House, name: str, theme: str, width: int) -> None:
    SCENES[name](house)
    page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])
    decoded(page)

    look(page, f"shown-{name}", theme, width)

    if name == "pictures":
        page.wait_for_function("() => !document.querySelector('[data-look=compare]').hidden")
        page.locator("[data-look=compare]").click()
        decoded(page)
        look(page, "shown-compare", theme, width)


@every_size
def test_screens_of_what_owners_see_of_it(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    for scene in SCENES.values():
        scene(house)
    house.add_item("Name a fruit.", "An apple.", "A stone.")
    page = page_for(
        house.people["Olga"],
        f"/projects/{house.project.slug}/items/",
        theme=theme,
        width=width,
        height=WIDTHS[width],
    )

    decoded(page)
    look(page, "shown-items", theme, width)

    for item, name in zip(Item.objects.order_by("pk"), SCENES, strict=False):
        page.goto(f"/projects/{house.project.slug}/items/{item.pk}/")
        decoded(page)
        look(page, f"shown-item-{name}", theme, width)


@pytest.mark.skipif(not REAL, reason="GOLDPAN_REAL_DATA names the folder of real samples")
def test_real_pictures_are_imported_and_compared(page_for: OpenPage, transactional_db: None) -> None:
    import json
    import zipfile

    from annotation.models import Import
    from annotation.services import imports
    from jobs import runner

    house = House.build("Real pictures", (PREFERENCE, WHY))
    folder = Path(REAL) / "images_imagereward"
    group = json.loads((folder / "group.json").read_text())
    first, *others = group["images"]
    rows = [{"prompt": group["prompt"], "responses": [{"media": [first]}, {"media": [one]}]} for one in others]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("pairs.jsonl", "\n".join(map(json.dumps, rows)))
        for name in group["images"]:
            archive.write(folder / name, name)

    packed.seek(0)
    started = imports.start(house.place("Olga"), upload=packed, file_name="pairs.zip")
    runner.execute(str(started.job_id))
    run = Import.objects.get(pk=started.pk)
    page = labeling(page_for, house)
    decoded(page)

    assert (run.ok, run.refused, Media.objects.count()) == (len(others), 0, len(group["images"]))
    look(page, "shown-real", "light", 1440)
    page.keyboard.press("c")
    decoded(page)
    look(page, "shown-real-compare", "light", 1440)
