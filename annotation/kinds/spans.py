"""Words of a response that are wrong: where they stand, what is wrong with them, and how bad it is."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString
from pydantic import Field

from annotation.kinds import quotes, spans_board, spans_distance, spans_fields
from annotation.kinds.base import (
    AnswerRefused,
    Asked,
    BaseKind,
    Settings,
    SettingsRefused,
    Subject,
    placed,
    read_settings,
    shown,
)
from annotation.kinds.boards import Hint, Voice
from annotation.kinds.error_kinds import IN_TEXT, ErrorKind, named
from annotation.kinds.spans_checks import Checks, hashes, ordered, severities, types
from annotation.kinds.spans_drawn import Drawn, drawn, error_types, severity_options
from annotation.kinds.votes import YES_NO, Facet, Vote, yes_no

MOST_TYPES, MOST_SEVERITIES = 30, 9


class SpansSettings(Settings):
    types: list[ErrorKind] = Field(
        default_factory=lambda: [ErrorKind(**one) for one in named(IN_TEXT)],
        max_length=MOST_TYPES,
        title="Kinds of error",
        description="One to a line; each gets a letter.",
    )
    severities: list[ErrorKind] = Field(
        default_factory=list,
        max_length=MOST_SEVERITIES,
        title="How bad it is",
        description=(
            "One to a line, the mildest first, such as Minor, Major, Critical; each gets a digit. "
            "Leave it empty not to ask."
        ),
    )
    overlap: bool = Field(
        default=True, title="Marks may overlap", description="The same words may be wrong in two ways."
    )
    snap: bool = Field(
        default=False,
        title="Mark whole sentences",
        description="What is selected grows to whole sentences; Space takes that back.",
    )


class Spans(BaseKind):
    """`{"hashes": […], "spans": [{"response", "start", "end", "type", "severity"?, "note"?}]}`, ordered by place.

    Offsets are Unicode code points into the text of the response, ends excluded; `hashes` name those texts. No spans
    at all say *read, and nothing marked*.
    """

    name = "spans"
    title = "Spans"
    level = "nominal"
    template = "annotation/kinds/spans.html"
    side_template = "annotation/kinds/spans_side.html"
    board_template = "annotation/boards/spans.html"
    scripts: tuple[str, ...] = ("annotation/kinds/spans.js",)
    styles: tuple[str, ...] = ("annotation/kinds/spans.css",)
    settings_type = SpansSettings

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        if target != "response":
            raise SettingsRefused("Spans are marked in a response, so they are asked about each response.")
        checked = read_settings(SpansSettings, raw)
        if not checked["types"]:
            raise SettingsRefused("Spans need at least one kind of error.")
        for name, what in (("types", "kinds of error"), ("severities", "severities")):
            keys = [one["key"] for one in checked[name]]
            if len(set(keys)) < len(keys):
                raise SettingsRefused(f"Two {what} have the same key.")
        return checked

    def parse(self, post: Mapping[str, str], question: Asked, subject: Subject) -> Any:
        return spans_fields.read(post, question, subject)

    def validate(self, value: Any, question: Asked, subject: Subject) -> Any:
        return Checks(question, subject).stored(value, is_whole=question.is_required)

    def admit(self, label: Mapping[str, Any], question: Asked, subject: Subject) -> Any:
        """What the form does not ask, how bad an error is, is left out, not refused."""
        spans = label.get("spans")
        if not isinstance(spans, list):
            raise AnswerRefused(f"“{question.title}” takes a list of spans.")
        given = spans if severities(question) else [_without(span, "severity") for span in spans]
        value = {"hashes": label.get("hashes", hashes(subject)), "spans": given}
        return Checks(question, subject).stored(value, is_whole=False)

    def as_label(self, value: Any) -> dict[str, Any]:
        return {"spans": value["spans"]}

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return _turned(value, placed, order, dict(enumerate(order)))

    def to_shown_order(self, value: Any, order: Sequence[int]) -> Any:
        return _turned(value, shown, order, {index: place for place, index in enumerate(order)})

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        moves = [
            ("J K", "The next and the previous sentence, then the next response or question"),
            ("→ ←", "The next and the previous word; from a sentence, its first and its last"),
            ("Shift", "With these keys: more or less of it"),
            ("( ) < >", "Move its start or its end by a character"),
            ("Space", "Whole sentences, or just the words"),
        ]
        found = [(one.letter, one.title) for one in error_types(question) if one.letter]
        found += [(one.key, one.label) for one in severity_options(question)]
        found += [("0", "Nothing to mark, or nothing more"), (", .", "The mark before and after")]
        return [*moves, *found, ("Backspace", "Remove the mark"), ("Tab", "Write a note"), ("M", "Markdown or source")]

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        return spans_fields.of_answer(value, question)

    def same(self, first: Any, second: Any) -> bool:
        """Whether the same words are marked as the same errors; notes are no disagreement."""
        return _marked(first) == _marked(second)

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> float | None:
        return spans_distance.between(first["spans"], second["spans"])

    def facets(self, question: Asked) -> Sequence[Facet]:
        """Each kind of error, which a response has or not. Where it stands is for `compare`."""
        return tuple(Facet(one["key"], one["title"], "names", YES_NO) for one in types(question))

    def votes(self, value: Any, facets: Sequence[Facet]) -> Iterator[Vote]:
        for place in range(len(value["hashes"])):
            found = [span["type"] for span in value["spans"] if span["response"] == place]
            yield from yes_no(facets, str(place), found)

    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        told = [_counted(value["spans"], place, question) for place in range(len(subject))]
        if len(told) == 1:
            return told[0]
        return " · ".join(f"{chr(65 + place)} {words}" for place, words in enumerate(told))

    def details(self, value: Any, question: Asked, subject: Subject) -> list[str]:
        errors, severe = _titles(types(question)), _titles(severities(question))
        return [_told(span, errors, severe, subject) for span in value["spans"]]

    def board(
        self, voices: Sequence[Voice], question: Asked, subject: Subject, letters: Sequence[str]
    ) -> tuple[spans_board.Side, ...]:
        titles = _titles(types(question)), _titles(severities(question))
        return spans_board.board(voices, subject, letters, titles)

    def suggest(self, value: Any, question: Asked, subject: Subject, letters: Sequence[str]) -> Sequence[Hint]:
        """How much is marked in each response, and not where: that would do the reading for the annotator."""
        fields = self.fields(value, question)
        nothing = [spans_fields.nothing_field(question, place) for place in range(len(letters))]
        return tuple(
            Hint(
                f"{question.key}.{place}",
                _counted(value["spans"], place, question),
                letter,
                takes={name: fields[name]} if (name := nothing[place]) in fields else {},
            )
            for place, letter in enumerate(letters)
        )

    def texts(self, question: Asked, subject: Subject) -> Sequence[str]:
        return [judged.text for judged in subject.responses]

    def draw(
        self,
        question: Asked,
        subject: Subject,
        letters: Sequence[str],
        fields: Mapping[str, str],
        html: Sequence[SafeString],
    ) -> Drawn:
        return drawn(question, subject, letters, fields, html)


def _turned(value: Any, turn: Callable[[Any, Sequence[int]], Any], order: Sequence[int], to: Mapping[int, int]) -> Any:
    """The answer with its responses numbered anew, and ordered by them; no answer as it is."""
    if not isinstance(value, dict):
        return value
    spans = ordered({**span, "response": to[span["response"]]} for span in value["spans"])
    return {"hashes": turn(value["hashes"], order), "spans": spans}


def _without(span: Any, part: str) -> Any:
    return {name: said for name, said in span.items() if name != part} if isinstance(span, dict) else span


def _titles(kinds: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {one["key"]: one["title"].lower() for one in kinds}


def _marked(value: Any) -> list[Any]:
    return [_without(span, "note") for span in value["spans"]]


def _counted(spans: Sequence[Mapping[str, Any]], place: int, question: Asked) -> str:
    """ "2 irrelevant, 1 redundant", in the order of the form."""
    counts = Counter(span["type"] for span in spans if span["response"] == place)
    titles = _titles(types(question))
    known = [key for key in titles if key in counts]
    return ", ".join(f"{counts[key]} {titles[key]}" for key in known) or "nothing marked"


def _told(span: Mapping[str, Any], errors: Mapping[str, str], severe: Mapping[str, str], subject: Subject) -> str:
    place = "" if len(subject) == 1 else f"{chr(65 + span['response'])} "
    words = quotes.cited(subject.responses[span["response"]].text, span["start"], span["end"])
    said = [errors.get(span["type"], span["type"])]
    if "severity" in span:
        said.append(severe.get(span["severity"], span["severity"]))
    if "note" in span:
        said.append(f"“{span['note']}”")
    return f"{place}{words}: {', '.join(said)}"


KIND = Spans()
