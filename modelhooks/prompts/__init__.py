"""What judges are asked, in our own words, one file for each question and version. Plain Python.

A file is turns that begin with `[system]` or `[user]` on a line of its own; a second `[user]` is asked after the
answer to the first. `{{name}}` is filled in, all places at once, so that nothing in what is filled in is a place
again; `{{fences-1}}` and its like are other files. A file that was released is never changed: a new wording is a new
version, since the version and a hash of the words stand in the fingerprint of everything that was asked with them.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
NAME = re.compile(r"[a-z]+(?:-[a-z]+)*-[1-9][0-9]*")
PLACE = re.compile(r"\{\{([a-z0-9_-]+)\}\}")
HEADING = re.compile(r"^\[(system|user)\]$", re.MULTILINE)


class PromptRefused(ValueError):
    """A prompt that is not there, or that is not filled in as it wants to be."""


@dataclass(frozen=True)
class Prompt:
    """Turns with places in them."""

    name: str
    turns: tuple[tuple[str, str], ...]
    digest: str

    @property
    def places(self) -> frozenset[str]:
        """What has to be filled in."""
        return frozenset(PLACE.findall("".join(text for _, text in self.turns)))

    def with_place(self, place: str, text: str) -> "Prompt":
        """The same prompt with a place of its own turned into text, which may be several places."""
        turns = tuple((role, said.replace(f"{{{{{place}}}}}", text)) for role, said in self.turns)
        return Prompt(self.name, turns, self.digest)

    def under(self, more: "Prompt") -> "Prompt":
        """The same prompt with the turns of the system of another one at the end of its own."""
        added = "\n".join(text for role, text in more.turns if role == "system")
        turns = tuple((role, f"{said}\n{added}" if role == "system" else said) for role, said in self.turns)
        return Prompt(self.name, turns, self.digest)

    def filled(self, words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Role and text of each turn. Raises PromptRefused where a place is left or a word has none."""
        if self.places != set(words):
            raise PromptRefused(f"{self.name} wants {', '.join(sorted(self.places))}.")
        return tuple((role, PLACE.sub(lambda place: words[place[1]], text)) for role, text in self.turns)


@cache
def prompt(name: str) -> Prompt:
    """The prompt of this name and version, such as "pairwise-direct-1"."""
    whole = _expanded(name)
    parts = HEADING.split(whole)
    if parts[0].strip() or len(parts) < 3:
        raise PromptRefused(f"{name} begins with no turn.")
    turns = tuple((role, text.strip()) for role, text in zip(parts[1::2], parts[2::2], strict=True))
    return Prompt(name, turns, hashlib.sha256(whole.encode()).hexdigest())


def _expanded(name: str) -> str:
    """A file with the files that it names in it."""
    path = FOLDER / f"{name}.txt"
    if not NAME.fullmatch(name) or not path.is_file():
        raise PromptRefused(f"There is no prompt {name!r}.")
    text = path.read_text(encoding="utf-8")
    return PLACE.sub(lambda place: _expanded(place[1]).strip() if NAME.fullmatch(place[1]) else place[0], text)
