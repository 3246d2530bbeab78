"""The names and signs of formulas, in LaTeX and as on a keyboard, and what each stands for."""

from collections.abc import Callable, Mapping

import sympy
from sympy import Expr, S

GREEK = (
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "vartheta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "varphi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Sigma",
    "Phi",
    "Psi",
    "Omega",
    "ell",
)
CONSTANTS: Mapping[str, Expr] = {
    **dict.fromkeys(("pi", "\\pi", "π"), S.Pi),
    **dict.fromkeys(("e", "\\e"), S.Exp1),
    **dict.fromkeys(("i", "\\i", "\\imath"), S.ImaginaryUnit),
    **dict.fromkeys(("oo", "inf", "infty", "infinity", "\\infty", "∞"), S.Infinity),
}
FUNCTIONS: Mapping[str, Callable[[Expr], Expr]] = {
    **{name: getattr(sympy, name) for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh")},
    **{name: getattr(sympy, name) for name in ("asin", "acos", "atan", "exp", "floor", "factorial")},
    **{"arc" + name: getattr(sympy, "a" + name) for name in ("sin", "cos", "tan")},
    "ln": sympy.log,
    "log": sympy.log,  # in whichever base: both sides are read alike, unless the base is written
    "lg": lambda x: sympy.log(x, 10),
    "sqrt": sympy.sqrt,
    "cbrt": sympy.cbrt,
    "abs": sympy.Abs,
    "ceil": sympy.ceiling,
    "ceiling": sympy.ceiling,
}
RELATIONS = {
    **{sign: sign for sign in ("=", "<", ">", "<=", ">=", "!=")},
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "\\le": "<=",
    "\\leq": "<=",
    "\\leqslant": "<=",
    "\\lt": "<",
    "\\ge": ">=",
    "\\geq": ">=",
    "\\geqslant": ">=",
    "\\gt": ">",
    "\\ne": "!=",
    "\\neq": "!=",
    "\\approx": "=",
    "≈": "=",
    "\\in": "in",
    "∈": "in",
}
CLOSING = {
    "(": ")",
    "[": "]",
    "{": "}",
    "\\{": "\\}",
    "\\lfloor": "\\rfloor",
    "\\lceil": "\\rceil",
}
TIMES, OVER = {"*", "\\cdot", "\\times", "×", "·", "⋅", "\\ast"}, {"/", "\\div", "÷", ":"}
EITHER_SIGN = {**dict.fromkeys(("\\pm", "±"), ("+", "-")), **dict.fromkeys(("\\mp", "∓"), ("-", "+"))}
MATRICES = {"matrix", "pmatrix", "bmatrix", "vmatrix"}
UNIONS = {"\\cup", "∪"}
EMPTY = {"\\emptyset", "\\varnothing", "∅"}
MINUS = {"-", "−", "–"}
