"""Which of two responses is better, how much, and in which respects."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from django.utils.safestring import SafeString
from pydantic import Field

from annotation.kinds import distances
from annotation.kinds.base import (
    AnswerRefused,
    Asked,
    BaseKind,
    Known,
    Option,
    Settings,
    SettingsRefused,
    Subject,
    best,
    read_settings,
)
from annotation.kinds.boards import Hint, Voice
from annotation.kinds.rows import Choice, Row, choices
from annotation.kinds.spread import Spread, spread
from annotation.kinds.votes import SIDES, Facet, Vote, side

SWAP = {"a": "b", "b": "a"}
STRENGTHS = {2: (None,), 3: (None,), 5: (2, 1), 7: (3, 2, 1)}
DEGREES = {3: "much better", 2: "better", 1: "slightly better", None: "better"}
SHORT = {3: "much better", 2: "better", 1: "slightly", None: "better"}
OTHERS = {"tie": "Tie", "both_bad": "Both bad", "unsure": "Unsure"}


class Dimension(Settings):
    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: str = Field(min_length=1, max_length=60)


class PreferenceSettings(Settings):
    points: Literal[2, 3, 5, 7] = Field(
        default=7,
        title="Points on the scale",
        description="2: A or B. 3: with a tie. 5 and 7: how much better, too.",
    )
    both_bad: bool = Field(default=True, title="Offer “Both bad”")
    unsure: bool = Field(default=True, title="Offer “Unsure”")
    dimensions: list[Dimension] = Field(
        default_factory=list,
        max_length=6,
        title="Dimensions",
        description="Ask the same again in each of these respects. One to a line, at most six.",
    )


class Preference(BaseKind):
    """`{"winner": a|b|tie|both_bad|unsure, "strength": 0..3 or null, "dimensions"?: {key: the same}}`.

    Strength is unsigned: who won stands in `winner` alone. 7-point scales give 3, 2, 1; 5-point scales 2, 1; 2- and
    3-point scales give null. A tie on a graded scale has strength 0.
    """

    name = "preference"
    title = "Preference"
    level = "ordinal"
    template = "annotation/kinds/preference.html"
    board_template = "annotation/boards/spread.html"
    settings_type = PreferenceSettings

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        if target != "item":
            raise SettingsRefused("A preference compares two responses, so it is asked about the item.")
        checked = read_settings(PreferenceSettings, raw)
        keys = [dimension["key"] for dimension in checked["dimensions"]]
        if len(set(keys)) < len(keys):
            raise SettingsRefused("Two dimensions have the same key.")
        return checked

    def options(self, question: Asked) -> list[Option]:
        """The scale from left to right, then the ways out, each with its key."""
        points = _points(question)
        degrees = STRENGTHS[points]
        scale = [Option(_value("a", d), f"A {SHORT[d]}", side="a") for d in degrees]
        if points != 2:
            scale.append(Option("tie", "Tie"))
        scale += [Option(_value("b", d), f"B {SHORT[d]}", side="b") for d in reversed(degrees)]
        keyed = [Option(o.value, o.label, str(n), o.side) for n, o in enumerate(scale, 1)]
        if question.settings.get("both_bad", True):
            keyed.append(Option("both_bad", "Both bad", "0"))
        if question.settings.get("unsure", True):
            keyed.append(Option("unsure", "Unsure", "U"))
        return keyed

    def parse(self, post: Mapping[str, str], question: Asked, subject: Subject) -> Any:
        chosen = post.get(question.key, "")
        dimensions = {
            dimension["key"]: _choice(post[f"{question.key}.{dimension['key']}"], question)
            for dimension in question.settings.get("dimensions", [])
            if post.get(f"{question.key}.{dimension['key']}")
        }
        if not chosen and not dimensions:
            return None
        value = _choice(chosen, question) if chosen else {"winner": None, "strength": None}
        return {**value, "dimensions": dimensions} if dimensions else value

    def validate(self, value: Any, question: Asked, subject: Subject) -> Any:
        if len(subject) != 2:
            raise AnswerRefused(f"“{question.title}” compares two responses; this item has {len(subject)}.")
        if not isinstance(value, dict) or not set(value) <= {"winner", "strength", "dimensions"}:
            raise AnswerRefused(f"“{question.title}” takes a winner and a strength.")
        checked = self._check_one(value, question)
        dimensions = value.get("dimensions") or {}
        known = {dimension["key"]: dimension["title"] for dimension in question.settings.get("dimensions", [])}
        if not isinstance(dimensions, dict) or not set(dimensions) <= set(known):
            raise AnswerRefused(f"“{question.title}” has no such dimension.")
        if question.is_required and (missing := [title for key, title in known.items() if key not in dimensions]):
            raise AnswerRefused(f"“{question.title}” still wants {missing[0]}.")
        if dimensions:
            checked["dimensions"] = {key: self._check_one(one, question) for key, one in dimensions.items()}
        return checked

    def admit(self, label: Mapping[str, Any], question: Asked, subject: Subject) -> Any:
        found = self._admit_one(label, question)
        dimensions = label.get("dimensions") or {}
        known = [dimension["key"] for dimension in question.settings.get("dimensions", [])]
        if not isinstance(dimensions, dict) or not set(dimensions) <= set(known):
            raise AnswerRefused(f"“{question.title}” has no such dimension.")
        if dimensions:
            found["dimensions"] = {key: self._admit_one(one, question) for key, one in dimensions.items()}
        return found

    def as_label(self, value: Any) -> dict[str, Any]:
        found = _as_winner(value)
        if value.get("dimensions"):
            found["dimensions"] = {key: _as_winner(one) for key, one in value["dimensions"].items()}
        return found

    def _admit_one(self, label: Any, question: Asked) -> dict[str, Any]:
        if not isinstance(label, Mapping):
            raise AnswerRefused(f"“{question.title}” takes a winner and a strength.")
        value = {"winner": label.get("winner"), "strength": label.get("strength")}
        if value["winner"] in SWAP and (value["strength"] in (None, 0) or STRENGTHS[_points(question)] == (None,)):
            return {
                **self._check_one({**value, "strength": STRENGTHS[_points(question)][-1]}, question),
                "strength": None,
            }
        return self._check_one(value, question)

    def _check_one(self, value: Any, question: Asked) -> dict[str, Any]:
        if not isinstance(value, dict) or not set(value) <= {"winner", "strength", "dimensions"}:
            raise AnswerRefused(f"“{question.title}” takes a winner and a strength.")
        winner, strength = value.get("winner"), value.get("strength")
        if not isinstance(winner, str) or winner not in self._outcomes(question):
            raise AnswerRefused(f"“{question.title}” takes one of {', '.join(self._outcomes(question))}.")
        if isinstance(strength, bool) or not (strength is None or isinstance(strength, int)):
            raise AnswerRefused(f"“{question.title}” takes a whole number from 0 to 3 as strength.")
        return {"winner": winner, "strength": self._strength(winner, strength, question)}

    def _strength(self, winner: str, strength: int | None, question: Asked) -> int | None:
        degrees = STRENGTHS[_points(question)]
        if winner in {"both_bad", "unsure"}:
            if strength not in (None, 0):
                raise AnswerRefused(f"“{question.title}”: {winner} has no strength.")
            return None
        if winner == "tie":
            if strength not in (None, 0):
                raise AnswerRefused(f"“{question.title}”: a tie has strength 0.")
            return None if degrees == (None,) else 0
        if strength not in degrees:
            wanted = " or ".join("none" if d is None else str(d) for d in reversed(degrees))
            raise AnswerRefused(f"“{question.title}” takes {wanted} as strength.")
        return strength

    def _outcomes(self, question: Asked) -> list[str]:
        return list(dict.fromkeys(option.value.split(":")[0] for option in self.options(question)))

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return _swap(value) if list(order) == [1, 0] else value

    to_shown_order = to_item_order

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        return [(option.key, option.label) for option in self.options(question)]

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        if not isinstance(value, dict):
            return {}
        dimensions = value.get("dimensions")
        given = {question.key: value}
        if isinstance(dimensions, dict):
            given |= {f"{question.key}.{key}": one for key, one in dimensions.items()}
        return {
            name: _value(one["winner"], one.get("strength"))
            for name, one in given.items()
            if isinstance(one, dict) and isinstance(one.get("winner"), str)
        }

    def same(self, first: Any, second: Any) -> bool:
        return bool(first["winner"] == second["winner"])

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> float | None:
        """The mean over the question and the dimensions that both answered, each on its scale from A to B.

        The scale is ordinal: the distance is the points between two answers as a share of all points. Where one of
        the two left its strength unsaid, only who won counts. “Both bad” is a name off the scale, one whole apart
        from all on it; “unsure” says nothing, so there is nothing to compare.
        """
        said = [{"": value, **(value.get("dimensions") or {})} for value in (first, second)]
        both = [key for key in said[0] if key in said[1]]
        return distances.mean(_apart(said[0][key], said[1][key], _points(question)) for key in both)

    def facets(self, question: Asked) -> Sequence[Facet]:
        """The question itself, then each dimension."""
        dimensions = question.settings.get("dimensions", [])
        asked = [("", question.title), *((one["key"], one["title"]) for one in dimensions)]
        return tuple(Facet(key, title, "sides", SIDES) for key, title in asked)

    def votes(self, value: Any, facets: Sequence[Facet]) -> Iterator[Vote]:
        said = {"": value, **(value.get("dimensions") or {})}
        for facet in facets:
            one = said.get(facet.key)
            if one and (vote := side(facet.key, "", one["winner"], one.get("strength"))):
                yield vote

    def is_right(self, value: Any, known: Known, question: Asked, subject: Subject) -> float | None:
        """Who won, by however much; then the share of the dimensions that what is accepted speaks of."""
        return best(_share_right(value, one) for one in known.accepted)

    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        return _words(value)

    def details(self, value: Any, question: Asked, subject: Subject) -> list[str]:
        said = value.get("dimensions") if isinstance(value, dict) else None
        titles = {one["key"]: one["title"] for one in question.settings.get("dimensions", [])}
        return [f"{titles.get(key, key)}: {_words(one)}" for key, one in (said or {}).items()]

    def board(
        self, voices: Sequence[Voice], question: Asked, subject: Subject, letters: Sequence[str]
    ) -> tuple[Spread, ...]:
        """Who stands where on the scale, for the question and for each dimension."""
        dimensions = question.settings.get("dimensions", [])
        rows = [(("Overall" if dimensions else ""), [(voice, voice.value) for voice in voices])]
        rows += [
            (one["title"], [(voice, (voice.value.get("dimensions") or {}).get(one["key"])) for voice in voices])
            for one in dimensions
        ]
        return tuple(self._spread(title, said, question) for title, said in rows)

    def _spread(self, title: str, said: Sequence[tuple[Voice, Any]], question: Asked) -> Spread:
        picks = [(voice, [_value(one["winner"], one.get("strength"))] if one else []) for voice, one in said]
        options = self.options(question)
        known = {option.value for option in options}
        unsaid = [
            Option(winner, f"{winner.upper()}, not by how much", side=winner)
            for winner in SWAP
            if winner not in known and any(winner in chosen for _, chosen in picks)
        ]
        return spread(
            [option for option in options if _is_on_the_scale(option)],
            picks,
            ways_out=[*unsaid, *(option for option in options if not _is_on_the_scale(option))],
            title=title,
        )

    def suggest(self, value: Any, question: Asked, subject: Subject, letters: Sequence[str]) -> Sequence[Hint]:
        titles = {one["key"]: one["title"] for one in question.settings.get("dimensions", [])}
        dimensions = value.get("dimensions") or {}
        hints = [self._hint(f"{question.key}.{key}", one, question, titles[key]) for key, one in dimensions.items()]
        return (self._hint(question.key, value, question), *hints)

    def _hint(self, field: str, said: Mapping[str, Any], question: Asked, title: str = "") -> Hint:
        picked = _value(said["winner"], said.get("strength"))
        is_offered = any(option.value == picked for option in self.options(question))
        return Hint(field, _words(said), title=title, takes={field: picked} if is_offered else {})

    def draw(
        self,
        question: Asked,
        subject: Subject,
        letters: Sequence[str],
        fields: Mapping[str, str],
        html: Sequence[SafeString],
    ) -> tuple[Row, ...]:
        """A row for the question itself, then one for each dimension."""
        named = [(question.key, question.title)]
        named += [(f"{question.key}.{one['key']}", one["title"]) for one in question.settings.get("dimensions", [])]
        options = self.options(question)
        return tuple(_row(field, title, options, fields.get(field)) for field, title in named)


def _row(field: str, title: str, options: Sequence[Option], chosen: str | None) -> Row:
    found = choices(options, chosen)
    return Row(
        field=field,
        title=title,
        letter="",
        scale=tuple(choice for choice in found if _is_on_the_scale(choice)),
        ways_out=tuple(choice for choice in found if not _is_on_the_scale(choice)),
    )


def _is_on_the_scale(option: Option | Choice) -> bool:
    """Whether it stands between A and B; the others are ways out."""
    return option.key.isdigit() and option.key != "0"


def _points(question: Asked) -> int:
    return int(question.settings.get("points", 7))


def _value(winner: str, strength: int | None) -> str:
    return f"{winner}:{strength}" if winner in SWAP and strength else winner


def _as_winner(value: Mapping[str, Any]) -> dict[str, Any]:
    """A winner with its strength, which a tie has none of outside."""
    return {"winner": value["winner"], "strength": value.get("strength") if value["winner"] in SWAP else None}


def _choice(text: str, question: Asked) -> dict[str, Any]:
    found = re.fullmatch(r"(a|b|tie|both_bad|unsure)(?::([1-3]))?", text)
    if not found:
        raise AnswerRefused(f"“{question.title}” does not know the answer {text[:40]!r}.")
    graded = found[1] == "tie" and STRENGTHS[_points(question)] != (None,)
    return {"winner": found[1], "strength": int(found[2]) if found[2] else (0 if graded else None)}


def _share_right(value: Mapping[str, Any], accepted: Mapping[str, Any]) -> float:
    """Of the question and the dimensions that are known, how many say the same winner; what is left out says none."""
    said, wanted = ({"": one, **(one.get("dimensions") or {})} for one in (value, accepted))
    met: list[bool] = [key in said and said[key]["winner"] == one["winner"] for key, one in wanted.items()]
    return sum(met) / len(met)


def _apart(first: Mapping[str, Any], second: Mapping[str, Any], points: int) -> float | None:
    """The distance between two winners with their strengths."""
    winners = (first["winner"], second["winner"])
    if "unsure" in winners:
        return None
    if "both_bad" in winners:
        return distances.nominal(*winners)
    graded = STRENGTHS[points] != (None,) and not any(_is_bare(one) for one in (first, second))
    widest = max(degree or 1 for degree in STRENGTHS[points]) if graded else 1
    return distances.interval(_place(first, graded), _place(second, graded), 2 * widest)


def _is_bare(value: Mapping[str, Any]) -> bool:
    """Whether somebody won and it is not said by how much."""
    return value["winner"] in SWAP and not value.get("strength")


def _place(value: Mapping[str, Any], graded: bool) -> int:
    """Where an answer stands on the scale: below zero for A, above for B."""
    return {"a": -1, "tie": 0, "b": 1}[value["winner"]] * (int(value.get("strength") or 0) if graded else 1)


def _words(value: Any) -> str:
    winner = value.get("winner")
    if winner in OTHERS:
        return OTHERS[winner]
    return f"{str(winner).upper()} {DEGREES[value.get('strength')]}"


def _swap(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    swapped = {**value, "winner": SWAP.get(str(value.get("winner")), value.get("winner"))}
    if value.get("dimensions"):
        swapped["dimensions"] = {key: _swap(one) for key, one in value["dimensions"].items()}
    return swapped


KIND = Preference()
