"""What must hold of marks in the responses before they are stored."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NoReturn

from annotation.kinds.base import AnswerRefused, Asked, Subject
from annotation.kinds.quotes import text_hash

MOST = 1_000
LONGEST_NOTE = 2_000
PARTS = ("response", "start", "end", "type", "severity", "note")
_unstorable = re.compile("[\x00\ud800-\udfff]")


def types(question: Asked) -> list[dict[str, str]]:
    """The kinds of error that the form offers, in order."""
    return list(question.settings.get("types", ()))


def severities(question: Asked) -> list[dict[str, str]]:
    """How bad an error can be, the mildest first; empty where that is not asked."""
    return list(question.settings.get("severities", ()))


def allows_overlap(question: Asked) -> bool:
    """Whether two marks may share words."""
    return bool(question.settings.get("overlap", True))


def hashes(subject: Subject) -> list[str]:
    """What names the texts that offsets count in."""
    return [text_hash(judged.text) for judged in subject.responses]


def ordered(spans: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Marks by response and place; what a mark says beyond that decides between equals."""
    return sorted(spans, key=lambda span: (span["response"], span["start"], span["end"], span["type"]))


def name(place: int, subject: Subject) -> str:
    """ " of response B", nothing where there is but one."""
    return "" if len(subject) == 1 else f" of response {chr(65 + place)}"


class Checks:
    """Checks one answer; sentences name responses as they are shown."""

    def __init__(self, question: Asked, subject: Subject) -> None:
        self.question, self.subject = question, subject

    def stored(self, value: Any, *, is_whole: bool) -> dict[str, Any]:
        """The answer as it will be stored; `is_whole` where nothing may stay unsaid. Raises AnswerRefused."""
        if not isinstance(value, dict) or set(value) != {"hashes", "spans"}:
            self.refuse("takes hashes and spans")
        if value["hashes"] != hashes(self.subject):
            self.refuse("marks other texts than these: look at the item again")
        if not isinstance(value["spans"], list) or len(value["spans"]) > MOST:
            self.refuse(f"takes a list of at most {MOST:,} spans")
        found = ordered(self._span(span, is_whole) for span in value["spans"])
        self._check_twice(found)
        if not allows_overlap(self.question):
            self._check_overlap(found)
        return {"hashes": hashes(self.subject), "spans": found}

    def _span(self, span: Any, is_whole: bool) -> dict[str, Any]:
        if not isinstance(span, dict) or not set(span) <= set(PARTS):
            self.refuse(f"takes {', '.join(PARTS[:-1])} and {PARTS[-1]} of each span")
        place = span.get("response")
        if type(place) is not int or place not in range(len(self.subject)):
            self.refuse(f"marks a response that there is not (0 to {len(self.subject) - 1})")
        where = name(place, self.subject)
        start, end, length = span.get("start"), span.get("end"), len(self.subject.responses[place].text)
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
            self.refuse(f"marks what lies outside the {length:,} characters{where}")
        found: dict[str, Any] = {"response": place, "start": start, "end": end}
        found["type"] = self._one_of(types(self.question), span.get("type"), f"a kind of error{where}")
        if span.get("severity") is not None:
            found["severity"] = self._one_of(severities(self.question), span["severity"], f"a severity{where}")
        elif is_whole and severities(self.question):
            self.refuse(f"still wants to know how bad the error at character {start}{where} is")
        if span.get("note") is not None:
            found["note"] = self._note(span["note"], where)
        return found

    def _one_of(self, kinds: Sequence[Mapping[str, str]], key: Any, what: str) -> str:
        known = [kind["key"] for kind in kinds]
        if not isinstance(key, str) or key not in known:
            self.refuse(f"takes one of {', '.join(known) or 'nothing'} as {what}")
        return str(key)

    def _note(self, note: Any, where: str) -> str:
        if not isinstance(note, str) or not note.strip() or len(note) > LONGEST_NOTE or _unstorable.search(note):
            self.refuse(f"takes a note of 1 to {LONGEST_NOTE:,} characters on a mark{where}")
        return str(note)

    def _check_twice(self, found: Sequence[Mapping[str, Any]]) -> None:
        for one, other in pairwise(found):
            if all(one[part] == other[part] for part in ("response", "start", "end", "type")):
                self.refuse(f"marks the same words{name(one['response'], self.subject)} twice as the same error")

    def _check_overlap(self, found: Sequence[Mapping[str, Any]]) -> None:
        for one, other in pairwise(found):
            if one["response"] == other["response"] and other["start"] < one["end"]:
                self.refuse(f"takes no marks that overlap{name(one['response'], self.subject)}")

    def refuse(self, what: str) -> NoReturn:
        raise AnswerRefused(f"“{self.question.title}” {what}.")
