"""Cutting a response into steps. Pure: a text in, offsets out.

A version never changes what it does to a text, since answers name the version whose steps they speak of. A better
splitter is a new version in `SPLITTERS`, beside the old ones.
"""

from annotation.splitting.steps import LONGEST, Cut, is_cut, split
from annotation.splitting.turns import split_turns

VERSION = "1"
SPLITTERS = {"1": split}
TURNS_VERSION = "turns-1"
TURN_SPLITTERS = {"turns-1": split_turns}
"""Those that cut between turns; they want to know where the turns stand in the text."""

__all__ = [
    "LONGEST",
    "SPLITTERS",
    "TURNS_VERSION",
    "TURN_SPLITTERS",
    "VERSION",
    "Cut",
    "is_cut",
    "split",
    "split_turns",
]
