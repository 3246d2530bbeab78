"""What each kind of comparison says of answers whose truth is known. Every row is asked in both directions."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from modelhooks.backends.verifier import KINDS, VerifierRefused, verifier
from modelhooks.contracts import Candidate, Verification

Row = tuple[str, str, bool | None]

MATHS: Sequence[Row] = [
    ("1/2", r"\frac{1}{2}", True),
    ("0.5", r"\frac12", True),
    ("0.333", "1/3", False),
    ("2x+3", r"3+x\cdot 2", True),
    ("(x+1)^2", "x^2+2x+1", True),
    ("x^2", "2x", False),
    (r"\sqrt{8}", r"2\sqrt2", True),
    (r"\sqrt{2}+\sqrt{3}", r"\sqrt{5+2\sqrt{6}}", True),
    (r"\frac{1}{1+\sqrt2}", r"\sqrt2-1", True),
    (r"\sqrt[3]{27}", "3", True),
    (r"\sqrt{x^2}", "x", False),  # not where x is negative
    ("2^{-1}", "1/2", True),
    ("x^{10}", "x^10", True),
    ("5!", "120", True),
    (r"\binom{5}{2}", "10", True),
    ("|x|", r"\left|x\right|", True),
    (r"\lfloor 3.7 \rfloor", "3", True),
    (r"\sin^2 x+\cos^2 x", "1", True),
    (r"\sin x \cos x", r"\frac{1}{2}\sin(2x)", True),
    (r"\tan^{-1}(1)", r"\frac{\pi}{4}", True),
    (r"\log_2 8", "3", True),
    (r"\ln e", "1", True),
    (r"e^{i\pi}", "-1", True),
    ("a+b i", "a + ib", True),
    (r"3\sqrt{3}\pi", r"\pi 3^{3/2}", True),
    ("xsin(x)", r"x \sin x", True),
    (r"\dfrac{x^2-1}{x-1}", "x+1", True),
    ("x=5", "5", True),
    ("y=2x+1", "2x+1", True),
    ("f(x)=x^2", "x^2", True),
    ("2x-y+1=0", "y=2x+1", True),
    ("2x-y+1=0", "y=2x+2", False),
    ("x=1", "y=1", False),
    ("x<3", "3>x", True),
    ("-x>-3", "x<3", True),
    ("x<3", "x>3", False),
    ("x<3", r"x\le 3", False),
    ("(1,2)", "(2,1)", False),
    ("[0,1)", "[0,1]", False),
    (r"x \in [0,1)", "[0,1)", True),
    (r"(3, \frac{\pi}{2})", r"(3,\pi/2)", True),
    (r"(-\infty, 2) \cup (3, \infty)", r"(3,\infty)\cup(-\infty,2)", True),
    ("1, 2", "2,1", True),
    ("1, 2, and 3", "3, 2, 1", True),
    ("1, 1", "1, 2", False),
    ("1, 2", "1", False),
    (r"\{1,2\}", "{2, 1}", True),
    (r"\emptyset", r"\{\}", True),
    (r"x = 1 \text{ or } x = -2", "-2, 1", True),
    (r"1 \pm \sqrt{2}", r"1-\sqrt 2, 1+\sqrt 2", True),
    (r"\left\{-1,1\right\}", r"\pm 1", True),
    (r"\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}", r"\begin{bmatrix}1&2\\ 3&\frac{8}{2}\end{bmatrix}", True),
    (r"\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}", r"\begin{pmatrix}1 & 3\\2 & 4\end{pmatrix}", False),
    (r"\begin{pmatrix}1 & 2\end{pmatrix}", r"\begin{pmatrix}1 \\ 2\end{pmatrix}", False),
    ("1,234", "1234", True),
    (r"12\,345", "12345", True),
    (r"3\frac{1}{2}", "7/2", True),
    ("3 1/2", "3.5", True),
    (r"3 \times 10^{5}", "300000", True),
    (r"10\%", "10", True),
    (r"2 \text{ cm}", "2", True),
    (r"\infty", "5", False),
    ("x_1+x_2", "x_2+x_1", True),
    ("x", "X", False),
    (r"\text{even}", "even", True),
    ("even", "odd", False),
    ("yes", r"\text{Yes}", True),
    (r"\text{(C)}", "C", True),
    ("9^9^9^9", "1", None),
    ("1000000!", "1", None),
    (r"\frac{1}{0}", "1", None),
    ("x +", "1", None),
    ("1 < x < 2", "1", None),
    ("§", "1", None),
    (r"\unknown{x}", "1", None),
    ("(" * 500 + "x" + ")" * 500, "x", None),
]
NUMERIC: Sequence[Row] = [
    ("42", "42.0", True),
    ("41", "42", False),
    ("3/4", ".75", True),
    (r"\frac{3}{4}", "0.75", True),
    ("1 1/2", "1.5", True),
    ("1,234.5", "1234.5", True),
    ("1\u202f000", "1000", True),
    ("−3", "-3", True),
    ("1.5e3", r"1.5\times10^{3}", True),
    ("3.6 km/h", "1 m/s", True),
    ("5 m s^-2", "5 m/s²", True),
    ("5 meters per second on average", "5 m/s", True),
    ("5 kg", "5000 g", True),
    ("1 kWh", "3.6 MJ", True),
    (r"20\,^{\circ}\text{C}", "293.15 K", True),
    ("68 degrees Fahrenheit", "20 °C", True),
    ("180°", "3.141592653589793 rad", True),
    ("12 square meters", "12 m2", True),
    ("$5.20", "520 cents", True),
    ("$5", "5 €", False),
    ("50%", "0.5", True),
    ("50%", "50", True),
    ("50%", "5", False),
    ("5 s", "5 m", False),
    ("5 m", "6 m", False),
    ("5 m", "5", True),
    ("5 apples", "5 pears", True),
    ("5 apples", "5 m", None),
    ("2^{10}", "1024", None),
    ("3 + 4", "7", None),
    ("5, 6", "5", None),
    ("1 hour 5 minutes", "65 min", None),
    ("1e400", "1", None),
    ("9**9**9**9", "9", None),
    ("5 m**999999999", "5 m", None),
    ("five", "5", None),
]
EXACT: Sequence[Row] = [
    ("Paris", " paris.", True),
    ("New  York", "new york", True),
    ("ﬁne", "fine", True),
    ("Paris", "Rome", False),
    ("!", "?", False),
    ("naïve", "naive", False),
]


def asked(kind: str, rows: Sequence[tuple[str, str]], **parameters: Any) -> list[Verification]:
    return verifier(kind, parameters).verify([Candidate((), response, reference) for response, reference in rows])


@pytest.mark.parametrize(("kind", "rows"), [("maths", MATHS), ("numeric", NUMERIC), ("exact", EXACT)])
def test_known_answers_in_either_direction(kind: str, rows: Sequence[Row]) -> None:
    there = asked(kind, [(one, other) for one, other, _ in rows], where="whole")
    back = asked(kind, [(other, one) for one, other, _ in rows], where="whole")

    told = [(one, other, a.is_correct, b.is_correct) for (one, other, _), a, b in zip(rows, there, back, strict=True)]
    assert told == [(one, other, truth, truth) for one, other, truth in rows]
    assert all(one.explanation.endswith(".") for one in there + back)


@pytest.mark.parametrize(
    ("parameters", "response", "reference", "truth"),
    [
        ({"relative": 0.01}, "3.14", "3.14159", True),
        ({"relative": 0.0001}, "3.14", "3.14159", False),
        ({"absolute": 0.5}, "10.4", "10", True),
        ({"absolute": 0.5}, "10.6", "10", False),
        ({"relative": 0, "absolute": 0}, "0.1", "1/10", True),
        ({"units": "required"}, "5", "5 m", False),
        ({"units": "required"}, "5 m", "5", False),
        ({"units": "required"}, "500 cm", "5 m", True),
        ({"units": "ignored"}, "5 km", "5 m", True),
    ],
)
def test_tolerances_and_units_are_parameters(
    parameters: Mapping[str, Any], response: str, reference: str, truth: bool
) -> None:
    [said] = asked("numeric", [(response, reference)], **parameters)

    assert said.is_correct is truth


def test_formulas_may_be_compared_with_a_tolerance() -> None:
    rows = [("0.333", "1/3"), ("0.3", "1/3"), (r"1.414, -1.414", r"\pm\sqrt 2")]

    assert [one.is_correct for one in asked("maths", rows, where="whole", tolerance=0.01)] == [True, False, True]


@pytest.mark.parametrize(
    ("parameters", "response", "pattern", "truth"),
    [
        ({}, "say hello", "h.llo", True),
        ({"full": True}, "say hello", "h.llo", False),
        ({"ignore_case": True}, "HELLO", "hello", True),
        ({}, "a\nb", "^b", False),
        ({"multiline": True}, "a\nb", "^b", True),
        ({"dot_all": True, "full": True}, "a\nb", "a.b", True),
        ({"pattern": "^ok$"}, "ok", "", True),
        ({}, "x", "(", None),
        ({}, "a" * 60 + "b", "(a+)+$", None),  # would take years
    ],
)
def test_patterns(parameters: Mapping[str, Any], response: str, pattern: str, truth: bool | None) -> None:
    [said] = asked("regex", [(response, pattern)], **parameters, seconds=1)

    assert said.is_correct is truth


@pytest.mark.parametrize(
    ("response", "letter"),
    [
        ("B", "B"),
        ("(b)", "B"),
        ("B.", "B"),
        ("**C**", "C"),
        ("The answer is (D).", "D"),
        ("Answer: C) because a is wrong", "C"),
        ("The correct answer is option B: it is red", "B"),
        (r"So \boxed{\text{A}}.", "A"),
        ("A looks good, but C is better.\n\nC", "C"),
        ("I would say it is (B)", "B"),
        ("The answer is green", "C"),
        ("A good question", None),
        ("It is either B or C", None),
        ("The answer is a mystery", None),
        ("The answer is E", None),
    ],
)
def test_choices(response: str, letter: str | None) -> None:
    options = ("red", "blue", "green", "a grey one")

    said = asked("choice", [(response, right) for right in "ABCD"], options=options)

    assert [one.is_correct for one in said] == [None if letter is None else letter == right for right in "ABCD"]


def test_exact_texts_may_differ_in_what_is_ignored() -> None:
    assert [one.is_correct for one in asked("exact", [("Paris", "paris")], ignore_case=False)] == [False]
    assert [one.is_correct for one in asked("exact", [("a.b", "a b")], ignore_punctuation=False)] == [False]
    assert [one.is_correct for one in asked("exact", [("the Beatles", "Beatles")], ignore_articles=True)] == [True]
    assert [one.is_correct for one in asked("exact", [("naïve", "naive")], ignore_accents=True)] == [True]
    assert [one.is_correct for one in asked("exact", [("UK", "Britain||UK||")], separator="||")] == [True]


def test_what_is_not_known_is_not_told() -> None:
    for kind in KINDS:
        for reference in (None, "", "  "):
            [said] = verifier(kind).verify([Candidate((), "5", reference)])
            assert said.is_correct is None
            assert said.explanation == "There is no known answer to compare with."


def test_a_response_without_an_answer_is_told_wrong_only_on_request() -> None:
    assert asked("numeric", [("I do not know", "5")])[0].is_correct is None
    assert asked("numeric", [("I do not know", "5")], without_answer="wrong")[0].is_correct is False


def test_the_known_answer_may_stand_in_a_solution() -> None:
    solution = "He has 3 + 4 = 7 apples.\n#### 7"

    assert asked("numeric", [("The answer is 7.", solution)], reference_is_solution=True)[0].is_correct is True
    assert asked("numeric", [("The answer is 7.", "no idea")], reference_is_solution=True)[0].is_correct is None


def test_a_pair_that_never_ends_costs_the_others_nothing() -> None:
    endless = "a" * 60 + "b"

    said = asked("regex", [("aa", "a+$"), (endless, "(a+)+$"), ("b", "a"), (endless, "(a+)+$")], seconds=1)

    assert [one.is_correct for one in said] == [True, None, False, None]
    assert said[1].explanation == "Comparing the answer with the known one took more than 1 seconds."


def test_a_fingerprint_is_of_all_that_a_verdict_depends_on() -> None:
    plain = verifier("numeric")

    assert plain.fingerprint == verifier("numeric", {"relative": 1e-6}).fingerprint
    assert (
        len({plain.fingerprint, verifier("numeric", {"relative": 1e-5}).fingerprint, verifier("maths").fingerprint})
        == 3
    )
    assert set(plain.libraries()) == {"pint"}


def test_a_fingerprint_changes_with_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = verifier("exact").fingerprint
    monkeypatch.setattr(KINDS["exact"], "version", 99)

    assert verifier("exact").fingerprint != before


@pytest.mark.parametrize(
    ("kind", "parameters", "sentence"),
    [
        ("oracle", {}, "There is no verifier 'oracle'; there are exact, numeric, "),
        ("exact", {"case": True}, "The verifier 'exact': case: Extra inputs are not permitted."),
        ("numeric", {"relative": -1}, "The verifier 'numeric': relative: Input should be greater than or equal to 0."),
        ("numeric", {"seconds": 1_000_000}, "The verifier 'numeric': seconds: Input should be less than"),
    ],
)
def test_unknown_kinds_and_parameters_are_refused(kind: str, parameters: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(VerifierRefused) as refused:
        verifier(kind, parameters)

    assert str(refused.value).startswith(sentence)


def test_every_kind_is_registered_under_its_own_name() -> None:
    assert [one.kind for one in KINDS.values()] == list(KINDS)
