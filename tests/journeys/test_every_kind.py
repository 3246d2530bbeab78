"""Each kind of question, from an item of real data by keys alone to the rows of a release, interrupted on the way.

The items come from GOLDPAN_REAL_DATA where it is there, else from texts of our own that are as awkward. What is asked
for here is the whole way; what each kind can do besides stands in its own journey.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now
from playwright.sync_api import Page, expect

from annotation import subjects
from annotation.kinds import KINDS
from annotation.kinds.quotes import text_hash
from annotation.models import Item, Slot
from annotation.services import imports
from annotation.sides import order
from curation import store
from curation.services import releases
from jobs import runner
from tests.journeys.house import House
from tests.journeys.test_label_by_keyboard import answer, labeling, ready, saved

OpenPage = Callable[..., Page]
ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
ITEMS = 3
WRITTEN = "“Exact”, e\u0301 and 👩\u200d👧; \u05d0\u05d1 \\d+ <b>&amp;</b>"

Row = dict[str, Any]
Answer = tuple[list[str], Any]
"""The keys that give it, those that belong together with a blank between, and the value in the order shown."""


@dataclass(frozen=True)
class Case:
    """One kind: what is asked, where real items come from, and what is answered about an item as it is shown."""

    kind: str
    file: str
    as_item: Callable[[Row], Row]
    ours: Row
    reply: Callable[[Item, Sequence[int]], Answer]
    target: str = "item"
    settings: dict[str, Any] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Three items in the layout `goldpan`."""
        path = REAL / self.file
        if not path.exists():
            return ({**self.ours, "key": f"ours-{number}"} for number in range(ITEMS))
        with path.open(newline="\n") as file:
            found = [self.as_item(json.loads(line)) for line in islice(file, 40)]
        return islice((row for row in found if all(0 < len(one["text"]) < 4_000 for one in row["responses"])), ITEMS)


def said(*texts: str) -> list[Row]:
    return [{"text": text} for text in texts]


def two_of_pandalm(row: Row) -> Row:
    return {"prompt": row["instruction"], "responses": said(row["response_a"], row["response_b"])}


def two_of_llmbar(row: Row) -> Row:
    return {"prompt": row["prompt"], "responses": said(row["response_a"], row["response_b"])}


def four_of_fgrlhf(row: Row) -> Row:
    texts = [*row["responses"], row["reference"], row["corrected_response"]]
    return {"prompt": row["question"], "responses": said(*list(dict.fromkeys(texts))[:4])}


def one_of_fgrlhf(row: Row) -> Row:
    return {"prompt": row["question"], "responses": said(row["responses"][0])}


def one_of_halie(row: Row) -> Row:
    return {"prompt": f"Summarize this.\n\n{row['source']}", "responses": said(row["summary"])}


def steps_of_mrben(row: Row) -> Row:
    steps, at = [], 0
    for number, text in enumerate(row["steps"], 1):
        end = at + len(text) + (number < len(row["steps"]))
        steps.append({"start": at, "end": end})
        at = end
    return {"prompt": row["question"], "responses": [{"text": "\n".join(row["steps"]), "steps": steps}]}


def checklist_of_biggen(row: Row) -> Row:
    anchors = [row["rubric"][f"score{level}_description"][:900] for level in range(1, 6)]
    own = [{"key": "asked", "title": row["rubric"]["criteria"][:900], "scale": 5, "anchors": anchors}]
    return {"prompt": row["prompt"], "responses": said(row["reference"], row["reference"][::-1]), "rubric": own}


TEXT = "He adds 2 and 2, e\u0301 \U0001f642.\r\n\r\nThat is **4**, \u05d0\u05d1 <b>&amp;</b>.\r\n\r\n\tSo it is 5."
PAIR = {"prompt": WRITTEN, "responses": said(TEXT, TEXT[::-1])}
SOLUTION = {"prompt": WRITTEN, "responses": said(TEXT)}
FOUR = {"prompt": WRITTEN, "responses": said(TEXT, TEXT[::-1], TEXT * 2, "4")}
OWN = {"key": "asked", "title": WRITTEN, "scale": 5}


def prefer(_item: Item, _order: Sequence[int]) -> Answer:
    return ["2"], {"winner": "a", "strength": 2}


def rate(_item: Item, order: Sequence[int]) -> Answer:
    levels = [4 - place % 3 for place in range(len(order))]
    return [str(level) for level in levels], levels


def rank(_item: Item, order: Sequence[int]) -> Answer:
    """The second best, the third, and then two that tie for the first place or the last."""
    places = ["2", "3", "1", "1"][: len(order)]
    groups = [[at for at, place in enumerate(places) if place == wanted] for wanted in "123"]
    return places, [group for group in groups if group]


def choose(_item: Item, _order: Sequence[int]) -> Answer:
    return ["2"], "no"


def judge(_item: Item, _order: Sequence[int]) -> Answer:
    return ["4", "2"], {"verdicts": {"asked": [{"value": 4}, {"value": 2}]}}


def find_first_error(item: Item, _order: Sequence[int]) -> Answer:
    (judged,) = subjects.in_steps(item)
    count = len(judged.steps)
    right = min(count - 1, 2)
    labels = [*[1] * right, -1, *[None] * (count - right - 1)]
    part = {"splitter": judged.cut_by, "labels": labels, "errors": {str(right): ["arithmetic"]}}
    return [*"+" * right, "-", "a"], [part]


def explain(item: Item, _order: Sequence[int]) -> Answer:
    text = f"{WRITTEN} {item.key}"
    return [text], text


def mark_the_first_word(item: Item, _order: Sequence[int]) -> Answer:
    word = re.match(r"\w+", item.text_of(0))
    assert word, "an item of this journey begins with a word"
    span = {"response": 0, "start": 0, "end": word.end(), "type": "redundant"}
    return ["ArrowRight e"], {"hashes": [text_hash(item.text_of(0))], "spans": [span]}


YES_OR_NO = {"options": [{"key": "yes", "title": "Yes"}, {"key": "no", "title": "No"}]}
CASES = [
    Case("preference", "pairs_pandalm/pairs.jsonl", two_of_pandalm, PAIR, prefer),
    Case("rating", "ratings_halie_summaries/items.jsonl", one_of_halie, SOLUTION, rate, "response"),
    Case("text", "judges_llmbar/pairs.jsonl", two_of_llmbar, PAIR, explain),
    Case("choice", "judges_llmbar/pairs.jsonl", two_of_llmbar, PAIR, choose, settings=YES_OR_NO),
    Case("ranking", "spans_pairs_fgrlhf/examples.jsonl", four_of_fgrlhf, FOUR, rank),
    Case(
        "rubric",
        "rubric_biggen/rubrics.jsonl",
        checklist_of_biggen,
        {**PAIR, "rubric": [OWN]},
        judge,
        "response",
        {"source": "item"},
    ),
    Case("spans", "spans_pairs_fgrlhf/examples.jsonl", one_of_fgrlhf, SOLUTION, mark_the_first_word, "response"),
    Case("steps", "steps_mrben/solutions.jsonl", steps_of_mrben, SOLUTION, find_first_error, "response"),
]


def test_no_kind_is_without_its_case() -> None:
    assert {case.kind for case in CASES} == KINDS.keys()


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"


def house_of(case: Case, folder: Path) -> House:
    """A project that asks this one question about three imported items."""
    settings = KINDS[case.kind].check_settings(case.settings, case.target)
    asked = {"key": "q", "kind": case.kind, "title": "And?", "target": case.target, "settings": settings}
    house = House.build("Every kind", [asked])
    path = folder / "items.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in case.rows()))
    with path.open("rb") as file:
        started = imports.start(house.place("Olga"), upload=file, file_name=path.name, adapter="goldpan")
    runner.execute(str(started.job_id))
    started.refresh_from_db()
    assert (started.ok, started.refused) == (ITEMS, 0)
    return house


def in_hand(page: Page, house: House, case: Case) -> tuple[Item, Answer]:
    """The item on the page, and what this journey answers about it."""
    item = Item.objects.get(pk=page.locator("#workspace").get_attribute("data-item"))
    ana = house.people["Ana"]
    shown = order(salt=house.project.salt, annotator_id=ana.pk, item_id=item.pk, responses=len(item.responses))
    return item, case.reply(item, shown)


def press(page: Page, case: Case, keys: Sequence[str]) -> None:
    for key in keys:
        if case.kind == "text":
            page.keyboard.press("Tab")
            page.keyboard.insert_text(key)
            page.keyboard.press("Escape")
        else:
            for one in key.split():
                page.keyboard.press(one)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_what_is_entered_by_keys_leaves_in_a_release(
    page_for: OpenPage, transactional_db: None, case: Case, tmp_path: Path
) -> None:
    house = house_of(case, tmp_path)
    page = labeling(page_for, house)
    entered: dict[str, Any] = {}

    # Offline in the middle, a second tab beside it.
    item, (keys, entered[item.key]) = in_hand(page, house, case)
    press(page, case, keys[:1])
    other = page_for(None, house.label, context=page.context)
    expect(other.locator("[data-say]")).to_contain_text("open in another tab")
    page.bring_to_front()
    page.context.set_offline(True)
    press(page, case, keys[1:])
    answer(page)
    page.context.set_offline(False)
    saved(page)
    other.close()

    # The tab is loaded anew, and the lease runs out meanwhile.
    item, (keys, entered[item.key]) = in_hand(page, house, case)
    press(page, case, keys[:-1])
    saved(page)
    Slot.objects.filter(holder__isnull=False).update(expires_at=Now() - timedelta(minutes=1))
    page.reload()
    ready(page)
    assert in_hand(page, house, case)[0] == item
    press(page, case, keys[-1:])
    answer(page)
    saved(page)

    # Undisturbed, looked at again and left as it is.
    item, (keys, entered[item.key]) = in_hand(page, house, case)
    press(page, case, keys)
    answer(page)
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()

    assert left(house) == {
        key: stored_as(house, case, Item.objects.get(key=key), value) for key, value in entered.items()
    }


def stored_as(house: House, case: Case, item: Item, value: Any) -> tuple[list[str], Any]:
    """The item's own texts, and the answer in its own order, as a release says both."""
    ana = house.people["Ana"]
    shown = order(salt=house.project.salt, annotator_id=ana.pk, item_id=item.pk, responses=len(item.responses))
    kind = KINDS[case.kind]
    return [item.text_of(at) for at in range(len(item.responses))], kind.as_label(kind.to_item_order(value, shown))


def left(house: House) -> dict[str, tuple[list[str], Any]]:
    """What a raw release holds: each item's texts and its one label."""
    asked, _ = releases.freeze(house.place("Olga"), recipes=[{"name": "raw"}], formats=["jsonl"], splits={"train": 100})
    runner.execute(str(asked.job_id))
    path = store.path_of(asked.files.get(path__startswith="raw/"))
    rows = [json.loads(line) for line in path.read_bytes().splitlines() if line]
    return {row["key"]: (texts_of(row), the_label(row)) for row in rows}


def texts_of(row: Row) -> list[str]:
    return ["\n\n".join(turn["content"] for turn in response["messages"]) for response in row["responses"]]


def the_label(row: Row) -> Any:
    (label,) = json.loads(row["labels"])
    return label["answer"]
