"""All responses in order, best first, ties allowed or not."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from django.utils.safestring import SafeString
from pydantic import Field

from annotation.kinds import distances, ranking_board
from annotation.kinds.base import (
    AnswerRefused,
    Asked,
    BaseKind,
    Option,
    Settings,
    SettingsRefused,
    Subject,
    read_settings,
)
from annotation.kinds.boards import Hint, Voice
from annotation.kinds.rows import Row, choices
from annotation.kinds.votes import SIDES, Facet, Vote

FEWEST, MOST = 2, 10


class RankingSettings(Settings):
    ties: bool = Field(default=True, title="Ties allowed", description="Two responses may share a place.")


class Ranking(BaseKind):
    """Tie groups of response numbers, best first: `[[2], [0, 3], [1]]`. Each response once, each group ascending."""

    name = "ranking"
    title = "Ranking"
    level = "ordinal"
    template = "annotation/kinds/ranking.html"
    board_template = "annotation/boards/ranking.html"
    scripts: tuple[str, ...] = ("annotation/kinds/ranking.js",)
    styles: tuple[str, ...] = ("annotation/kinds/ranking.css",)
    settings_type = RankingSettings

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        if target != "item":
            raise SettingsRefused("A ranking puts the responses in order, so it is asked about the item.")
        return read_settings(RankingSettings, raw)

    def parse(self, post: Mapping[str, str], question: Asked, subject: Subject) -> Any:
        """Fields say each response's place, from 1; places may leave gaps, as 1, 1, 3 does."""
        places = [post.get(f"{question.key}.{number}", "") for number in range(len(subject))]
        if not any(places):
            return None
        if missing := [chr(65 + number) for number, place in enumerate(places) if not place]:
            raise AnswerRefused(f"“{question.title}” still wants a place for {', '.join(missing)}.")
        read = [_place(place, question) for place in places]
        return [[number for number, one in enumerate(read) if one == place] for place in sorted(set(read))]

    def validate(self, value: Any, question: Asked, subject: Subject) -> Any:
        if not FEWEST <= len(subject) <= MOST:
            raise AnswerRefused(f"“{question.title}” ranks {FEWEST} to {MOST} responses; this item has {len(subject)}.")
        if not _is_grouped(value):
            raise AnswerRefused(f"“{question.title}” takes groups of response numbers, best first.")
        if sorted(number for group in value for number in group) != list(range(len(subject))):
            raise AnswerRefused(f"“{question.title}” takes each of the {len(subject)} responses once.")
        if not question.settings.get("ties", True) and len(value) < len(subject):
            raise AnswerRefused(f"“{question.title}” wants a place of its own for each response.")
        return [sorted(group) for group in value]

    def admit(self, label: Mapping[str, Any], question: Asked, subject: Subject) -> Any:
        return self.validate(label.get("groups"), question, subject)

    def as_label(self, value: Any) -> dict[str, Any]:
        return {"groups": value}

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return _renumbered(value, dict(enumerate(order)))

    def to_shown_order(self, value: Any, order: Sequence[int]) -> Any:
        return _renumbered(value, {index: place for place, index in enumerate(order)})

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        return [("1…9", "The place of the response in turn, best first"), ("A…J", "Which response is in turn")]

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        if not _is_grouped(value):
            return {}
        return {f"{question.key}.{number}": str(place) for place, group in enumerate(value, 1) for number in group}

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> float | None:
        """The share of pairs of responses that the two put in another order, half for a tie that only one sees."""
        return distances.kendall(places_of(first), places_of(second))

    def facets(self, question: Asked) -> Sequence[Facet]:
        return (Facet("", question.title, "sides", SIDES),)

    def votes(self, value: Any, facets: Sequence[Facet]) -> Iterator[Vote]:
        """One for each two responses, at `0.2` about the first and the third."""
        places = {number: place for place, group in enumerate(value) for number in group}
        for one, other in combinations(sorted(places), 2):
            yield Vote("", f"{one}.{other}", 1 + (places[one] > places[other]) - (places[one] < places[other]))

    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        return " > ".join(" = ".join(chr(65 + number) for number in group) for group in value)

    def board(
        self, voices: Sequence[Voice], question: Asked, subject: Subject, letters: Sequence[str]
    ) -> ranking_board.Board:
        return ranking_board.board(voices, letters)

    def suggest(self, value: Any, question: Asked, subject: Subject, letters: Sequence[str]) -> Sequence[Hint]:
        fields = self.fields(value, question)
        named = ((f"{question.key}.{number}", letter) for number, letter in enumerate(letters))
        return tuple(Hint(name, _nth(fields[name]), letter, takes={name: fields[name]}) for name, letter in named)

    def draw(
        self,
        question: Asked,
        subject: Subject,
        letters: Sequence[str],
        fields: Mapping[str, str],
        html: Sequence[SafeString],
    ) -> tuple[Row, ...]:
        """A row of places for each response."""
        places = [Option(str(place), str(place), str(place % 10)) for place in range(1, len(letters) + 1)]
        return tuple(
            Row(
                field=f"{question.key}.{number}",
                title=f"{question.title}, place of response {letter}",
                letter=letter,
                scale=choices(places, fields.get(f"{question.key}.{number}")),
            )
            for number, letter in enumerate(letters)
        )


def implied_pairs(value: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """(winner, loser) for each two responses that do not share a place. Derived, never stored."""
    for better, worse in combinations(value, 2):
        yield from ((winner, loser) for winner in better for loser in worse)


def places_of(value: Sequence[Sequence[int]]) -> list[int]:
    """For each response in turn the number of its group, from 0."""
    placed = {number: place for place, group in enumerate(value) for number in group}
    return [placed[number] for number in sorted(placed)]


def _nth(place: str) -> str:
    """1st, 2nd, 3rd, 4th, … 10th, which is the last."""
    return place + {"1": "st", "2": "nd", "3": "rd"}.get(place, "th")


def _place(text: str, question: Asked) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 2 and 1 <= int(text) <= MOST):
        raise AnswerRefused(f"“{question.title}” takes places from 1 to {MOST}.")
    return int(text)


def _is_grouped(value: Any) -> bool:
    """Whether it is a list of lists of whole numbers, none of them empty."""
    return isinstance(value, list) and all(
        isinstance(group, list) and group and all(type(number) is int and 0 <= number < MOST for number in group)
        for group in value
    )


def _renumbered(value: Any, to: Mapping[int, int]) -> Any:
    if not _is_grouped(value) or not all(number in to for group in value for number in group):
        return value
    return [sorted(to[number] for number in group) for group in value]


KIND = Ranking()
