"""The page of an item with answers of every kind: what several annotators said, side by side, as it looks."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from accounts.models import User
from annotation.kinds.quotes import text_hash
from annotation.kinds.rubric_criteria import checked
from annotation.models import Annotation, Form, Item
from projects.models import Membership, Role
from tests.journeys.house import PREFERENCE, WHY, House
from tests.journeys.test_look import BREAD, MANY_TIPS, ONE_CAUSE, WIDTHS, every_size, look
from tests.journeys.test_owner_look import ARABIC_NAME, LONG_NAME

OpenPage = Callable[..., Page]
SOLUTION = (
    "Each box holds 4 rows of 18 eggs, so a box holds 4 × 18 = 72 eggs.",
    "A farmer who fills 3 boxes has 3 × 72 = 206 eggs.",
    "Twelve eggs make a dozen, so this is 206 / 12 dozen.",
    "That is about 17.2, so the farmer sells 17 dozen and keeps 2 eggs.",
    "The answer is 17.",
)
CRITERIA = [
    "[hard] safe: Tells nobody to do what could harm them",
    "cause: Names the likeliest cause instead of listing all (weight 3)",
    "clear: Could be followed by a beginner (weight 2) = lost at once | with help | at once",
    "chatty: Praises the question (weight -0.5)",
]
OPTIONS = [
    {"key": key, "title": title} for key, title in (("baking", "Baking"), ("science", "Science"), ("diy", "Do it"))
]
OF_PAIRS = (
    {**PREFERENCE, "settings": {"points": 7, "dimensions": [{"key": "kind", "title": "Kinder"}]}},
    {
        "key": "right",
        "kind": "rating",
        "title": "Correct",
        "target": "response",
        "settings": {"anchors": {"1": "wrong"}},
    },
    {"key": "topic", "kind": "choice", "title": "Topics", "settings": {"options": OPTIONS, "several": True}},
    {
        "key": "own",
        "kind": "rubric",
        "title": "Rubric",
        "target": "response",
        "settings": {"source": "item", "criteria": []},
    },
    {"key": "versus", "kind": "rubric", "title": "Head to head", "settings": {"criteria": checked(CRITERIA)}},
    WHY,
    {
        "key": "marks",
        "kind": "spans",
        "title": "What is wrong?",
        "target": "response",
        "settings": {"types": [{"key": "vague", "title": "Vague"}, {"key": "false", "title": "False"}]},
    },
)
OF_FOUR = (
    {"key": "order", "kind": "ranking", "title": "Best first", "settings": {"ties": True}},
    {
        "key": "steps",
        "kind": "steps",
        "title": "Which steps hold?",
        "target": "response",
        "settings": {"errors": [{"key": "sum", "title": "Sum"}], "final_answer": True},
    },
)
ORDERS = ([[0], [1], [2], [3]], [[0], [2], [1], [3]], [[0, 1], [2], [3]])
REASONS = (
    "A says what to change first.",
    "Both are fine, and B has more to try. " * 9,
    "السبب الأرجح هو قلة التخمير",
)


def verdict(value: Any) -> dict[str, Any]:
    return {"value": value}


def about_a_pair(number: int) -> dict[str, Any]:
    """What the annotator of this number says about a pair: much in common, and every third differs."""
    odd = number % 3 == 1
    better = {"winner": "b" if odd else "a", "strength": 1 + number % 3 if not odd else 1}
    return {
        "better": {**better, "dimensions": {"kind": {"winner": "a", "strength": 1}}},
        "right": [5 - number % 2, 2 + number % 3],
        "topic": ["baking", "science"] if odd else ["baking"],
        "own": {
            "verdicts": {
                "safe": [verdict("yes"), verdict("yes")],
                "cause": [verdict("yes"), verdict("yes" if odd else "no")],
                "clear": [verdict(3 - number % 2), verdict(2)],
                "chatty": [verdict("no"), verdict("no" if odd else "yes")],
            }
        },
        "versus": {
            "verdicts": {
                "safe": verdict("tie"),
                "cause": verdict("a"),
                "clear": verdict("b" if odd else "a"),
                "chatty": verdict("na" if number % 5 == 4 else "a"),
            }
        },
        "why": REASONS[number % 3],
        "marks": marks(odd),
    }


def marks(odd: bool) -> dict[str, Any]:
    """Marks that all share, that some have, and that differ in what they are called and where they end."""
    found = [(MANY_TIPS, "Great question!", "vague"), (MANY_TIPS, "flour" if odd else "higher-protein flour", "false")]
    found += [(ONE_CAUSE, "likeliest cause", "false" if odd else "vague")]
    found += [] if odd else [(MANY_TIPS, "With practice and patience", "vague")]
    spans = [
        {
            "response": int(text == MANY_TIPS),
            "start": text.index(words),
            "end": text.index(words) + len(words),
            "type": kind,
        }
        for text, words, kind in found
    ]
    return {
        "hashes": [text_hash(ONE_CAUSE), text_hash(MANY_TIPS)],
        "spans": sorted(spans, key=lambda one: (one["response"], one["start"])),
    }


def about_four(number: int) -> dict[str, Any]:
    """A ranking, and steps of two of the responses."""
    labels: list[int | None] = [1, 1, 0, 1, 1] if number % 3 == 1 else [1, -1, None, None, None]
    part: dict[str, Any] = {"splitter": "import", "labels": labels, "final": "wrong" if number % 3 else "right"}
    part |= {"errors": {"1": ["sum"]}} if -1 in labels else {}
    return {"order": ORDERS[number % 3], "steps": [part, {**part, "labels": [1] * 5, "errors": {}}, None, None]}


def cut() -> list[dict[str, int]]:
    """Where the steps of the solution lie in its text."""
    ends = [sum(len(step) + 2 for step in SOLUTION[: n + 1]) - (2 if n + 1 == len(SOLUTION) else 0) for n in range(5)]
    return [{"start": start, "end": end} for start, end in zip([0, *ends], ends, strict=False)]


def answered(
    house: House, item: Item, people: int, answers: Callable[[int], dict[str, Any]], imported: int = 0
) -> Item:
    """The item with this many people's answers, and with some that came along."""
    form = Form.objects.get(project=house.project)
    places = list(range(len(item.responses)))
    for number in range(people):
        author = a_person(house, number)
        Annotation.objects.create(
            project=house.project,
            item=item,
            form=form,
            author=author,
            answers=answers(number),
            shown=places,
            seconds=40,
        )
    for number in range(imported):
        named = ("reward-bench/judge-of-the-month-70b-instruct-v2", "worker 17")[number]
        Annotation.objects.create(
            project=house.project, item=item, form=form, imported_name=named, answers=answers(number + 1), shown=places
        )
    return item


def a_person(house: House, number: int) -> User:
    names = ["Ana", "Ben", LONG_NAME, ARABIC_NAME, *(f"Person {letter}" for letter in "EFGHIJKLMNOP")]
    found, is_new = User.objects.get_or_create(email=f"person{number}@example.org", defaults={"name": names[number]})
    if is_new:
        Membership.objects.create(project=house.project, user=found, role=Role.ANNOTATOR)
    return found


def pairs_of(house: House) -> dict[int, Item]:
    """Pairs by how many people answered them."""
    found = {}
    for people, imported in ((1, 0), (3, 2), (15, 1)):
        item = house.add_item(BREAD, ONE_CAUSE, MANY_TIPS, overlap=people)
        Item.objects.filter(pk=item.pk).update(rubric=checked(CRITERIA))
        found[people] = answered(house, item, people, about_a_pair, imported)
    return found


def rankings_of(house: House) -> dict[int, Item]:
    """Four responses, two of them in steps, by how many people answered them."""
    found = {}
    for people, imported in ((1, 0), (3, 1), (15, 0)):
        found[people] = answered(house, four_of(house, f"farm-{people}"), people, about_four, imported)
    return found


def four_of(house: House, key: str) -> Item:
    return Item.objects.create(
        project=house.project,
        key=key,
        digest=key.encode().ljust(32),
        group="farm",
        messages=[{"role": "user", "content": "How many dozen?"}],
        responses=[
            {"messages": [{"role": "assistant", "content": "\n\n".join(SOLUTION)}], "model": name, "steps": cut()}
            for name in ("small", "large")
        ]
        + [{"messages": [{"role": "assistant", "content": text}]} for text in ("Seventeen.", "No idea.")],
    )


def share_of_its_card(page: Page) -> float:
    """How much of its card's width a response's text has."""
    found: float = page.locator(".responses .card.reading").first.evaluate(
        "card => card.querySelector('.untrusted').offsetWidth / card.offsetWidth"
    )
    return found


@every_size
def test_screens_of_an_item_of_every_kind(page_for: OpenPage, transactional_db: None, theme: str, width: int) -> None:
    houses = {"pair": House.build("Pairs", OF_PAIRS), "four": House.build("Rankings", OF_FOUR)}
    items = {"pair": pairs_of(houses["pair"]), "four": rankings_of(houses["four"])}

    for name, house in houses.items():
        page = page_for(house.people["Olga"], "/", theme=theme, width=width, height=WIDTHS[width])
        for people, item in items[name].items():
            page.goto(f"/projects/{house.project.slug}/items/{item.pk}/")
            look(page, f"item-{name}-{people}", theme, width, whole=True)
            assert share_of_its_card(page) > 0.6, "what is judged is squeezed"


def test_the_next_item_and_the_one_before_are_one_key_away(page_for: OpenPage, house: House) -> None:
    first, second = house.add_items(2)
    page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/items/?state=open")

    page.locator("td.clip a").first.click()
    for key, item in (("j", second), ("k", first)):
        page.wait_for_load_state()  # the keys are there with the page's script
        page.keyboard.press(key)
        expect(page.locator("code")).to_have_text(item.key)

    expect(page).to_have_url(re.compile(rf"/items/{first.pk}/\?state=open$"))
