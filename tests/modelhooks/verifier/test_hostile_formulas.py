"""Formulas that are attacks: they are read, and never run."""

import builtins
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from modelhooks.backends.verifier import verifier
from modelhooks.backends.verifier.inside import formulas, quantities
from modelhooks.contracts import Candidate
from tests.modelhooks.verifier.test_known_answers import MATHS, NUMERIC

EXACTLY = {"tolerance": 0.0, "units": "if_given", "relative": 0.0, "absolute": 0.0}
CODE = [
    "__import__('os').system('touch {canary}')",
    "().__class__.__bases__[0].__subclasses__()",
    'eval(\'open("{canary}","w")\')',
    "exec(\"open('{canary}','w')\")",
    "open('{canary}','w')",
    "lambda: open('{canary}','w')",
    "[open('{canary}','w') for x in (1,)]",
    "Symbol('x').__class__.__init__.__globals__['sys']",
    "x.__class__",
    "sqrt.__globals__",
    'sympify(\'open("{canary}","w")\')',
    "Function('f')(1); open('{canary}','w')",
    'f\'{{open("{canary}","w")}}\'',
    "1 if open('{canary}','w') else 2",
    "5 __import__('os').system('touch {canary}')",
    "5 m.__class__",
    "\\input{{/etc/passwd}}",
    "\\write18{{touch {canary}}}",
    "\\text{{}}__import__",
    "x_{{__import__('os').system('touch {canary}')}}",
]
ENDLESS = [
    "9^9^9^9^9",
    "9**9**9**9",
    "(10^10)^(10^10)",
    "2^(2^(2^(2^(2^2))))!",
    "100000!!!!",
    "\\binom{10^9}{10^8}",
    "(x+y+1)^99999",
    "((x+1)^200-(x+2)^200)^200",
    "\\sin(" * 50 + "x" + ")" * 50,
    "1/" * 500 + "1",
    "x+" * 900 + "x",
    "-" * 1_900 + "1",
    "\\sqrt{" * 60 + "2" + "}" * 60,
    "|" * 1_000 + "x" + "|" * 900,
    "{" * 1_000 + "}" * 1_000,
    "9" * 2_000,
    "\\frac" * 400 + "12",
    "1," * 900 + "1",
    "x_" * 900 + "1",
]


RUNS_TEXT = ("eval", "exec", "compile")


def checked(check: Any, one: str, other: str, parameters: Mapping[str, Any]) -> bool | None:
    """The verdict; fails if anything turned a text into code on the way."""
    run: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in RUNS_TEXT:
            original = getattr(builtins, name)
            patch.setattr(builtins, name, lambda *words, n=name, o=original, **more: run.append(n) or o(*words, **more))
        verdict = check(one, other, parameters)[0]
    assert run == []
    return verdict


@pytest.fixture(scope="module", autouse=True)
def _what_libraries_load_late() -> None:
    """Loading a module runs its code, so that is done before anybody watches."""
    for one, other, _ in MATHS:
        formulas.check(one, other, EXACTLY)
    for one, other, _ in NUMERIC:
        quantities.check(one, other, EXACTLY)


@pytest.mark.parametrize("text", CODE)
def test_code_is_not_run(text: str, tmp_path: Path) -> None:
    written = text.format(canary=tmp_path / "canary")

    for check in (formulas.check, quantities.check):
        assert checked(check, written, "5", EXACTLY) in {None, False}
        assert checked(check, "5", written, EXACTLY) in {None, False}

    assert list(tmp_path.iterdir()) == []


def test_the_watch_sees_a_text_that_is_run() -> None:
    with pytest.raises(AssertionError):
        checked(lambda one, other, parameters: (sympy.sympify(one) == other, ""), "5", "5", EXACTLY)


def test_nothing_is_evaluated_to_compare_what_is_known() -> None:
    for one, other, truth in MATHS:
        assert checked(formulas.check, one, other, EXACTLY) is truth
    for one, other, truth in NUMERIC:
        assert checked(quantities.check, one, other, EXACTLY | {"relative": 1e-6}) is truth


@pytest.mark.parametrize("kind", ["maths", "numeric"])
def test_what_never_ends_is_ended(kind: str) -> None:
    hostile = [Candidate((), text, "5") for text in ENDLESS]

    started = time.monotonic()
    said = verifier(kind, {"where": "whole", "seconds": 1}).verify([*hostile, Candidate((), "5", "5")])

    assert said[-1].is_correct is True
    assert all(one.is_correct is not True for one in said[:-1])
    assert all(one.explanation.endswith(".") for one in said)
    assert time.monotonic() - started < 200


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("0123456789.,xyei+-*/^_=<>()[]{}|\\!&% '\"fracsqrtsinpmtext"), max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with_itself = formulas.check(text, "1234567", EXACTLY)

    assert with_itself[0] in {True, False, None}
