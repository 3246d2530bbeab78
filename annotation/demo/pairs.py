"""Prompts with a better and a worse response each; which is which is the planted truth."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from annotation.demo.written import WRITTEN


@dataclass(frozen=True, slots=True)
class Pair:
    """A prompt (text or turns), the better and the worse response, and how far apart they are from 1 to 3."""

    prompt: str | list[dict[str, str]]
    better: str
    worse: str
    gap: int
    topic: str


def pairs(count: int, *, seed: int) -> Iterator[tuple[Pair, dict[str, Any]]]:
    """Pairs, each with its row in Goldpan's own import layout. The better response stands first in about half.

    The truth is in the row's source, under `planted`: the better response's letter and the gap.
    """
    draw = random.Random(seed)
    written = [Pair(*parts) for parts in WRITTEN]
    for number in range(count):
        pair = written[number] if number < len(written) else draw.choice(MAKERS)(draw)
        better_first = draw.random() < 0.5
        texts = (pair.better, pair.worse) if better_first else (pair.worse, pair.better)
        models = (
            ("sluice-7b", "riffle-3b") if draw.random() < (0.7 if better_first else 0.3) else ("riffle-3b", "sluice-7b")
        )
        yield (
            pair,
            {
                "key": f"demo-{number + 1:04}",
                "prompt": pair.prompt,
                "responses": [{"text": text, "model": model} for text, model in zip(texts, models, strict=True)],
                "tags": [pair.topic],
                "source": {
                    "dataset": "goldpan-demo",
                    "planted": {"better": "a" if better_first else "b", "gap": pair.gap},
                },
            },
        )


def _fence(draw: random.Random) -> Pair:
    posts, gap = draw.randint(5, 14), draw.randint(2, 6)
    length = (posts - 1) * gap
    prompt = (
        f"A straight fence has {posts} posts, {gap} m apart. How long is the fence from the first post to the last?"
    )
    better = f"Between {posts} posts there are {posts - 1} gaps.\n\n$$ {posts - 1} \\times {gap} = {length} $$\n\nThe fence is **{length} m** long."
    worse = f"There are {posts} posts and they stand {gap} m apart, so the fence is {posts} × {gap} = **{posts * gap} m** long."
    return Pair(prompt, better, worse, 3, "arithmetic")


def _discount(draw: random.Random) -> Pair:
    price, first, second = draw.choice([80, 120, 200, 240]), draw.choice([10, 20, 25]), draw.choice([10, 20])
    left = price * (100 - first) * (100 - second) / 10_000
    prompt = f"A coat costs {price} euros. It is reduced by {first} %, and then by another {second} %. What does it cost now?"
    better = (
        f"Each reduction applies to the price before it.\n\n1. After the first: {price} × {(100 - first) / 100:g} = {price * (100 - first) / 100:g}\n"
        f"2. After the second: {price * (100 - first) / 100:g} × {(100 - second) / 100:g} = {left:g}\n\nThe coat now costs **{left:g} euros**."
    )
    worse = f"Together that is {first + second} % off. {price} × {(100 - first - second) / 100:g} = {price * (100 - first - second) / 100:g}, so it costs **{price * (100 - first - second) / 100:g} euros**."
    return Pair(prompt, better, worse, 3, "arithmetic")


def _count_words(draw: random.Random) -> Pair:
    letter = draw.choice("aeiorst")
    word = draw.choice(
        ["characteristics", "refrigerator", "mississippi", "parallelogram", "assassination", "territories"]
    )
    count = word.count(letter)
    prompt = f"How often does the letter “{letter}” occur in “{word}”?"
    marked = "".join(f"**{c}**" if c == letter else c for c in word)
    better = f"{marked}: it occurs **{count}** {'time' if count == 1 else 'times'}."
    worse = f"Great question! Let me look at the word carefully. After counting, the letter “{letter}” occurs **{count + 1}** times in “{word}”. Let me know if you would like me to count other letters!"
    return Pair(prompt, better, worse, 2, "counting")


def _rewrite(draw: random.Random) -> Pair:
    what, when = draw.choice(
        [
            ("the invoice", "Friday"),
            ("the slides", "Monday noon"),
            ("the signed form", "the 12th"),
            ("your feedback", "tomorrow"),
        ]
    )
    who = draw.choice(["a colleague", "a supplier", "my landlord", "a client"])
    prompt = f"Make this friendlier for {who}, in at most two sentences: “Send {what} by {when}. You are late.”"
    better = f"Could you send me {what} by {when}? That would help me a lot, thank you."
    worse = (
        f"Dear Sir or Madam,\n\nI hope this message finds you well. I am writing to you today with regard to {what}, which, as you may be aware, "
        f"has not yet reached me. I would be most grateful if you could see your way to sending it by {when}. Please note that you are late.\n\n"
        "Thank you very much in advance for your time, your patience and your understanding.\n\nKind regards"
    )
    return Pair(prompt, better, worse, 2, "rewriting")


def _packing(draw: random.Random) -> Pair:
    days, place = (
        draw.randint(2, 5),
        draw.choice(["the coast in October", "a mountain hut in June", "a city in a heat wave", "a folk festival"]),
    )
    prompt = f"I travel to {place} for {days} days with hand luggage only. What three things do people forget most?"
    better = "1. **A charger** for whatever is not a phone: watch, camera, hearing aid.\n2. **Medicine** for the whole stay and one day more.\n3. **A second pair of socks in the outer pocket**, for when the first is wet."
    worse = "- Clothes\n- Shoes\n- Toothbrush\n- Phone\n- Charger\n- Passport\n- Money\n- Snacks\n- A book\n- An umbrella\n\nHave a great trip!"
    return Pair(prompt, better, worse, 1, "advice")


MAKERS: list[Callable[[random.Random], Pair]] = [_fence, _discount, _count_words, _rewrite, _packing]
