"""A verdict on each criterion of a rubric: about each response, or by comparing the two."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from django.utils.safestring import SafeString
from pydantic import Field

from annotation.kinds import quotes, rubric_board, rubric_criteria, rubric_distance, rubric_score, rubric_votes
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
from annotation.kinds.boards import Hint, Voice
from annotation.kinds.rubric_criteria import KEY, Criterion
from annotation.kinds.rubric_drawn import Drawn, Page
from annotation.kinds.votes import Facet, Vote

SUGGESTED = (
    "[hard] Follows every instruction of the prompt",
    "Every claim is correct (weight 2)",
    "Nothing that is needed is missing",
    "Says something that nobody asked for (weight -0.5)",
)
WINNERS = ("a", "b", "tie", "na")
SWAP = {"a": "b", "b": "a"}
LONGEST_NOTE = 2_000
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
PLACE = re.compile(r"([0-9]{1,7})-([0-9]{1,7})")


class RubricSettings(Settings):
    criteria: list[Criterion] = Field(
        default_factory=lambda: [Criterion(**one) for one in rubric_criteria.checked(SUGGESTED)],
        max_length=rubric_criteria.MOST,
        title="Criteria",
        description=(
            "One to a line, at most 40: [hard] key: Title (weight 2, gate) = poor | ok | good. Only the title is "
            "needed. [hard] marks a hard rule, which a response must not fail; a weight below zero marks a pitfall; "
            "without levels the answer is yes or no. Asked about the item, two responses are compared on each. "
            "Beside the weight, “after: key” asks it only once that one is met, and “quote: wanted” asks for words."
        ),
    )
    source: Literal["form", "item"] = Field(
        default="form",
        title="Whose criteria",
        description="item: each item's own, as imported; the criteria above stand in where it has none.",
    )


class Rubric(BaseKind):
    """`{"verdicts": {criterion: …}}`, the criteria in the rubric's order.

    Asked about each response, a criterion has a list in response order of null or `{"value": "yes" | "no" | "na" | 2,
    "quote"?: {"start", "end", "hash"}, "note"?}`. Asked about the item it compares two responses: `{"value": "a" |
    "b" | "tie" | "na", "note"?}`. The criteria stand in the question's settings, so that a change to them is a new
    version of the form: that is the rubric's version. With `source: "item"` they are those that the item came with.
    """

    name = "rubric"
    title = "Rubric"
    level = "nominal"
    template = "annotation/kinds/rubric.html"
    board_template = "annotation/boards/rubric.html"
    is_column = True
    scripts: tuple[str, ...] = ("annotation/kinds/rubric.js", "annotation/kinds/proposing.js")
    styles: tuple[str, ...] = ("annotation/kinds/rubric.css",)
    settings_type = RubricSettings

    def check_settings(self, raw: Mapping[str, Any], target: str) -> dict[str, Any]:
        given = dict(raw)
        if "criteria" in given:
            given["criteria"] = rubric_criteria.checked_for_lines(given["criteria"])
        checked = read_settings(RubricSettings, given)
        if not checked["criteria"] and checked["source"] == "form":
            raise SettingsRefused("A rubric needs at least one criterion.")
        return checked

    def settings_for(self, question: Asked, subject: Subject) -> Mapping[str, Any]:
        return {**question.settings, "criteria": list(criteria_of(question, subject))}

    def parse(self, post: Mapping[str, str], question: Asked, subject: Subject) -> Any:
        """Fields are `<key>.<criterion>.<response>` with `.quote`, `.at` and `.note` behind it, or without a response.

        `.quote` holds the quoted words, `.at` where they stand (`3-10`, in code points). Words are looked up where the
        two do not agree; no words in a field that was sent are no quote.
        """
        criteria = criteria_of(question, subject)
        verdicts: dict[str, Any] = {}
        for criterion in criteria:
            field = f"{question.key}.{criterion['key']}"
            if question.target == "item":
                read: Any = self._read(post, field, f"“{question.title}”: “{_short(criterion)}”", None)
            else:
                read = [
                    self._read(post, f"{field}.{n}", _named(question, criterion, n), judged.text)
                    for n, judged in enumerate(subject.responses)
                ]
            if read and (not isinstance(read, list) or any(read)):
                verdicts[criterion["key"]] = read
        return {"verdicts": verdicts} if verdicts or not criteria else None

    def _read(self, post: Mapping[str, str], field: str, name: str, text: str | None) -> dict[str, Any] | None:
        value, note = post.get(field, ""), post.get(f"{field}.note", "").replace("\r\n", "\n")
        quote = None if text is None else _read_quote(post, field, name, text)
        if not value:
            if note.strip() or quote:
                raise AnswerRefused(f"{name} has a quote or a note, and no verdict yet.")
            return None
        verdict: dict[str, Any] = {"value": int(value) if value in set("1234567") else value}
        if quote:
            verdict["quote"] = quote
        return {**verdict, "note": note} if note.strip() else verdict

    def validate(self, value: Any, question: Asked, subject: Subject) -> Any:
        found = _checked(value, question, subject, is_whole=question.is_required)
        if question.target != "item":
            _refuse_unshown(found["verdicts"], question, subject)
        return found

    def admit(self, label: Mapping[str, Any], question: Asked, subject: Subject) -> Any:
        return _checked({"verdicts": label.get("verdicts")}, question, subject, is_whole=False)

    def as_label(self, value: Any) -> dict[str, Any]:
        return {"verdicts": value["verdicts"]}

    def to_item_order(self, value: Any, order: Sequence[int]) -> Any:
        return _each(value, lambda one: _swapped(one, order) if isinstance(one, dict) else placed(one, order))

    def to_shown_order(self, value: Any, order: Sequence[int]) -> Any:
        return _each(value, lambda one: _swapped(one, order) if isinstance(one, dict) else shown(one, order))

    def keys(self, question: Asked) -> list[tuple[str, str]]:
        if question.target == "item":
            keys = [("A", "A does better"), ("T", "Tie"), ("B", "B does better"), ("−", "Does not apply")]
            return [*keys, ("1 2 3 0", "The same")]
        keys = [("Y", "Yes"), ("N", "No"), ("−", "Does not apply"), ("1 2 0", "The same")]
        if any(one["scale"] != "yes_no" for one in own_criteria(question)) or _is_of_item(question):
            keys.append(("1…7", "The level, where a criterion has levels"))
        return [*keys, ("E", "Quote the selected words as evidence")]

    def fields(self, value: Any, question: Asked) -> dict[str, str]:
        verdicts = value.get("verdicts") if isinstance(value, dict) else None
        fields: dict[str, str] = {}
        for key, one in verdicts.items() if isinstance(verdicts, dict) else ():
            if not re.fullmatch(KEY, str(key)):
                continue
            if isinstance(one, list):
                for place, verdict in enumerate(one):
                    fields |= _fields_of(verdict, f"{question.key}.{key}.{place}")
            else:
                fields |= _fields_of(one, f"{question.key}.{key}")
        return fields

    def same(self, first: Any, second: Any) -> bool:
        return values_of(first) == values_of(second)

    def compare(self, first: Any, second: Any, question: Asked, subject: Subject) -> float | None:
        """The weighted mean over the criteria that both judged (`rubric_distance`)."""
        return rubric_distance.between(values_of(first), values_of(second), criteria_of(question, subject))

    def facets(self, question: Asked) -> Sequence[Facet]:
        return rubric_votes.facets(own_criteria(question), question)

    def votes(self, value: Any, facets: Sequence[Facet]) -> Iterator[Vote]:
        return rubric_votes.votes(values_of(value), facets)

    def words(self, value: Any, question: Asked, subject: Subject) -> str:
        values = values_of(value)
        if not values:
            return "No criteria"
        if question.target == "item":
            won = list(values.values())
            return f"A {won.count('a')} · tie {won.count('tie')} · B {won.count('b')}"
        criteria = criteria_of(question, subject)
        if not set(values) <= {one["key"] for one in criteria}:
            criteria = []  # said of other criteria than these, so nothing tells what they weigh
        count = max(len(row) for row in values.values())
        columns = [_column(values, n) for n in range(count)]
        return " · ".join(f"{chr(65 + n)} {_column_words(column, criteria)}" for n, column in enumerate(columns))

    def details(self, value: Any, question: Asked, subject: Subject) -> list[str]:
        titles = {one["key"]: one["title"] for one in criteria_of(question, subject)}
        verdicts = value.get("verdicts") if isinstance(value, dict) else None
        return [f"{titles.get(key, key)}: {_detail(one, subject)}" for key, one in (verdicts or {}).items()]

    def board(
        self, voices: Sequence[Voice], question: Asked, subject: Subject, letters: Sequence[str]
    ) -> tuple[rubric_board.Sheet, ...]:
        """A sheet for each response, or one where the responses are compared."""
        criteria, values = criteria_of(question, subject), [values_of(voice.value) for voice in voices]
        if question.target == "item":
            return (rubric_board.sheet("", voices, values, criteria),)
        return tuple(
            rubric_board.sheet(letter, voices, [_column(one, place) for one in values], criteria)
            for place, letter in enumerate(letters)
        )

    def suggest(self, value: Any, question: Asked, subject: Subject, letters: Sequence[str]) -> Sequence[Hint]:
        titles = {one["key"]: _short(one) for one in criteria_of(question, subject)}
        hints = []
        for key, said in values_of(value).items():
            field, title = f"{question.key}.{key}", titles.get(key, key)
            if isinstance(said, list):
                given = [(n, letter, one) for n, (letter, one) in enumerate(zip(letters, said, strict=True)) if one]
                hints += [_hint(f"{field}.{n}", one, title, letter) for n, letter, one in given]
            else:
                hints.append(_hint(field, said, title))
        return tuple(hints)

    def options(self, question: Asked, scale: Any) -> list[Option]:
        """What a criterion can be answered with, each with its digit; the page's script takes letters as well."""
        if question.target == "item":
            return [
                Option("a", "A", "1", "a"),
                Option("tie", "Tie", "2"),
                Option("b", "B", "3", "b"),
                Option("na", "N/A", "0"),
            ]
        if scale == "yes_no":
            return [Option("yes", "Yes", "1"), Option("no", "No", "2"), Option("na", "N/A", "0")]
        levels = [Option(str(level), str(level), str(level)) for level in range(1, scale + 1)]
        return [*levels, Option("na", "N/A", "0")]

    def draw(
        self,
        question: Asked,
        subject: Subject,
        letters: Sequence[str],
        fields: Mapping[str, str],
        html: Sequence[SafeString],
    ) -> Drawn:
        """The criteria with a row of verdicts for each response, and what they come to so far."""
        page = Page(question, subject, letters, fields, self.options)
        return page.drawn(criteria_of(question, subject))


def criteria_of(question: Asked, subject: Subject) -> Sequence[Mapping[str, Any]]:
    """What the question asks about this item: its own criteria where it may have some, else the form's."""
    return subject.rubric if _is_of_item(question) and subject.rubric else own_criteria(question)


def own_criteria(question: Asked) -> Sequence[Mapping[str, Any]]:
    """The criteria that stand in the form."""
    found = question.settings.get("criteria")
    return rubric_criteria.checked(SUGGESTED) if found is None else found


def values_of(value: Any) -> dict[str, Any]:
    """Each criterion's verdict without quotes and notes: a list with one per response, or who does better."""
    verdicts = value.get("verdicts") if isinstance(value, dict) else None
    return {
        key: [one and one["value"] for one in each] if isinstance(each, list) else each["value"]
        for key, each in (verdicts or {}).items()
    }


def _hint(field: str, value: Any, title: str, letter: str = "") -> Hint:
    return Hint(field, rubric_board.word(value), letter, title, {field: str(value)})


def _is_of_item(question: Asked) -> bool:
    return bool(question.settings.get("source") == "item")


def _short(criterion: Mapping[str, Any]) -> str:
    title = str(criterion["title"])
    return title if len(title) <= 60 else f"{title[:59]}…"


def _named(question: Asked, criterion: Mapping[str, Any], place: int) -> str:
    return f"“{question.title}”: “{_short(criterion)}”, response {chr(65 + place)},"


def _read_quote(post: Mapping[str, str], field: str, name: str, text: str) -> dict[str, Any] | None:
    words, place = post.get(f"{field}.quote"), PLACE.fullmatch(post.get(f"{field}.at", ""))
    if words is None and place is None:
        return None
    if words is not None and not words.strip():
        return None
    found = (int(place[1]), int(place[2])) if place else None
    if words is not None and not (found and quotes.says(text, *found, words)):
        found = quotes.find(text, words)
    if found is None:
        raise AnswerRefused(f"{name} quotes words that do not stand in the response.")
    return {"start": found[0], "end": found[1], "hash": quotes.text_hash(text)}


def _checked(value: Any, question: Asked, subject: Subject, *, is_whole: bool) -> dict[str, Any]:
    if question.target == "item" and len(subject) != 2:
        raise AnswerRefused(f"“{question.title}” compares two responses; this item has {len(subject)}.")
    verdicts = value.get("verdicts") if isinstance(value, dict) and set(value) == {"verdicts"} else None
    if not isinstance(verdicts, dict):
        raise AnswerRefused(f"“{question.title}” takes verdicts, by criterion.")
    criteria = {one["key"]: one for one in criteria_of(question, subject)}
    if stray := next((key for key in verdicts if key not in criteria), None):
        raise AnswerRefused(f"“{question.title}” has no criterion “{str(stray)[:40]}”.")
    found = {
        key: _checked_pair(verdicts.get(key), question, criterion, is_whole)
        if question.target == "item"
        else _checked_row(verdicts.get(key), question, criterion, subject)
        for key, criterion in criteria.items()
    }
    said = {key: one for key, one in found.items() if one is not None}
    if question.target != "item" and is_whole:
        _refuse_open(said, question, list(criteria.values()), len(subject))
    if criteria and not said:
        raise AnswerRefused(f"“{question.title}” has no verdict yet.")
    return {"verdicts": said}


def _refuse_open(
    said: Mapping[str, Any], question: Asked, criteria: Sequence[Mapping[str, Any]], responses: int
) -> None:
    """Every criterion wants a verdict about every response where nothing that it depends on holds it back."""
    values = values_of({"verdicts": said})
    back = [rubric_score.held_back(criteria, _column(values, place)) for place in range(responses)]
    for criterion in criteria:
        row = said.get(criterion["key"]) or [None] * responses
        for place, verdict in enumerate(row):
            if verdict is None and criterion["key"] not in back[place]:
                raise AnswerRefused(f"{_named(question, criterion, place)} still wants a verdict.")


def _refuse_unshown(said: Mapping[str, Any], question: Asked, subject: Subject) -> None:
    """Where a criterion wants evidence, whoever finds it met quotes the words; where there are words to quote."""
    criteria, values = criteria_of(question, subject), values_of({"verdicts": said})
    back = [rubric_score.held_back(criteria, _column(values, place)) for place in range(len(subject))]
    for criterion in criteria:
        if criterion.get("needs_evidence"):
            for place, verdict in enumerate(said.get(criterion["key"], ())):
                is_asked = criterion["key"] not in back[place] and bool(subject.responses[place].text.strip())
                if verdict and is_asked and _is_met(criterion, verdict) and "quote" not in verdict:
                    raise AnswerRefused(f"{_named(question, criterion, place)} wants the words that show it.")


def _is_met(criterion: Mapping[str, Any], verdict: Mapping[str, Any]) -> bool:
    """Wholly or in part."""
    return bool(rubric_score.credit(criterion["scale"], verdict["value"]))


def _checked_row(row: Any, question: Asked, criterion: Mapping[str, Any], subject: Subject) -> list[Any] | None:
    """Verdicts about each response; None where there is none."""
    if row is None:
        row = [None] * len(subject)
    if not isinstance(row, list) or len(row) != len(subject):
        raise AnswerRefused(
            f"“{question.title}”: “{_short(criterion)}” takes {len(subject)} verdicts, one for each response."
        )
    found: list[Any] = []
    for place, (verdict, judged) in enumerate(zip(row, subject.responses, strict=True)):
        name = _named(question, criterion, place)
        if verdict is None:
            found.append(None)
            continue
        scale = criterion["scale"]
        allowed = ("yes", "no", "na") if scale == "yes_no" else (*range(1, scale + 1), "na")
        found.append(_checked_verdict(verdict, name, allowed, judged.text))
    return found if any(found) else None


def _checked_pair(verdict: Any, question: Asked, criterion: Mapping[str, Any], is_whole: bool) -> dict[str, Any] | None:
    name = f"“{question.title}”: “{_short(criterion)}”"
    if verdict is None:
        if is_whole:
            raise AnswerRefused(f"{name} still wants a verdict.")
        return None
    return _checked_verdict(verdict, name, WINNERS, None)


def _checked_verdict(verdict: Any, name: str, allowed: Sequence[Any], text: str | None) -> dict[str, Any]:
    known = {"value", "note"} if text is None else {"value", "quote", "note"}
    if not isinstance(verdict, dict) or not set(verdict) <= known:
        raise AnswerRefused(f"{name} takes {', '.join(sorted(known))}.")
    value = verdict.get("value")
    if not any(type(value) is type(one) and value == one for one in allowed):
        raise AnswerRefused(f"{name} takes one of {', '.join(map(str, allowed))}.")
    found: dict[str, Any] = {"value": value}
    if text is not None and verdict.get("quote") is not None:
        found["quote"] = _checked_quote(verdict["quote"], name, text)
    if verdict.get("note") is not None:
        found["note"] = _checked_note(verdict["note"], name)
    return found


def _checked_quote(quote: Any, name: str, text: str) -> dict[str, Any]:
    if not isinstance(quote, dict) or set(quote) != {"start", "end", "hash"}:
        raise AnswerRefused(f"{name} takes a quote's start, end and hash.")
    start, end = quote["start"], quote["end"]
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        raise AnswerRefused(f"{name} quotes what lies outside the response.")
    if quote["hash"] != quotes.text_hash(text):
        raise AnswerRefused(f"{name} quotes another text than this one.")
    return {"start": start, "end": end, "hash": quote["hash"]}


def _checked_note(note: Any, name: str) -> str:
    if not isinstance(note, str) or not note.strip() or len(note) > LONGEST_NOTE:
        raise AnswerRefused(f"{name} takes a note of 1 to {LONGEST_NOTE} characters.")
    if UNSTORABLE.search(note):
        raise AnswerRefused(f"{name} has a note with a character that cannot be stored (NUL or half a pair).")
    return note


def _each(value: Any, turn: Any) -> Any:
    """The value with each criterion's verdicts turned; what has another shape as it is."""
    if not isinstance(value, dict) or not isinstance(value.get("verdicts"), dict):
        return value
    return {**value, "verdicts": {key: turn(one) for key, one in value["verdicts"].items()}}


def _swapped(verdict: dict[str, Any], order: Sequence[int]) -> dict[str, Any]:
    if list(order) != [1, 0]:
        return verdict
    return {**verdict, "value": SWAP.get(str(verdict.get("value")), verdict.get("value"))}


def _fields_of(verdict: Any, field: str) -> dict[str, str]:
    value = verdict.get("value") if isinstance(verdict, dict) else None
    if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
        return {}
    fields = {field: str(value)}
    quote, note = verdict.get("quote"), verdict.get("note")
    if isinstance(quote, dict) and all(type(quote.get(end)) is int for end in ("start", "end")):
        fields[f"{field}.at"] = f"{quote['start']}-{quote['end']}"
    if isinstance(note, str) and note:
        fields[f"{field}.note"] = note
    return fields


def _column(values: Mapping[str, Any], place: int) -> dict[str, Any]:
    """The verdicts about one response, by criterion."""
    return {key: row[place] for key, row in values.items() if isinstance(row, list) and place < len(row)}


def _column_words(values: Mapping[str, Any], criteria: Sequence[Mapping[str, Any]]) -> str:
    """What one response comes to: its score where the weights are known, else how many criteria it meets."""
    if criteria:
        return rubric_score.score(criteria, values).words()
    yes_no = [value for value in values.values() if value in ("yes", "no")]
    levels = [str(value) for value in values.values() if type(value) is int]
    counted = f"{yes_no.count('yes')} of {len(yes_no)}" if yes_no else ""
    return ", ".join(part for part in (counted, " ".join(levels)) if part) or "no verdict"


def _detail(one: Any, subject: Subject) -> str:
    if isinstance(one, dict):
        return _said(one, "")
    said = [_said(verdict, judged.text) for verdict, judged in zip(one, subject.responses, strict=True)]
    return " · ".join(f"{chr(65 + place)} {words}" for place, words in enumerate(said))


def _said(verdict: Any, text: str) -> str:
    if verdict is None:
        return "no verdict"
    quote, note = verdict.get("quote"), verdict.get("note")
    place = f" (quotes {quotes.cited(text, quote['start'], quote['end'])})" if quote else ""
    value = {"na": "does not apply", "a": "A", "b": "B"}.get(verdict["value"], verdict["value"])
    return f"{value}{place}{f', “{note}”' if note else ''}"


KIND = Rubric()
