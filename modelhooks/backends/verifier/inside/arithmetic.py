"""What is computed while a formula is read, and what would never end and is not begun."""

import sympy
from sympy import Expr, Rational

from .trees import Unreadable

MOST_DIGITS = 1_000
LARGEST_POWER = 100_000  # bits of a power of two whole numbers
LARGEST_FACTORIAL = 1_000


def as_number(token: str) -> Expr:
    if len(token) > MOST_DIGITS:
        raise Unreadable("has a number in it that is too large")
    whole, _, decimals = token.partition(".")
    return Rational(int((whole or "0") + decimals), 10 ** len(decimals))


def divided(above: Expr, below: Expr) -> Expr:
    if below.is_zero:
        raise Unreadable("divides by zero")
    return above / below


def raised(base: Expr, exponent: Expr) -> Expr:
    """Powers of numbers are computed by SymPy at once, so those that never end are not begun."""
    if base.is_Rational and exponent.is_Rational:
        bits = max(abs(int(base.p)).bit_length(), abs(int(base.q)).bit_length())
        if abs(exponent) * bits > LARGEST_POWER:
            raise Unreadable("has a number in it that is too large")
        if base.is_zero and exponent.is_negative:
            raise Unreadable("divides by zero")
    return base**exponent


def factorial(inner: Expr) -> Expr:
    if inner.is_number and not (inner.is_Integer and 0 <= int(inner) <= LARGEST_FACTORIAL):
        raise Unreadable("has a factorial in it that is too large or none")
    return sympy.factorial(inner)
