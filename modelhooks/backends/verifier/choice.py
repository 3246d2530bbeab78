"""One letter of several, however the response puts it."""

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from modelhooks.backends.verifier.extraction import LONGEST, answer_in
from modelhooks.backends.verifier.kind import AnswerVerifier, right, told_apart, wrong
from modelhooks.contracts import Candidate, Verification

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Option = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]

# "(B)", "B.", "B)", "**B**", "\text{B}", "option B", with or without more words behind it.
_letter = re.compile(
    r"^\W*(?:(?:the\s+)?(?:option|choice|answer|letter)\s+)?\W*(?:\\(?:text|mathrm|mathbf|textbf)\s*\{\s*)?\(?"
    r"(?P<letter>[A-Za-z])(?:[).:}\]*]|\s|$)",
    re.IGNORECASE,
)
_standing_alone = re.compile(r"(?:^|(?<=[\s(*]))\(?(?P<letter>[A-Z])\)?(?=[\s).*:,]|$)")


class Choice(AnswerVerifier):
    """One of the first `count` letters. With `options`, the text of one stands for its letter as well."""

    kind: ClassVar[str] = "choice"
    title: ClassVar[str] = "one of several letters"
    version: ClassVar[int] = 1
    known: ClassVar[tuple[Candidate, Candidate]] = told_apart("A", "B", "A")

    count: Annotated[int, Field(ge=2, le=26)] = 4
    options: Annotated[tuple[Option, ...], Field(max_length=26)] = ()

    def find(self, text: str) -> str | None:
        """The letter that a response chose; None where it chose none, or more than one."""
        said = answer_in(text, self.where)
        if said is not None:
            return self._letter(said)
        if self.where != "auto":
            return None
        last = answer_in(text, "last_line") or ""
        return self._letter(last, alone=True) or self._only_letter(text[-LONGEST:])

    def compare(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Verification]:
        """One verification for each answer and the known one."""
        return [self._compare(answer, known) for answer, known in pairs]

    def _compare(self, answer: str, known: str) -> Verification:
        letter = self._letter(known)
        if letter is None:
            return Verification(None, f"The known answer is none of {self.letters[0]} to {self.letters[-1]}.")
        return right(answer, letter) if answer == letter else wrong(answer, letter)

    @property
    def letters(self) -> str:
        """The letters that there are."""
        return LETTERS[: len(self.options) or self.count]

    def _letter(self, said: str, *, alone: bool = False) -> str | None:
        """The letter in an answer: by itself, before the option's text, or by that text. `alone`: nothing else."""
        by_text = [self.letters[n] for n, option in enumerate(self.options) if _plain(option) == _plain(said)]
        if len(by_text) == 1:
            return by_text[0]
        match = _letter.match(said)
        if match is None or (alone and said[match.end("letter") :].strip(" ).:}]*_")):
            return None
        letter = match["letter"]
        # "a" and "I" begin sentences; a small letter counts only where it stands alone.
        if letter.upper() not in self.letters or (letter.islower() and len(said.strip(" ().:*{}$")) > 1):
            return None
        return str(letter.upper())

    def _only_letter(self, text: str) -> str | None:
        """The letter that the end names, where it names one alone."""
        named = {match["letter"] for match in _standing_alone.finditer(text.strip().rpartition("\n")[2])}
        named &= set(self.letters) - {"A", "I"}  # words of English as well
        return named.pop() if len(named) == 1 else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip(" .()*").split())
