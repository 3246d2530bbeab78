"""Whether a quotation stands in the text that it is said to be from: blanks may differ, and nothing else."""

import re

from modelhooks.judging.fences import bare


def spaced(text: str) -> str:
    """The text with one blank wherever it has any."""
    return re.sub(r"\s+", " ", bare(text)).strip()


def stands_in(quote: str, text: str) -> bool:
    """Whether the text has these words. An empty quotation stands nowhere."""
    return bool(spaced(quote)) and spaced(quote) in spaced(text)
