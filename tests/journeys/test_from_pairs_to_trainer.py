"""The main thread of the house, walked from end to end: real pairs come in, people label them, a trainer reads them."""

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from annotation.demo.pairs import pairs
from annotation.models import Annotation, Item
from curation.models import Release
from jobs import runner
from jobs.models import Job, State
from tests.curation.trainers.conftest import _forking, run_there, trainers_python  # noqa: F401  (fixtures)

OpenPage = Callable[..., Page]
ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA") or ROOT.parent / "shared" / "data") / "pairs_pandalm" / "pairs.jsonl"
ACCEPTANCE = Path(os.environ.get("GOLDPAN_ACCEPTANCE") or ROOT.parent / "shared" / "acceptance")
PASSWORD = "a pan, a river and patience"
SENTENCE = "The longer one says why, and the shorter one does not."
PAIRS = 6
BROKEN = ['{"id": "cut', "null", '{"instruction": "no responses"}', "[1, 2]", '{"id": 1, "instruction": 2}']
OVER_HTTP = """
import sys
from datasets import load_dataset
kind, url, token, target = sys.argv[1:]
options = {"http": {"client_kwargs": {"headers": {"Authorization": "Token " + token}}}}
rows = load_dataset(kind, data_files=url, split="train", storage_options=options, cache_dir=target + ".cache")
rows.to_json(target)
print(len(rows))
"""


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path / "home"
    return tmp_path


@pytest.fixture
def olga(transactional_db: None) -> User:
    return User.objects.create_user("olga@example.org", PASSWORD, name="Olga Petrova")


def work() -> None:
    """Do what waits, as a worker would."""
    for job in Job.objects.filter(state=State.QUEUED):
        runner.execute(str(job.pk))


def real_rows() -> list[str]:
    """Pairs of which one response is clearly longer: real ones where they are, else the demo's.

    None is long: the acceptance scripts train on bytes, and reward trainers drop what has more than 1,024.
    """
    if not REAL.is_file():
        return [json.dumps(row) for _, row in pairs(200, seed=5) if is_clear(*texts_of(row))][:PAIRS]
    rows = [json.loads(line) for line in REAL.read_text().split("\n") if line]
    clear = [row for row in rows if is_clear(row["instruction"] + row["input"], row["response_a"], row["response_b"])]
    return [json.dumps(row) for row in list({row["instruction"]: row for row in clear}.values())[:PAIRS]]


def texts_of(row: dict[str, Any]) -> tuple[str, ...]:
    return (str(row["prompt"]), *(response["text"] for response in row["responses"]))


def is_clear(prompt: str, *responses: str) -> bool:
    words = [len(text.split()) for text in responses]
    return abs(words[0] - words[1]) > 5 and min(words) > 0 and len(prompt) + max(map(len, responses)) < 700


def upload(folder: Path) -> Path:
    """The pairs with five broken lines among them."""
    lines = real_rows()
    for place, broken in enumerate(BROKEN):
        lines.insert(place * 2, broken)
    path = folder / "pairs.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def invited(page_for: OpenPage, members: Page, name: str) -> Page:
    """Olga makes a link, and somebody becomes an annotator through it."""
    members.get_by_label("Role", exact=True).select_option("annotator")
    members.get_by_role("button", name="Make the link").click()
    link = members.get_by_label("The link of the invitation").input_value()
    page = page_for(None, "/" + link.split("/", 3)[3])
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.split(maxsplit=1)[0].lower()}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def longer_side(page: Page) -> str:
    """The letter of the response with more text, as this person sees it."""
    lengths = {side.get_attribute("data-side"): len(side.inner_text().split()) for side in page.locator(".side").all()}
    return str(max(lengths, key=lambda letter: lengths[letter]))


def prefer_the_longer(page: Page) -> None:
    """Choose with a key, wherever the longer response stands."""
    page.keyboard.press("2" if longer_side(page) == "A" else "6")


def submit(page: Page) -> None:
    """Press Enter, answering what it says is still open, until the page has moved on."""
    before = page.locator("#workspace").get_attribute("data-item")
    for _ in range(8):
        page.wait_for_timeout(400)
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
        if page.locator("#workspace").count() == 0:
            return
        if page.locator("#workspace").get_attribute("data-item") != before:
            return
        if "Still open" in page.locator("[data-say]").inner_text():
            page.keyboard.press("4")
    raise AssertionError(f"the page stays: {page.locator('[data-say]').inner_text()}")


def begin(page: Page, slug: str) -> None:
    page.goto(f"/projects/{slug}/label/")
    page.wait_for_load_state("networkidle")


def finished(page: Page) -> None:
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()


def test_from_real_pairs_to_two_steps_of_a_trainer(
    page_for: OpenPage,
    olga: User,
    home: Path,
    live_server: Any,
    run_there: Callable[..., str],  # noqa: F811
) -> None:
    # Olga starts a project, invites two people and imports pairs, five lines of them broken.
    page = page_for(None, "/sign-in/")
    sign_in(page, "olga@example.org")
    page.get_by_role("link", name="Start a project").first.click()
    page.get_by_label("Name").fill("Real pairs")
    page.get_by_label("Preference with ratings and justification").check()
    page.get_by_label(re.compile("Annotations")).fill("2")
    page.get_by_role("button", name="Start the project").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no items yet")
    slug = page.url.rstrip("/").rsplit("/", 1)[1]
    page.goto(f"/projects/{slug}/members/")
    ana, ben = invited(page_for, page, "Ana Marin"), invited(page_for, page, "Ben Okafor")

    page.goto(f"/projects/{slug}/imports/")
    page.get_by_label("File", exact=True).set_input_files(upload(home))
    page.get_by_role("button", name="Import", exact=True).click()
    if "columns" in page.get_by_role("heading", level=1).inner_text():
        page.get_by_label("Keep labels").uncheck()
        page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This file waits for its turn")
    work()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"5 of {PAIRS + 5} rows were refused")

    # Ana labels with keys alone, and loses the network in mid-sentence.
    begin(ana, slug)
    for number in range(PAIRS):
        prefer_the_longer(ana)
        if number == 1:
            ana.locator("textarea").focus()
            ana.keyboard.type(SENTENCE[:20])
            ana.context.set_offline(True)
            ana.keyboard.type(SENTENCE[20:])
            ana.keyboard.press("Escape")
            submit(ana)
            expect(ana.locator("[data-lamp]")).to_contain_text("Offline")
            ana.context.set_offline(False)
            expect(ana.locator("[data-lamp]")).to_have_text("Saved", timeout=60_000)
        else:
            submit(ana)
    finished(ana)

    # Ben does the same, and goes back to his first answer before he goes on.
    begin(ben, slug)
    prefer_the_longer(ben)
    submit(ben)
    expect(ben.locator("[data-lamp]")).to_have_text("Saved")
    ben.go_back()
    expect(ben.locator("input:checked").first).to_be_checked()
    begin(ben, slug)
    for _ in range(PAIRS - 1):
        prefer_the_longer(ben)
        submit(ben)
    finished(ben)

    wait_for_annotations(PAIRS * 2)
    assert [row.answers["reason"] for row in Annotation.objects.all() if "reason" in row.answers] == [SENTENCE]
    assert all(chosen_is_longer(row) for row in Annotation.objects.select_related("item"))

    # Olga freezes a release and makes a token; a program loads the release over HTTP, and trainers take two steps.
    page.goto(f"/projects/{slug}/releases/new/")
    page.locator("input[value=rm_pairs]").check()
    page.locator("input[value=dpo_pairs]").check()
    page.get_by_role("spinbutton", name="Train").fill("100")
    page.get_by_role("spinbutton", name="Validation").fill("0")
    page.get_by_role("spinbutton", name="Test").fill("0")
    page.get_by_role("button", name=re.compile("^Freeze")).click()
    work()
    release = Release.objects.get()
    assert release.manifest is not None
    page.goto(f"/projects/{slug}/releases/{release.number}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("rows")
    page.goto("/me/tokens/")
    page.get_by_label("Name").fill("trainer")
    page.get_by_label(re.compile("Read projects")).check()
    page.get_by_role("button", name="Make the token").click()
    token = page.get_by_label("The new token").input_value()

    for recipe, script in (("rm_pairs", "accept_rm.py"), ("dpo_pairs", "accept_dpo.py")):
        path = release.files.get(path__startswith=f"{recipe}/train", path__endswith=".parquet").path
        url = f"{live_server.url}/api/v1/releases/{release.pk}/files/{path}"
        target = home / f"{recipe}.jsonl"
        assert int(run_there("-c", OVER_HTTP, "parquet", url, token, target, is_offline=False).split()[-1]) == PAIRS
        rows = [json.loads(line) for line in target.read_text().splitlines()]
        for row in rows:
            assert len(row["chosen"][-1]["content"].split()) > len(row["rejected"][-1]["content"].split())
        if (ACCEPTANCE / script).is_file():
            assert "OK" in run_there(ACCEPTANCE / script, target)


def wait_for_annotations(count: int) -> None:
    """The page moves on before the server has answered; wait until it has."""
    for _ in range(200):
        if Annotation.objects.count() >= count:
            break
        time.sleep(0.1)
    assert Annotation.objects.count() == count


def chosen_is_longer(row: Annotation) -> bool:
    """Whether the stored winner, in the item's own order, is the response with more words."""
    item: Item = row.item
    words = [len(item.text_of(index).split()) for index in range(2)]
    return words["ab".index(row.answers["preference"]["winner"])] == max(words)
