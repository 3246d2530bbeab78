r"""Formulas as text, in LaTeX or as on a keyboard, become trees. Nothing is ever evaluated to read them.

The text is cut into tokens from a fixed list, and a Pratt parser builds SymPy objects from numbers that were read digit
by digit and from symbols. No text reaches SymPy's own parser, which would run it as Python.
"""

from .grammar import Parser
from .tokens import only_words, tokens, trimmed, words
from .trees import NO_FORMULA, Relation, Sequence, Table, Tree, Unreadable, Words
from .vocabulary import EITHER_SIGN

__all__ = ["NO_FORMULA", "Relation", "Sequence", "Table", "Tree", "Unreadable", "Words", "read", "words"]

LONGEST = 2_000  # characters


def read(text: str) -> Tree:
    """A formula, a list of them, an equation, a matrix, or plain words. Raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable("is too long")
    text = trimmed(text)
    if (said := only_words(text)) is not None:
        return Words(said)
    written = list(tokens(text))
    if not EITHER_SIGN.keys() & set(written):
        return Parser(written).everything()
    plus_and_minus = ([EITHER_SIGN.get(token, (token, token))[n] for token in written] for n in (0, 1))
    return Sequence("", "", tuple(Parser(signs).everything() for signs in plus_and_minus))
