"""Where a mark begins and ends, whatever its tool counted in.

Goldpan counts Unicode code points, and so does Python. A browser counts UTF-16 code units, of which an emoji has two:
the browser's `end` of a mark behind one is greater by one. Which of the two a file holds is often said nowhere, but the
marked words, where they come along, tell.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.contract import BadOptions
from annotation.imports.adapters.options import text_option
from annotation.imports.canonical import Refused
from annotation.imports.canonical.wording import quoted

CODE_POINTS, UTF_16 = "code_points", "utf_16"
UNITS = (CODE_POINTS, UTF_16)

Place = tuple[int, int]


def unit_option(options: Mapping[str, Any]) -> str:
    """The option `offsets`; "" where it is not given."""
    unit = text_option(options, "offsets", "")
    if unit not in {"", *UNITS}:
        raise BadOptions(f"The option offsets is {quoted(unit)}; {' and '.join(UNITS)} are known.")
    return unit


def located(text: str, place: Place, *, words: str | None, unit: str, name: str) -> Place:
    """A mark in code points, end exclusive. `unit` is "" where nobody said it.

    Raises `Refused` with a sentence that begins with `name` where the mark lies outside the text, where other words
    stand there than `words`, and where the unit matters and nothing tells it.
    """
    places = {one: _in_code_points(text, place, one) for one in (UNITS if not unit else (unit,))}
    inside = {one: found for one, found in places.items() if found is not None}
    if not inside:
        raise Refused(f"{name} lies outside the text ({place[0]} to {place[1]}).")
    fitting = _fitting(text, list(inside.values()), words)
    if not fitting:
        start, end = next(iter(inside.values()))
        raise Refused(f"{name} marks {quoted(words)}, and {quoted(text[start:end])} stands there.")
    if len(set(fitting)) > 1:
        raise Refused(f"{name} may count in code points or in UTF-16, and means other words then; say it in offsets.")
    return fitting[0]


def _in_code_points(text: str, place: Place, unit: str) -> Place | None:
    """None where the place is not in the text, or in the middle of a character."""
    start, end = place
    if unit == UTF_16 and not text.isascii():
        found = [_characters(text, offset) for offset in place]
        if found[0] is None or found[1] is None:
            return None
        start, end = found[0], found[1]
    return (start, end) if 0 <= start < end <= len(text) else None


def _characters(text: str, units: int) -> int | None:
    """How many characters the first `units` UTF-16 code units of a text are."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    if not 0 <= 2 * units <= len(encoded):
        return None
    try:
        return len(encoded[: 2 * units].decode("utf-16-le"))
    except UnicodeDecodeError:
        return None


def _fitting(text: str, places: list[Place], words: str | None) -> list[Place]:
    """The places where the words stand, or else those where they stand but for blanks.

    Some tools write a line break as a backslash and an n.
    """
    if not words:
        return places
    exact = [place for place in places if text[place[0] : place[1]] == words]
    bare = words.replace("\\n", "\n").split()
    return exact or [place for place in places if text[place[0] : place[1]].split() == bare]
