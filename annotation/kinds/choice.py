"""One option of a list, or several, for the item or for each response."""

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
from annotation.kinds.rows import Row, boxes, choices
from annotation.kinds.spread import Spread, spread
from annotation.kinds.votes import YES_NO, Facet, Vote, one_of, yes_no

DIGITS = "1234567890"  # the first ten options have a key
SUGGESTED = [{"key": "yes", "title": "Yes"}, {"key": "no", "title": "No"}]


class ChoiceOption(Settings):
    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    title: str = Field(min_length=1, max_length=80)


class ChoiceSettings(Settings):
    options: list[ChoiceOption] = Field(
        default_factory=lambda: [ChoiceOption(**one) for one in SUGGESTED],
        min_length=2,
        max_length=20,
        title="Options",
        description="One to a line, two to twenty.",
    )
    several: bool = Field(default=False, title="Several may be chosen")
    at_once: bool = Field(
        default=False,
        title="Send the item with its last answer",
        description="Once every question is answered, without Enter. Z brings the item back.",
    )


class Choice(BaseKind):
    """The key of an option; with several allowed a list of keys in the order of the options, never empty.

    For the target `response` a list of such lists in response order, of one key each where only one may be chosen: a
    list of texts is thus always about the item, and a list of lists about its responses.
    """

    name = "choice"
    title = "Choice"
    level = "nominal"
    template = "annotation/kinds/choice.html"
    board_template = "annotation/boards/options.html"
    settings_type = ChoiceSettings

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        checked = read_settings(ChoiceSettings, raw)
        keys = [option["key"] for option in checked["options"]]
        if len(set(keys)) < len(keys):
            raise SettingsRefused("Two options have the same key.")
        if checked["several"] and checked["at_once"]:
            raise SettingsRefused("Where several may be chosen, nobody knows which one is the last.")
        return checked

    def options(self, question: Asked) -> list[Option]:
        """The options in order, the first ten with a digit as their key."""
        keyed = zip(_options(question), DIGITS.ljust(20), strict=False)
        return [Option(option["key"], option["title"], key.strip()) for option, key in keyed]

    def parse(self, post: Mapping[str, str], question: Asked, subject: Subject) -> Any:
        if question.target == "item":
            return self._read(post, question.key, question)
        given = [self._read(post, f"{question.key}.{place}", question) for place in range(len(subject))]
        return [_listed(one) for one in given] if any(one is not None for one in given) else None

    def _read(self, post: Mapping[str, str], field: str, question: Asked) -> Any:
        if not question.settings.get("several"):
            return post.get(field) or None
        return [key for key in _keys(question) if post.get(f"{field}.{key}")] or None

    def validate(self, value: Any, question: Asked, subject: Subject) -> Any:
        if question.target == "item":
            return self._check(value, question)
        if not isinstance(value, list) or len(value) != len(subject):
            raise AnswerRefused(f"“{question.title}” takes {len(subject)} choices, one for each response.")
        if any(one is None for one in value):
            raise AnswerRefused(f"“{question.title}” still wants a choice for each response.")
        return [self._check_listed(one, question) for one in value]

    def admit(self, label: Mapping[str, Any], question: Asked, subject: Subject) -> Any:
        values = label.get("values")
        if not isinstance(values, list) or not values:
            raise AnswerRefused(f"“{question.title}” takes a list of choices.")
        if question.target == "item":
            if not question.settings.get("several") and len(values) > 1:
                raise AnswerRefused(f"“{question.title}” takes one option, not {len(values)}.")
            return self._check(values if question.settings.get("several") else values[0], question)
        if len(values) != len(subject):
            raise AnswerRefused(f"“{question.title}” takes {len(subject)} choices, one for each response.")
        return [None if one is None else self._check_listed(one, question) for one in values]

    def as_label(self, value: Any) -> dict[str, Any]:
        return {"values": value if isinstance(value, list) else [value]}

    def _check_listed(self, chosen: Any, question: Asked) -> Any:
        """What was chosen about one response, a list also where one option is all that can be chosen."""
        if question.settings.get("several"):
            return self._check(chosen, question)
        if not isinstance(chosen, list) or len(chosen) != 1:
            raise AnswerRefused(f"“{question.title}” takes one option about each response, in a list.")
        return [self._check(chosen[0], question)]

    def _check(self, value: Any, question: Asked) -> Any:
        known = _keys(question)
        chosen = value if question.settings.get("several") else [value]
        if (
            not isinstance(chosen, list)
            or not chosen
            or not all(isinstance(one, str) and one in known for one in chosen)
        ):
            takes = "at least one" if question.settings.get("several") else "one"
            raise AnswerRefused(f"“{question.title}” takes {takes} of {', '.join(known)}.")
        if len(set(chosen)) < len(chosen):
            raise AnswerRefused(f"“{question.title}” takes each option once.")
        return [key for key in known if key in chosen] if question.settings.get("several") else value

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return placed(value, order) if _is_per_response(value) else value

    def to_shown_order(self, value: Any, order: Sequence[int]) -> Any:
        return shown(value, order) if _is_per_response(value) else value

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        return [(option.key, option.label) for option in self.options(question) if option.key]

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        if question.target == "item":
            return self._fields_of(value, question.key, question)
        fields: dict[str, str] = {}
        for place, one in enumerate(value if isinstance(value, list) else []):
            fields |= self._fields_of(one, f"{question.key}.{place}", question)
        return fields

    def _fields_of(self, value: Any, field: str, question: Asked) -> dict[str, str]:
        if question.settings.get("several"):
            return {f"{field}.{key}": "on" for key in _keys(question) if isinstance(value, list) and key in value}
        if isinstance(value, list) and field != question.key:
            value = value[0] if value else None
        return {field: value} if isinstance(value, str) and value else {}

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> float | None:
        """Options are names: the same or not. With several allowed, Jaccard's distance, which for one is the same."""
        if question.target == "item":
            return distances.jaccard(_listed(first), _listed(second))
        both = zip(first, second, strict=False)
        return distances.mean(
            distances.jaccard(one, other) for one, other in both if one is not None and other is not None
        )

    def is_right(self, value: Any, known: Known, question: Asked, subject: Subject) -> float | None:
        """All that is chosen, or not; about each response, the share of those known."""
        return best(_share_chosen(value, one, question) for one in known.accepted)

    def facets(self, question: Asked) -> Sequence[Facet]:
        """The question itself; where several may be chosen, each option, which is chosen or not."""
        if question.settings.get("several"):
            return tuple(Facet(one["key"], one["title"], "names", YES_NO) for one in _options(question))
        return (Facet("", question.title, "names", tuple(_keys(question))),)

    def votes(self, value: Any, facets: Sequence[Facet]) -> Iterator[Vote]:
        several = any(facet.key for facet in facets)
        said = enumerate(value) if _is_per_response(value) else [("", value)]
        for place, chosen in said:
            if chosen is None:
                continue
            if several:
                yield from yes_no(facets, str(place), chosen)
            elif vote := one_of(facets[0], str(place), _listed(chosen)[0]):
                yield vote

    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        if question.target == "item":
            return self._words_of(value, question)
        return " · ".join(f"{chr(65 + place)} {self._words_of(one, question)}" for place, one in enumerate(value))

    def _words_of(self, value: Any, question: Asked) -> str:
        titles = {option["key"]: option["title"] for option in _options(question)}
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(titles.get(key, str(key)) for key in chosen if key is not None) or "no answer"

    def board(
        self, voices: Sequence[Voice], question: Asked, subject: Subject, letters: Sequence[str]
    ) -> tuple[Spread, ...]:
        """Who chose which option, for the item or for each response."""
        options = self.options(question)
        if question.target == "item":
            return (spread(options, [(voice, _listed(voice.value)) for voice in voices]),)
        return tuple(
            spread(options, [(voice, voice.value[place] or []) for voice in voices], letter=letter)
            for place, letter in enumerate(letters)
        )

    def suggest(self, value: Any, question: Asked, subject: Subject, letters: Sequence[str]) -> Sequence[Hint]:
        if question.target == "item":
            return (self._hint(question.key, value, question),)
        return tuple(
            self._hint(f"{question.key}.{place}", one, question, letter)
            for place, (letter, one) in enumerate(zip(letters, value, strict=True))
            if one is not None
        )

    def _hint(self, field: str, chosen: Any, question: Asked, letter: str = "") -> Hint:
        return Hint(field, self._words_of(chosen, question), letter, takes=self._fields_of(chosen, field, question))

    def draw(
        self,
        question: Asked,
        subject: Subject,
        letters: Sequence[str],
        fields: Mapping[str, str],
        html: Sequence[SafeString],
    ) -> tuple[Row, ...]:
        """One row of options, or one for each response."""
        places = [("", "")] if question.target == "item" else [(f".{n}", letter) for n, letter in enumerate(letters)]
        return tuple(self._row(question, question.key + suffix, letter, fields) for suffix, letter in places)

    def _row(self, question: Asked, field: str, letter: str, fields: Mapping[str, str]) -> Row:
        options = self.options(question)
        several = bool(question.settings.get("several"))
        return Row(
            field=field,
            title=f"{question.title}, response {letter}" if letter else question.title,
            letter=letter,
            scale=boxes(options, field, fields) if several else choices(options, fields.get(field)),
            several=several,
        )


def _options(question: Asked) -> list[dict[str, str]]:
    found: list[dict[str, str]] = question.settings.get("options", SUGGESTED)
    return found


def _keys(question: Asked) -> list[str]:
    return [option["key"] for option in _options(question)]


def _share_chosen(value: Any, accepted: Any, question: Asked) -> float | None:
    """Of the choices that are known, how many are the same; the order in which options are named says nothing."""
    if question.target == "item":
        return float(set(_listed(value)) == set(_listed(accepted)))
    both = [(one, wanted) for one, wanted in zip(value, accepted, strict=False) if wanted is not None]
    same = [set(_listed(one)) == set(_listed(wanted)) for one, wanted in both]
    return sum(same) / len(same) if same else None


def _is_per_response(value: Any) -> bool:
    return isinstance(value, list) and all(one is None or isinstance(one, list) for one in value)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


KIND = Choice()
