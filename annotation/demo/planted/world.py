"""A planned project: its items, who answers what, and every defect in it, by key and by name.

Plain data from a seed; `loading` makes a project of it. Shares are those of the defects that people report of real
preference data: a fifth of bought labels turned round, a tenth of the annotators not reading.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from annotation.demo.planted.judges import Heard, Judge, judges
from annotation.demo.planted.texts import Prompt, Prompts, Response, response, retold

BOUGHT = "bought-labels"
TASTES = ("brief", "thorough")
OVERLAP = 3
FLIPPED = 0.2  # of the labels that came with the items
SPAMMERS = 0.1  # of the annotators
DUPLICATES = 0.03  # of the items
LEAKED = 0.02
CYCLES = 0.01  # prompts whose three responses go round in a circle, as a share of the items
OF_TASTE = 0.1  # items of which one half of the annotators likes one response, the other half the other
VOTES_IN_A_CIRCLE = 10
PEOPLE = 30
ACCURACY = (0.8, 0.95)
TIE = 1  # responses that lie no further apart than this may be called a tie
TIES = 0.15
HEARD = 1_000  # pairs that each judge is asked about at most


@dataclass(frozen=True, slots=True)
class Person:
    """A simulated annotator. Who spams does not read; who has a `lean` takes the side shown there, mostly."""

    name: str
    accuracy: float
    taste: str
    is_spammer: bool = False
    lean: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """One item with its two responses and how good they are. `better` is a, b, or empty where they are alike."""

    key: str
    group: str
    prompt: Prompt
    responses: tuple[Response, Response]
    taste: str = ""
    """The taste that likes the first response better; empty where taste says nothing."""
    votes: int = OVERLAP
    circle: bool = False

    @property
    def better(self) -> str:
        if self.circle:
            return "a"
        first, second = (one.quality for one in self.responses)
        return "a" if first > second else "b" if second > first else ""


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody says about an item, in its stored order; `swapped` tells how it was shown."""

    key: str
    who: str
    winner: str
    swapped: bool
    seconds: float


@dataclass(slots=True)
class World:
    """Everything that is planted. `defects` names it: items by key, people and judges by name."""

    items: list[Planned] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    bought: dict[str, str] = field(default_factory=dict)
    """Item key to the winner that its label names, right or flipped."""
    votes: list[Vote] = field(default_factory=list)
    judges: list[Judge] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    benchmark: list[str] = field(default_factory=list)
    """Prompts of a benchmark, some of which leaked."""
    defects: dict[str, set[str]] = field(default_factory=dict)


def plan(items: int, *, seed: int, clean: bool = False) -> World:
    """A world of about so many items; a clean one has the same people and texts, and nothing wrong with it.

    Half of the items have bought labels alone, one each; the rest are answered by `OVERLAP` people.
    """
    draw = random.Random(seed)
    prompts = Prompts(draw)
    world = World(people=list(_people(draw, clean=clean)))
    _plan_pairs(world, prompts, items, draw)
    _plan_tastes(world, prompts, 0 if clean else round(items * OF_TASTE), draw)
    _plan_circles(world, prompts, 0 if clean else round(items * CYCLES), draw)
    _plan_duplicates(world, 0 if clean else round(items * DUPLICATES), draw)
    _plan_leaks(world, prompts, 0 if clean else round(items * LEAKED), draw)
    _buy_labels(world, 0 if clean else FLIPPED, draw)
    _ask_people(world, draw)
    _ask_judges(world, random.Random(f"judges {seed}"), clean=clean)
    world.defects["spammer"] = {one.name for one in world.people if one.is_spammer}
    world.defects["position"] = {one.name for one in world.people if one.lean}
    world.defects["by_order"] = {one.name for one in world.judges if one.order}
    world.defects["by_length"] = {one.name for one in world.judges if one.length}
    world.defects["by_nothing"] = {one.name for one in world.judges if one.is_opened}
    return world


def _people(draw: random.Random, *, clean: bool) -> Iterator[Person]:
    spammers = 0 if clean else round(PEOPLE * SPAMMERS)
    for number in range(PEOPLE):
        is_leaning = not clean and number == PEOPLE - 1
        yield Person(
            f"Person {number + 1:02}",
            draw.uniform(*ACCURACY),
            TASTES[number % 2],
            is_spammer=number < spammers,
            lean="left" if is_leaning else "",
        )


def _plan_pairs(world: World, prompts: Prompts, count: int, draw: random.Random) -> None:
    for number in range(count):
        prompt = prompts.next()
        first, second = draw.sample(range(-3, 4), 2) if draw.random() < 0.95 else [draw.randint(-3, 3)] * 2
        pair = response(prompt, first, draw), response(prompt, second, draw)
        world.items.append(Planned(f"pair-{number + 1:05}", f"prompt-{number + 1:05}", prompt, pair))


def _plan_tastes(world: World, prompts: Prompts, count: int, draw: random.Random) -> None:
    """Pairs of equal quality, of which one half of the people always takes the longer one."""
    for number in range(count):
        prompt, quality = prompts.next(), draw.randint(0, 2)
        drawn = sorted((response(prompt, quality, draw) for _ in range(6)), key=lambda one: len(one.text))
        pair = drawn[0], drawn[-1]
        world.items.append(
            Planned(f"taste-{number + 1:05}", f"taste-{number + 1:05}", prompt, pair, taste="brief", votes=2 * OVERLAP)
        )
    world.defects["groups"] = {one.key for one in world.items if one.taste}


def _plan_circles(world: World, prompts: Prompts, count: int, draw: random.Random) -> None:
    """Three responses of one prompt, of which each beats the next."""
    groups = set()
    for number in range(count):
        prompt = prompts.next()
        three = [response(prompt, 1, draw) for _ in range(3)]
        group = f"circle-{number + 1:05}"
        groups.add(group)
        for place in range(3):
            pair = three[place], three[(place + 1) % 3]
            world.items.append(Planned(f"{group}-{place}", group, prompt, pair, votes=VOTES_IN_A_CIRCLE, circle=True))
    world.defects["cycle"] = groups


def _plan_duplicates(world: World, count: int, draw: random.Random) -> None:
    """Items that say nearly what others say, under another prompt group."""
    pairs = [one for one in world.items if one.key.startswith("pair-")]
    keys = set()
    for number, original in enumerate(draw.sample(pairs, min(count, len(pairs)))):
        first, second = original.responses
        again = Response(retold(first.text, draw), first.quality), Response(retold(second.text, draw), second.quality)
        key = f"again-{number + 1:05}"
        keys |= {key, original.key}
        world.items.append(Planned(key, key, original.prompt, again))
    world.defects["duplicate"] = keys


def _plan_leaks(world: World, prompts: Prompts, count: int, draw: random.Random) -> None:
    """A benchmark of prompts, so many of which stand among the items as well."""
    pairs = [one for one in world.items if one.key.startswith("pair-")]
    leaked = draw.sample(pairs, min(count, len(pairs)))
    world.benchmark = [one.prompt.text for one in leaked] + [prompts.next().text for _ in range(max(3 * count, 30))]
    draw.shuffle(world.benchmark)
    texts = {one.prompt.text for one in leaked}
    world.defects["leak"] = {one.key for one in world.items if one.prompt.text in texts}


def _buy_labels(world: World, flipped: float, draw: random.Random) -> None:
    """Every second pair has one label that came along; a share of them is turned round."""
    pairs = [one for one in world.items if one.key.startswith("pair-") and one.better]
    for one in pairs[::2]:
        world.bought[one.key] = one.better
    turned = draw.sample(sorted(world.bought), round(flipped * len(world.bought)))
    for key in turned:
        world.bought[key] = "b" if world.bought[key] == "a" else "a"
    world.defects["flip"] = set(turned)


def _ask_people(world: World, draw: random.Random) -> None:
    for one in world.items:
        if one.key in world.bought:
            continue
        for person in draw.sample(world.people, min(one.votes, len(world.people))):
            swapped = draw.random() < 0.5
            winner = _said(one, person, swapped=swapped, draw=draw)
            seconds = draw.uniform(2, 6) if person.is_spammer else draw.uniform(15, 70)
            world.votes.append(Vote(one.key, person.name, winner, swapped, seconds))


def _ask_judges(world: World, draw: random.Random, *, clean: bool) -> None:
    """Of pairs alone: what people see differently or in circles is nothing that a judge could be right about."""
    world.judges = judges(clean=clean)
    pairs = [one for one in world.items if one.key.startswith("pair-")]
    for judge in world.judges:
        for one in draw.sample(pairs, min(HEARD, len(pairs) // 2)):
            world.heard.append(Heard(one.key, judge.name, judge.asked(one.responses, draw)))


def _said(one: Planned, person: Person, *, swapped: bool, draw: random.Random) -> str:
    if person.is_spammer:
        return draw.choice(("a", "b"))
    if person.lean and draw.random() < 0.8:
        return "b" if swapped else "a"
    better = one.better or draw.choice(("a", "b"))
    if one.taste:
        better = "a" if person.taste == one.taste else "b"
    apart = abs(one.responses[0].quality - one.responses[1].quality)
    if apart <= TIE and not one.taste and not one.circle and draw.random() < TIES:
        return "tie"
    return better if draw.random() < person.accuracy else {"a": "b", "b": "a"}[better]


def rows(world: World) -> Iterator[dict[str, Any]]:
    """The items in Goldpan's own import layout, bought labels with them."""
    for one in world.items:
        row: dict[str, Any] = {
            "key": one.key,
            "group": one.group,
            "prompt": one.prompt.text,
            "responses": [{"text": said.text} for said in one.responses],
            "source": {"dataset": "goldpan-planted"},
        }
        if one.key in world.bought:
            winner = world.bought[one.key]
            row["labels"] = [
                {"kind": "preference", "annotator": BOUGHT, "answer": {"winner": winner, "strength": None}}
            ]
        yield row
