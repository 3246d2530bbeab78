"""What must hold of an answer about the steps of one response before it is stored."""

import re
from collections.abc import Callable
from typing import Any, NoReturn

from annotation.kinds.base import AnswerRefused, Asked, Judged

LABELS = (1, 0, -1)
FINALS = ("right", "wrong", "none")
PARTS = ("splitter", "labels", "errors", "corrections", "alternatives", "final")
LONGEST = 4_000  # characters of a corrected step, and of an alternative
MOST_ALTERNATIVES = 20
_unstorable = re.compile("[\x00\ud800-\udfff]")


def first_error(labels: list[int | None]) -> int | None:
    """The number of the first wrong step, from 0."""
    return labels.index(-1) if -1 in labels else None


def stops(question: Asked) -> bool:
    """Whether nothing is asked after the first wrong step."""
    return bool(question.settings.get("first_error", True))


def error_kinds(question: Asked) -> list[dict[str, str]]:
    """The kinds of error that the form offers, in order."""
    return list(question.settings.get("errors", ()))


class Checks:
    """Checks one response's part of an answer; `where` names the response in the sentences (“ of response A”)."""

    def __init__(self, question: Asked, judged: Judged, where: str) -> None:
        self.question, self.judged, self.where = question, judged, where

    def stored(self, given: Any) -> dict[str, Any] | None:
        """The part as it will be stored, None where nothing is said. Raises AnswerRefused."""
        if given is None:
            return None
        if not isinstance(given, dict) or not set(given) <= set(PARTS):
            self.refuse(f"takes {', '.join(PARTS[:-1])} and {PARTS[-1]} for the steps{self.where}")
        if given.get("splitter") != self.judged.cut_by:
            self.refuse(f"speaks of steps{self.where} that were cut in another way: look at the item again")
        labels = self._labels(given.get("labels"))
        found = {"splitter": self.judged.cut_by, "labels": labels}
        found |= self._map(given, "errors", labels, self._errors, wrong_only=True)
        found |= self._map(given, "corrections", labels, self._correction, wrong_only=True)
        found |= self._map(given, "alternatives", labels, self._alternatives)
        found |= self._final(given)
        says_something = len(found) > 2 or any(label is not None for label in labels)
        return found if says_something else None

    def complete(self, stored: dict[str, Any] | None) -> None:
        """Refuse a part that leaves open what a required question asks."""
        labels = stored["labels"] if stored else [None] * len(self.judged.steps)
        wrong = first_error(labels)
        asked = labels if wrong is None or not stops(self.question) else labels[:wrong]
        if None in asked:
            self.refuse(f"still wants step {asked.index(None) + 1}{self.where}")
        if labels and self.question.settings.get("final_answer") and not (stored and "final" in stored):
            self.refuse(f"still wants to know about the final answer{self.where}")

    def _labels(self, labels: Any) -> list[int | None]:
        count = len(self.judged.steps)
        if not isinstance(labels, list) or len(labels) != count:
            self.refuse(f"takes {count} labels{self.where}, one for each step")
        if not all(one is None or (type(one) is int and one in LABELS) for one in labels):
            self.refuse(f"takes 1, 0, -1 or null for each step{self.where}")
        wrong = first_error(labels)
        if stops(self.question) and wrong is not None and any(one is not None for one in labels[wrong + 1 :]):
            self.refuse(f"takes no label after the first wrong step{self.where}, which is step {wrong + 1}")
        return list(labels)

    def _map(
        self,
        given: dict[str, Any],
        name: str,
        labels: list[int | None],
        check: Callable[[int, Any], Any],
        wrong_only: bool = False,
    ) -> dict[str, Any]:
        """One of the maps from step numbers, in the order of the steps; nothing where it is empty."""
        found = given.get(name)
        if found is None:
            return {}
        numbers = {str(number): number for number in range(len(labels))}
        if not isinstance(found, dict) or not set(found) <= set(numbers):
            self.refuse(f"takes {name}{self.where} by the number of the step, from 0")
        if not self._is_asked(name) and found:
            self.refuse(f"does not ask for {name}")
        checked = {}
        for key in sorted(found, key=lambda key: numbers[key]):
            self._check_place(name, numbers[key], labels, wrong_only)
            checked[key] = check(numbers[key], found[key])
        return {name: checked} if checked else {}

    def _is_asked(self, name: str) -> bool:
        if name == "errors":
            return bool(error_kinds(self.question))
        return bool(self.question.settings.get(name, name == "corrections"))

    def _check_place(self, name: str, number: int, labels: list[int | None], wrong_only: bool) -> None:
        if wrong_only and labels[number] != -1:
            self.refuse(f"takes {name} of wrong steps only; step {number + 1}{self.where} is not called wrong")
        wrong = first_error(labels)
        if stops(self.question) and wrong is not None and number > wrong:
            self.refuse(f"takes no {name} after the first wrong step{self.where}")

    def _errors(self, number: int, found: Any) -> list[str]:
        known = [kind["key"] for kind in error_kinds(self.question)]
        if not isinstance(found, list) or not found or not all(isinstance(one, str) and one in known for one in found):
            self.refuse(f"takes at least one of {', '.join(known)} as the errors of step {number + 1}{self.where}")
        if len(set(found)) < len(found):
            self.refuse(f"takes each error of step {number + 1}{self.where} once")
        return [key for key in known if key in found]

    def _correction(self, number: int, text: Any) -> str:
        checked = self._text(number, text, "a corrected step")
        start, end = self.judged.steps[number]
        if checked.strip() == self.judged.text[start:end].strip():
            self.refuse(f"takes a correction of step {number + 1}{self.where} that differs from it")
        return checked

    def _alternatives(self, number: int, found: Any) -> list[str]:
        if not isinstance(found, list) or not 0 < len(found) <= MOST_ALTERNATIVES:
            self.refuse(f"takes 1 to {MOST_ALTERNATIVES} alternatives to step {number + 1}{self.where}")
        return [self._text(number, one, "an alternative") for one in found]

    def _text(self, number: int, text: Any, what: str) -> str:
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST or _unstorable.search(text):
            self.refuse(f"takes 1 to {LONGEST} characters of text as {what} for step {number + 1}{self.where}")
        return str(text)

    def _final(self, given: dict[str, Any]) -> dict[str, str]:
        final = given.get("final")
        if final is None:
            return {}
        if not self.question.settings.get("final_answer"):
            self.refuse("does not ask about the final answer")
        if final not in FINALS or not isinstance(final, str):
            self.refuse(f"takes one of {', '.join(FINALS)} as the final answer{self.where}")
        return {"final": final}

    def refuse(self, what: str) -> NoReturn:
        raise AnswerRefused(f"“{self.question.title}” {what}.")
