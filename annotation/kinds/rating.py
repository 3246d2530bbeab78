"""A whole number on an anchored scale, for the item or for each response."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString
from pydantic import Field

from annotation.kinds.base import (
    AnswerRefused,
    Asked,
    BaseKind,
    Option,
    Settings,
    SettingsRefused,
    Subject,
    placed,
    read_settings,
    shown,
)
from annotation.kinds.rows import Row, choices


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
        values = label.get("values")
        if not isinstance(values, list) or not values:
            raise AnswerRefused(f"“{question.title}” takes a list of ratings.")
        if question.target == "item":
            return self._check(values[0], question)
        if len(values) != len(subject):
            raise AnswerRefused(f"“{question.title}” takes {len(subject)} ratings, one for each response.")
        return [None if level is None else self._check(level, question) for level in values]

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

    def words(self, value: Any, question: Asked) -> str:
        if isinstance(value, list):
            return " · ".join(f"{chr(65 + index)} {level}" for index, level in enumerate(value))
        return str(value)

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


def _bounds(question: Asked) -> tuple[int, int]:
    return int(question.settings.get("low", 1)), int(question.settings.get("high", 5))


def _level(text: str, question: Asked) -> int:
    low, high = _bounds(question)
    if not (text.isascii() and text.isdecimal() and len(text) <= 2):
        raise AnswerRefused(f"“{question.title}” takes a whole number from {low} to {high}.")
    return int(text)


KIND = Rating()
