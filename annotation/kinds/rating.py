"""A whole number on an anchored scale, for the item or for each response."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
    placed,
    read_settings,
    shown,
)
from annotation.kinds.boards import Hint, Voice
from annotation.kinds.rows import Row, choices
from annotation.kinds.spread import Spread, spread
from annotation.kinds.votes import Facet, Vote, one_of


class RatingSettings(Settings):
    low: int = Field(default=1, ge=0, le=1, title="Lowest")
    high: int = Field(default=5, ge=1, le=10, title="Highest")
    anchors: dict[str, str] = Field(
        default_factory=dict,
        max_length=11,
        title="Anchors",
        description="What a level means, one to a line: 1 = poor.",
    )


class Rating(BaseKind):
    """An int for the target `item`; a list of ints in response order for the target `response`."""

    name = "rating"
    title = "Rating"
    level = "interval"
    template = "annotation/kinds/rating.html"
    board_template = "annotation/boards/spread.html"
    settings_type = RatingSettings

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        checked = read_settings(RatingSettings, raw)
        if checked["high"] <= checked["low"]:
            raise SettingsRefused("The scale needs at least two levels.")
        scale = {str(level) for level in range(checked["low"], checked["high"] + 1)}
        if stray := sorted(set(checked["anchors"]) - scale):
            raise SettingsRefused(f"The anchor {stray[0]} is not on the scale.")
        if any(not 0 < len(text) <= 120 for text in checked["anchors"].values()):
            raise SettingsRefused("An anchor is 1 to 120 characters long.")
        return checked

    def options(self, question: Asked) -> list[Option]:
        """The levels from low to high; the label is the anchor where there is one."""
        low, high = _bounds(question)
        anchors = question.settings.get("anchors", {})
        return [Option(str(n), anchors.get(str(n), str(n)), str(n % 10)) for n in range(low, high + 1)]

    def parse(self, post: Mapping[str, str], question: Asked, subject: Subject) -> Any:
        if question.target == "item":
            return _level(post[question.key], question) if post.get(question.key) else None
        given = [post.get(f"{question.key}.{place}", "") for place in range(len(subject))]
        return [_level(text, question) if text else None for text in given] if any(given) else None

    def validate(self, value: Any, question: Asked, subject: Subject) -> Any:
        if question.target == "item":
            return self._check(value, question)
        if not isinstance(value, list) or len(value) != len(subject):
            raise AnswerRefused(f"“{question.title}” takes {len(subject)} ratings, one for each response.")
        if any(level is None for level in value):
            raise AnswerRefused(f"“{question.title}” still wants a rating for each response.")
        return [self._check(level, question) for level in value]

    def admit(self, label: Mapping[str, Any], question: Asked, subject: Subject) -> Any:
        if question.target == "item":
            return self._check(_about_the_item(label), question)
        values = label.get("values")
        if not isinstance(values, list) or not values:
            raise AnswerRefused(f"“{question.title}” takes a list of ratings.")
        if len(values) != len(subject):
            raise AnswerRefused(f"“{question.title}” takes {len(subject)} ratings, one for each response.")
        return [None if level is None else self._check(level, question) for level in values]

    def as_label(self, value: Any) -> dict[str, Any]:
        return {"values": value} if isinstance(value, list) else {"value": value}

    def _check(self, level: Any, question: Asked) -> int:
        low, high = _bounds(question)
        if isinstance(level, bool) or not isinstance(level, int) or not low <= level <= high:
            raise AnswerRefused(f"“{question.title}” takes a whole number from {low} to {high}.")
        return level

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return placed(value, order)

    def to_shown_order(self, value: Any, order: Sequence[int]) -> Any:
        return shown(value, order)

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        low, high = _bounds(question)
        return [(f"{low}…{high % 10 if high == 10 else high}", question.title)]

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        if isinstance(value, list):
            return {f"{question.key}.{place}": str(n) for place, n in enumerate(value) if n is not None}
        return {} if value is None else {question.key: str(value)}

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> float | None:
        """The levels between two ratings as a share of the scale; the mean over the responses that both rated."""
        low, high = _bounds(question)
        both = zip(_listed(first), _listed(second), strict=False)
        return distances.mean(
            distances.interval(one, other, high - low) for one, other in both if one is not None and other is not None
        )

    def tolerances(self, question: Asked) -> Sequence[int]:
        low, high = _bounds(question)
        return range(high - low)

    def is_right(self, value: Any, known: Known, question: Asked, subject: Subject) -> float | None:
        """The share of the ratings known that are met within so many levels."""
        return best(_share_met(value, one, known.within) for one in known.accepted)

    def facets(self, question: Asked) -> Sequence[Facet]:
        low, high = _bounds(question)
        return (Facet("", question.title, "levels", tuple(str(level) for level in range(low, high + 1))),)

    def votes(self, value: Any, facets: Sequence[Facet]) -> Iterator[Vote]:
        (facet,) = facets
        for number, level in enumerate(_listed(value)):
            place = str(number) if isinstance(value, list) else ""
            if vote := one_of(facet, place, level):
                yield vote

    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        if isinstance(value, list):
            told = ("not rated" if level is None else level for level in value)
            return " · ".join(f"{chr(65 + index)} {level}" for index, level in enumerate(told))
        return str(value)

    def board(
        self, voices: Sequence[Voice], question: Asked, subject: Subject, letters: Sequence[str]
    ) -> tuple[Spread, ...]:
        """Who stands where on the scale, for the item or for each response."""
        anchors = question.settings.get("anchors", {})
        levels = [
            Option(option.value, f"{option.value} {anchors.get(option.value, '')}".strip())
            for option in self.options(question)
        ]
        return tuple(
            spread(levels, [(voice, _picked(voice.value, place)) for voice in voices], letter=letter)
            for place, letter in enumerate(_asked_about(question, letters))
        )

    def suggest(self, value: Any, question: Asked, subject: Subject, letters: Sequence[str]) -> Sequence[Hint]:
        if question.target == "item":
            return (_hint(question.key, value),)
        rated = zip(letters, value, strict=True)
        return tuple(
            _hint(f"{question.key}.{place}", level, letter)
            for place, (letter, level) in enumerate(rated)
            if level is not None
        )

    def draw(
        self,
        question: Asked,
        subject: Subject,
        letters: Sequence[str],
        fields: Mapping[str, str],
        html: Sequence[SafeString],
    ) -> tuple[Row, ...]:
        """One row of levels, or one for each response."""
        options = self.options(question)
        places = [("", "")] if question.target == "item" else [(f".{n}", letter) for n, letter in enumerate(letters)]
        return tuple(
            Row(
                field=question.key + suffix,
                title=f"{question.title}, response {letter}" if letter else question.title,
                letter=letter,
                scale=choices(options, fields.get(question.key + suffix)),
            )
            for suffix, letter in places
        )


def _about_the_item(label: Mapping[str, Any]) -> Any:
    """The one level that a label gives; None where it rates several responses, none of which is the item."""
    values = label.get("values")
    if isinstance(values, list) and len(values) == 1:
        return values[0]
    return label.get("value")


def _hint(field: str, level: int, letter: str = "") -> Hint:
    return Hint(field, str(level), letter, takes={field: str(level)})


def _bounds(question: Asked) -> tuple[int, int]:
    return int(question.settings.get("low", 1)), int(question.settings.get("high", 5))


def _asked_about(question: Asked, letters: Sequence[str]) -> Sequence[str]:
    """The letters of the responses that are rated one by one; an empty one for the item."""
    return [""] if question.target == "item" else letters


def _picked(value: Any, place: int) -> list[str]:
    level = _listed(value)[place]
    return [] if level is None else [str(level)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _level(text: str, question: Asked) -> int:
    low, high = _bounds(question)
    if not (text.isascii() and text.isdecimal() and len(text) <= 2):
        raise AnswerRefused(f"“{question.title}” takes a whole number from {low} to {high}.")
    return int(text)


def _share_met(value: Any, accepted: Any, within: int) -> float | None:
    """Of the ratings that are known, how many are met; a rating left out meets none."""
    both = [(one, wanted) for one, wanted in zip(_listed(value), _listed(accepted), strict=False) if wanted is not None]
    met = [one is not None and abs(one - wanted) <= within for one, wanted in both]
    return sum(met) / len(met) if met else None


KIND = Rating()
