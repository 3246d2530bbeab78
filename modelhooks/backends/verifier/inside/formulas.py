"""Whether two formulas say the same. What cannot be proved either way is not told."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import sympy
from sympy import Expr, Integer, Rational, Symbol
from sympy.core.random import seed

from .reading import Relation, Table, Tree, Unreadable, Words, read, words
from .reading import Sequence as Several

POINTS = 6
DIGITS = 30
SAME = sympy.Float("1e-20")
MOST_UNORDERED = 40
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def check(answer: str, known: str, parameters: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether two formulas are equal, for all values of their symbols. Says so in either order alike."""
    seed(0)  # SymPy draws the points at which it tries things; the same pair gives the same answer
    try:
        expected = read(known)
    except Unreadable as reason:
        return None, f"The known answer {reason}."
    try:
        given = read(answer)
    except Unreadable as reason:
        return None, f"The answer {reason}."
    if isinstance(given, Words) or isinstance(expected, Words):
        verdict: bool | None = words(answer) == words(known)
    else:
        verdict = equal(given, expected, parameters["tolerance"])
    if verdict is None:
        return None, "Whether the answer equals the known one could be neither proved nor refuted."
    return verdict, f"The answer {'equals' if verdict else 'does not equal'} the known one."


def equal(one: Tree, other: Tree, tolerance: float) -> bool | None:
    """None where it could be neither proved nor refuted."""
    one, other = _bare(one, other), _bare(other, one)
    if isinstance(one, Several) and isinstance(other, Several):
        return _several(one, other, tolerance)
    if isinstance(one, Table) and isinstance(other, Table):
        return _tables(one, other, tolerance)
    if isinstance(one, Relation) and isinstance(other, Relation):
        return _relations(one, other, tolerance)
    if isinstance(one, Expr) and isinstance(other, Expr):
        return _expressions(one, other, tolerance)
    return False


def _bare(tree: Tree, beside: Tree) -> Tree:
    """x = 5 is 5, and x in a set is that set, where the other side names no left side or the same one."""
    if isinstance(tree, Several) and not tree.is_ordered and tree.opening != "∪":
        items = tuple(_bare(item, _first(beside)) for item in tree.items)
        return Several("{", "}", items) if tree.opening == "{" or len(items) > 1 else tree
    if not isinstance(tree, Relation) or tree.sign not in {"=", "in"} or not isinstance(tree.left, Symbol):
        return tree
    same_name = isinstance(beside, Relation) and beside.sign == tree.sign and beside.left == tree.left
    return tree.right if same_name or not isinstance(beside, Relation) else tree


def _first(tree: Tree) -> Tree:
    return tree.items[0] if isinstance(tree, Several) and tree.items else tree


def _several(one: Several, other: Several, tolerance: float) -> bool | None:
    if len(one.items) != len(other.items) or one.is_ordered != other.is_ordered:
        return False
    if one.is_ordered:
        if (one.opening, one.closing) != (other.opening, other.closing):
            return False
        return _all(equal(a, b, tolerance) for a, b in zip(one.items, other.items, strict=True))
    if len(one.items) > MOST_UNORDERED:
        return None
    return _matching([[equal(a, b, tolerance) for b in other.items] for a in one.items])


def _matching(verdicts: Sequence[Sequence[bool | None]]) -> bool | None:
    """Whether each of one side has a partner of its own on the other; equality makes the first free one do."""
    free = set(range(len(verdicts)))
    for row in verdicts:
        partner = next((n for n in sorted(free) if row[n]), None)
        if partner is None:
            return None if any(None in one for one in verdicts) else False
        free.remove(partner)
    return True


def _tables(one: Table, other: Table, tolerance: float) -> bool | None:
    if [len(row) for row in one.rows] != [len(row) for row in other.rows]:
        return False
    cells = zip((c for row in one.rows for c in row), (c for row in other.rows for c in row), strict=True)
    return _all(_expressions(a, b, tolerance) for a, b in cells)


def _relations(one: Relation, other: Relation, tolerance: float) -> bool | None:
    """Equal up to a factor, which turns an inequality around where it is negative."""
    if not isinstance(one.right, Expr) or not isinstance(other.right, Expr):
        same_left = _expressions(one.left, other.left, tolerance)
        return _all([one.sign == other.sign, same_left, equal(one.right, other.right, tolerance)])
    if other.sign not in {one.sign, MIRRORED.get(one.sign)}:
        return False
    factor = sympy.simplify((one.left - one.right) / (other.left - other.right))
    if not factor.is_number:
        return False if factor.free_symbols else None
    if not factor.is_real or factor.is_zero:
        return False
    if one.sign in {"=", "!="}:
        return True
    return (one.sign == other.sign) == bool(factor.is_positive)


def _expressions(one: Expr, other: Expr, tolerance: float) -> bool | None:
    if one == other:
        return True
    if one.is_infinite or other.is_infinite:
        return False
    difference = one - other
    near = _near(one, other, tolerance)
    if near is False:
        return False
    if tolerance and near and not difference.free_symbols:
        return True
    if sympy.simplify(difference) == 0:
        return True
    proved = difference.equals(0)
    return None if proved is None else bool(proved)


def _near(one: Expr, other: Expr, tolerance: float) -> bool | None:
    """False where the two differ at some point, by more than the tolerance or than arithmetic could err."""
    symbols = sorted(one.free_symbols | other.free_symbols, key=str)
    chance = random.Random(0)  # noqa: S311  the same points every time
    for _ in range(POINTS if symbols else 1):
        point = {symbol: Rational(chance.randint(-1000, 1000), 211) for symbol in symbols}
        values = [side.subs(point).evalf(DIGITS) if symbols else side.evalf(DIGITS) for side in (one, other)]
        if not all(value.is_Number or (value.is_number and value.is_finite) for value in values):
            return None
        room = max(abs(values[0]), abs(values[1]), Integer(1) * SAME) * (tolerance or SAME)
        if abs(values[0] - values[1]) > room:
            return False
    return True


def _all(verdicts: Any) -> bool | None:
    """False as soon as one is, None where one is not known."""
    found = list(verdicts)
    if False in found:
        return False
    return None if None in found else True
