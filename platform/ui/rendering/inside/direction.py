"""Which way a text runs: the first strong character decides (Unicode Bidirectional Algorithm, rules P2 and P3)."""

import re
import unicodedata
from typing import Literal

Direction = Literal["ltr", "rtl"]
LOOK_AT = 10_000  # characters; a text of digits alone must not cost a walk through all of it
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


def base_direction(text: str) -> Direction:
    """Left to right where the text has no strong character at all."""
    if RIGHT_TO_LEFT.search(text) is None:
        return "ltr"
    for character in text[:LOOK_AT]:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in ("R", "AL"):
            return "rtl"
    return "ltr"


def runs_both_ways(text: str) -> bool:
    """True when the text has right-to-left letters, so that each block should find its own direction."""
    return RIGHT_TO_LEFT.search(text) is not None
