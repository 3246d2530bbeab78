"""What must hold of any quantity and any formula."""

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modelhooks.backends.verifier.inside import formulas, quantities

EXACTLY = {"tolerance": 0.0}
LOOSELY = {"units": "if_given", "relative": 1e-9, "absolute": 0.0}
LENGTHS = {"mm": 1, "cm": 10, "m": 1_000, "km": 1_000_000}

whole = st.integers(-999, 999)
# A formula as two texts that say the same: on a keyboard and in LaTeX.
Both = tuple[str, str]
atoms: st.SearchStrategy[Both] = st.one_of(
    st.integers(0, 99).map(lambda n: (str(n), str(n))),
    st.sampled_from([("x", "x"), ("y", "y"), ("pi", r"\pi"), ("1/2", r"\frac{1}{2}"), ("sqrt(2)", r"\sqrt{2}")]),
)


def longer(inner: "st.SearchStrategy[Both]") -> "st.SearchStrategy[Both]":
    def join(a: Both, sign: Both, b: Both) -> Both:
        return f"({a[0]}){sign[0]}({b[0]})", rf"\left({a[1]}\right){sign[1]}\left({b[1]}\right)"

    signs = st.sampled_from([("+", "+"), ("-", "-"), ("*", r"\cdot "), ("*", "")])
    squares = inner.map(lambda a: (f"({a[0]})**2", f"{{({a[1]})}}^{{2}}"))
    sines = inner.map(lambda a: (f"sin({a[0]})", rf"\sin\left({a[1]}\right)"))
    return st.one_of(st.builds(join, inner, signs, inner), squares, sines)


trees = st.recursive(atoms, longer, max_leaves=4)


def formula(one: str, other: str) -> bool | None:
    return formulas.check(one, other, EXACTLY)[0]


def quantity(one: str, other: str, **parameters: Any) -> bool | None:
    return quantities.check(one, other, LOOSELY | parameters)[0]


@settings(max_examples=60, deadline=None)
@given(trees)
def test_a_formula_is_itself_in_latex(both: Both) -> None:
    assert formula(both[0], both[1]) is True


@settings(max_examples=60, deadline=None)
@given(trees, trees)
def test_comparing_formulas_has_no_direction(one: Both, other: Both) -> None:
    assert formula(one[0], other[1]) == formula(other[1], one[0])


@settings(max_examples=60, deadline=None)
@given(trees, st.integers(1, 5))
def test_a_formula_is_not_itself_and_something(both: Both, more: int) -> None:
    assert formula(both[0], f"{both[1]}+{more}") is False


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_fractions_are_read_exactly(above: int, below: int) -> None:
    found = quantities.quantity(f"{above}/{below}").number

    assert found == Fraction(above, below)


@given(st.integers(-(10**9), 10**9), st.sampled_from(list(LENGTHS)), st.sampled_from(list(LENGTHS)))
def test_a_length_is_itself_in_another_unit(number: int, one: str, other: str) -> None:
    converted = Fraction(number * LENGTHS[one], LENGTHS[other])

    assert quantity(f"{number} {one}", f"{converted.numerator}/{converted.denominator} {other}") is True
    assert quantity(f"{number} {one}", f"{number + 1} {one}", relative=0.0) is False


@given(
    whole,
    whole,
    st.sampled_from(["", "m", "km", "s", "%", "degC", "K", "apples"]),
    st.sampled_from(["", "m", "s", "K"]),
)
def test_comparing_quantities_has_no_direction(a: int, b: int, one: str, other: str) -> None:
    assert quantity(f"{a} {one}", f"{b} {other}") == quantity(f"{b} {other}", f"{a} {one}")


@given(st.integers(1, 10**15))
def test_digits_may_be_grouped(number: int) -> None:
    assert quantity(f"{number:,}", str(number), relative=0.0) is True
