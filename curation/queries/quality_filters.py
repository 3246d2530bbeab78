"""What the address of a page of quality asks for: words of a declared list, each once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from ui.problems import Refusal

CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
LONGEST = 200
WHYS = ("unsure", "unsettled", "sure")


class FiltersRefused(Refusal):
    """The address asks for something that the page does not know."""

    status = 400
    title = "This page cannot be filtered like that"


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty means everything. A slice is `tag:code` or `language:de`; `why` narrows lists of items."""

    question: str = ""
    facet: str = ""
    slice: str = ""
    why: str = ""

    def with_(self, **changes: str) -> "Filters":
        return replace(self, **changes)

    @property
    def address(self) -> str:
        """The same as a query string with its question mark; empty where nothing is asked for."""
        given = {"question": self.question, "facet": self.facet, "slice": self.slice, "why": self.why}
        return self.query(given)

    @staticmethod
    def query(words: Mapping[str, str]) -> str:
        """These words, of which empty ones say nothing, as a query string."""
        told = urlencode({name: value for name, value in words.items() if value})
        return f"?{told}" if told else ""

    @property
    def slice_words(self) -> str:
        """The slice as a reader says it."""
        kind, _, name = self.slice.partition(":")
        return f"{kind} “{name}”" if name else ""


def read_filters(query: QueryDict, allowed: Sequence[str]) -> Filters:
    """Raises FiltersRefused for a name, a repetition or a value that is not declared. `after` is left to the pages."""
    for name, values in query.lists():
        if name not in (*allowed, "after"):
            raise FiltersRefused(f"The address holds a filter that is not known. Known: {', '.join(allowed)}.")
        if len(values) > 1:
            raise FiltersRefused(f"The address gives “{name}” twice.")
        if name != "after" and (CONTROL.search(values[0]) or len(values[0]) > LONGEST):
            raise FiltersRefused(f"The value of “{name}” is too long or holds a control character.")
    found = Filters(**{name: query.get(name, "") for name in allowed})
    kind, _, name = found.slice.partition(":")
    if found.slice and (kind not in ("tag", "language") or not name):
        raise FiltersRefused("A slice is a tag or a language, such as tag:code or language:de.")
    if found.why and found.why not in WHYS:
        raise FiltersRefused(f"There is no such list. Known: {', '.join(WHYS)}.")
    return found
