"""Cutting a response into steps. Pure: a text in, offsets out.

A version never changes what it does to a text, since answers name the version whose steps they speak of. A better
splitter is a new version in `SPLITTERS`, beside the old ones.
"""

from annotation.splitting.steps import LONGEST, Cut, is_cut, split

VERSION = "1"
SPLITTERS = {"1": split}

__all__ = ["LONGEST", "SPLITTERS", "VERSION", "Cut", "is_cut", "split"]
