"""What is known of a person in sentences: what stands out first, and every figure with what is usual beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ui.templatetags.numbers import percent

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: a share between its bounds, of how many, what is usual, and whether it stands out."""

    words: str
    value: float
    low: float | None
    high: float | None
    of: int
    usual: float | None
    stands_out: bool
    label: str
    """Read aloud."""

    @property
    def tone(self) -> str:
        """How the interval is drawn."""
        return "bad" if self.stands_out else ""

    @property
    def ticks(self) -> list[dict[str, float]]:
        """Where the usual stands on the interval's axis."""
        return [] if self.usual is None else [{"at": self.usual}]


SIDES = {"a": "the first response", "b": "the second response", "tie": "neither"}
"""Values of pairs in words, in the item's own order."""


def value(name: str) -> str:
    """A value of a facet as people read it."""
    return SIDES.get(name, name)


def headline(name: str, told: Told) -> str:
    """A page's first sentence: the plainest thing that stands out, else that nothing does, or that nobody can tell."""
    for test in PLAINEST_FIRST:
        if test in told.get("unusual", ()):
            return f"{name} {CLAIMS[test](told)}"
    if not told.get("enough"):
        return f"There are too few labels of {name} to say much"
    return f"Nothing stands out about how {name} labels"


def badges(told: Told) -> list[str]:
    """What stands out, in two or three words each."""
    return [BADGES[test] for test in PLAINEST_FIRST if test in told.get("unusual", ())]


def lines(told: Told) -> list[Line]:
    """The evidence, each figure on the one scale of shares; what is not known is left out."""
    found = []
    for test, words, share, usual in SHARES:
        one = share(told)
        if one:
            found.append(_line(words, one, usual(told), test in told.get("unusual", ())))
    return found


def _line(words: str, share: Told, usual: float | None, stands_out: bool) -> Line:
    beside = "" if usual is None else f", usual is {percent(usual)}"
    label = f"{words}: {percent(share['value'])}, from {percent(share['low'])} to {percent(share['high'])}{beside}"
    return Line(words, share["value"], share["low"], share["high"], share["of"], usual, stands_out, label)


def _accuracy(told: Told) -> Told | None:
    if "accuracy" not in told:
        return None
    return {"value": told["accuracy"], "low": told["low"], "high": told["high"], "of": told.get("compared", 0)}


def _part(subject: str, part: str = "") -> Callable[[Told], Told | None]:
    def found(told: Told) -> Told | None:
        whole = told.get(subject)
        return whole.get(part) if whole and part else whole

    return found


def _usual(*path: str) -> Callable[[Told], float | None]:
    def found(told: Told) -> float | None:
        at: Any = told
        for name in path:
            at = (at or {}).get(name)
        return at if isinstance(at, float | int) else None

    return found


SHARES: tuple[tuple[str, str, Callable[[Told], Told | None], Callable[[Told], float | None]], ...] = (
    ("guessing", "Says what all labels together point to", _accuracy, _usual("chance")),
    ("gold", "Is right where the answer is known", _part("gold"), _usual("usual_gold")),
    ("rest", "Says what most others say", _part("rest"), _usual("usual_rest")),
    ("repeats", "Says the same of the same texts", _part("repeats"), lambda told: None),
    ("side", "Chooses the response shown first", _part("side"), lambda told: 0.5),
    ("length", "Chooses the longer response", _part("length", "longer"), _usual("length", "others", "value")),
    ("ties", "Calls two responses alike", _part("ties"), _usual("usual_ties")),
    ("key", "Gives the value given most", _part("same_key"), _usual("usual_same_key")),
    ("pace", "Answers before the text can be read", _part("pace", "hurried"), _usual("pace", "usual_hurried")),
)
"""Test, sentence, the share, and what is usual: of the accuracy, what the same values given by lot would reach."""

CLAIMS: dict[str, Callable[[Told], str]] = {
    "side": lambda told: f"chooses the response shown first {percent(told['side']['value'])} of the time",
    "key": lambda told: f"gives one and the same value {percent(told['same_key']['value'])} of the time",
    "pace": lambda told: f"answers before the text can be read {percent(told['pace']['hurried']['value'])} of the time",
    "contrary": lambda told: "says the opposite of what the labels point to more often than lots would",
    "guessing": lambda told: "labels as if by lot: what they say hardly depends on what is true",
    "gold": lambda told: f"is right about {percent(told['gold']['value'])} of the items whose answer is known",
    "length": lambda told: "leans to the " + ("longer" if told["length"]["pull"] > 0 else "shorter") + " response",
    "rest": lambda told: f"says what most others say only {percent(told['rest']['value'])} of the time",
    "repeats": lambda told: f"says the same of the same texts only {percent(told['repeats']['value'])} of the time",
    "ties": lambda told: f"calls two responses alike {percent(told['ties']['value'])} of the time",
}
PLAINEST_FIRST = tuple(CLAIMS)
"""A habit that explains the others comes before them."""
BADGES = {
    "side": "prefers a side",
    "key": "one key",
    "pace": "faster than reading",
    "contrary": "says the opposite",
    "guessing": "as if by lot",
    "gold": "wrong on known items",
    "length": "pulled by length",
    "rest": "unlike the others",
    "repeats": "contradicts themselves",
    "ties": "ties unlike others",
}
