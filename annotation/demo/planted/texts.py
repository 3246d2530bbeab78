"""Prompts without end, and responses of a known quality: how many useful sentences they have, less the useless ones.

Quality lies in what is said and not in how much: padding is drawn apart from it, so length alone tells nothing.
"""

import random
from dataclasses import dataclass

THINGS = [
    "bicycle chain",
    "garden hose",
    "paper filter",
    "copper kettle",
    "wooden drawer",
    "bathroom fan",
    "kitchen scale",
    "window seal",
    "camping stove",
    "sewing machine",
    "film camera",
    "coffee grinder",
    "bread oven",
    "rain jacket",
    "desk lamp",
    "door hinge",
    "tool box",
    "compost heap",
    "tomato plant",
    "lemon tree",
    "rowing boat",
    "tent pole",
    "chess clock",
    "bass guitar",
    "accordion",
    "violin bow",
    "telescope",
    "radio set",
    "model train",
    "cast iron pan",
    "pressure cooker",
    "juice press",
    "carpet",
    "brick wall",
    "roof gutter",
    "rain barrel",
    "hedge",
    "pond pump",
    "bird box",
    "bee hive",
]
TROUBLES = [
    "squeaks when it is cold",
    "came back dirty",
    "has a crack near the edge",
    "lost its color",
    "smells after a week",
    "does not close any more",
    "is louder than last year",
    "works only now and then",
    "leaks a little",
    "feels loose",
    "was left in the rain",
    "has been in the cellar for years",
]
WISHES = [
    "What should I do first?",
    "How can I tell what is wrong?",
    "Can I mend this myself?",
    "What would you check, and in what order?",
    "What does it cost to put right?",
    "How do I keep it from happening again?",
    "Whom do I ask, and what do I say?",
]
LABELS = ["Arden", "Belmont", "Corvo", "Delft", "Esker", "Fjell", "Garda", "Halden"]
PLACES = ["at home", "in a rented flat", "on a farm", "aboard", "in a workshop", "at school", "in a club", "by the sea"]

USEFUL = (
    "Look at the {thing} in daylight first and note where the fault begins.",
    "Try one change at a time, so that you know which of them helped.",
    "Measure it before and after; a ruler is enough.",
    "If it {trouble}, the likeliest cause is wear on the part that moves most.",
    "A spare part costs less than an hour of somebody else's work.",
    "Clean it with warm water and let it dry for a day before you judge.",
    "Do not use force: what is stuck usually comes off with oil and an hour of patience.",
    "Stop when you see bare metal, and ask somebody who has repaired one before.",
    "Mark how the pieces fit together before you take them apart.",
    "Test the {thing} {place} under the same conditions as when it failed.",
)
USELESS = (
    "Great question, so many people wonder about the {thing} all the time!",
    "There are many possible reasons, and every case is a little different from the others.",
    "You could also simply buy a new one in the next shop and forget about all of this.",
    "It is what it is, as they say, and nobody should worry too much about such a matter.",
    "In general things like that tend to happen sooner or later, here as everywhere else.",
    "As an expert of long standing I can assure you that this is nothing at all.",
    "Hit it hard a few times with whatever lies at hand, that has always worked.",
    "Nobody really knows why a {thing} does that, and science has no answer either.",
    "Ignore it until it breaks for good, then it is somebody else's turn to think.",
    "Hope this helps you on your journey, and have a truly wonderful day!",
)
PADDING = (
    "The {thing} is the one that you described above.",
    "You wrote that it {trouble}.",
    "That was {place}, if I read you correctly.",
    "What follows is about the {thing} alone.",
    "The rest of what you own is not part of this answer.",
    "Read the whole text before you begin.",
)
MOST = 3  # useful or useless sentences in a response


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked, and the words that its responses take up."""

    text: str
    thing: str
    trouble: str
    place: str


@dataclass(frozen=True, slots=True)
class Response:
    """A text and how good it is, from -3 to 3."""

    text: str
    quality: int


class Prompts:
    """Draws prompts, each once."""

    def __init__(self, draw: random.Random) -> None:
        self._draw, self._seen = draw, set[str]()

    def next(self) -> Prompt:
        """One that has not been drawn before."""
        while True:
            prompt = _prompt(self._draw)
            if prompt.text not in self._seen:
                self._seen.add(prompt.text)
                return prompt


def response(prompt: Prompt, quality: int, draw: random.Random) -> Response:
    """A response of this quality, padded or not."""
    spare = draw.randint(0, MOST - abs(quality)) // 2
    useful, useless = max(quality, 0) + spare, max(-quality, 0) + spare
    said = [
        *draw.sample(USEFUL, useful),
        *draw.sample(USELESS, useless),
        *draw.sample(PADDING, draw.randint(0, 4)),
    ]
    draw.shuffle(said)
    told = said or [draw.choice(PADDING)]
    return Response(" ".join(filled(one, prompt) for one in told), quality)


def filled(sentence: str, prompt: Prompt) -> str:
    """A sentence about what the prompt is about."""
    return sentence.format(thing=prompt.thing, trouble=prompt.trouble, place=prompt.place)


def retold(text: str, draw: random.Random) -> str:
    """Nearly the same text: a word doubled, a mark of punctuation gone, the ends of the sentences as they were."""
    words = text.split(" ")
    place = draw.randrange(len(words))
    words.insert(place, words[place])
    return " ".join(words).replace(",", "", 1)


def _prompt(draw: random.Random) -> Prompt:
    thing, trouble, place = draw.choice(THINGS), draw.choice(TROUBLES), draw.choice(PLACES)
    years, label = draw.randint(2, 60), f"{draw.choice(LABELS)} {draw.randint(100, 9_999)}"
    # A name and a number stand in every run of 13 words, as in real prompts: only who copies has such a run in common.
    had = f"I have had it {place} for {years} years; number {draw.randint(100_000, 999_999)}."
    text = f"My {thing} {trouble}, the {label}. {had} {draw.choice(WISHES)}"
    return Prompt(text, thing, trouble, place)
