"""The same words, after what does not matter is taken away."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from modelhooks.backends.verifier.extraction import answer_in
from modelhooks.backends.verifier.kind import AnswerVerifier, right, told_apart, wrong
from modelhooks.contracts import Candidate, Verification

_articles = re.compile(r"\b(?:a|an|the)\b")


class Exact(AnswerVerifier):
    """Equal texts. Between several known answers stands `separator`, where one is given.

    Compatible letters (full width, ligatures) and runs of blanks are always the same. Where nothing in a response says
    that it is the answer, the whole response is.
    """

    kind: ClassVar[str] = "exact"
    title: ClassVar[str] = "the same words"
    version: ClassVar[int] = 1
    known: ClassVar[tuple[Candidate, Candidate]] = told_apart("Paris", "Rome", "Paris")

    ignore_case: bool = True
    ignore_punctuation: bool = True
    ignore_articles: bool = False
    ignore_accents: bool = False
    separator: Annotated[str, StringConstraints(max_length=10)] = ""

    def find(self, text: str) -> str | None:
        """The answer in a response."""
        found = answer_in(text, self.where)
        return answer_in(text, "whole") if found is None and self.where == "auto" else found

    def compare(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Verification]:
        """One verification for each answer and the known one."""
        return [self._compare(answer, known) for answer, known in pairs]

    def _compare(self, answer: str, known: str) -> Verification:
        alternatives = known.split(self.separator) if self.separator else [known]
        is_right = self.plain(answer) in {self.plain(one) for one in alternatives if one.strip()}
        return right(answer, known) if is_right else wrong(answer, known)

    def plain(self, text: str) -> str:
        """The text without what is ignored; as it is where nothing would be left."""
        plain = unicodedata.normalize("NFKC", text)
        if self.ignore_case:
            plain = plain.casefold()
        if self.ignore_accents:
            plain = "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) != "Mn")
        if self.ignore_punctuation:
            plain = "".join(" " if unicodedata.category(c).startswith("P") else c for c in plain)
        if self.ignore_articles:
            plain = _articles.sub(" ", plain)
        return " ".join(plain.split()) or " ".join(text.split())
