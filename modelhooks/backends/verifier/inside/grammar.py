"""Tokens of a formula to a tree: a Pratt parser that builds SymPy objects from numbers and symbols, digit by digit."""

from collections.abc import Callable, Mapping

import sympy
from sympy import Expr, Integer, Symbol

from .arithmetic import LARGEST_FACTORIAL, as_number, divided, factorial, raised
from .trees import NO_FORMULA, Relation, Sequence, Table, Tree, Unreadable
from .vocabulary import (
    CLOSING,
    CONSTANTS,
    EMPTY,
    FUNCTIONS,
    GREEK,
    MATRICES,
    MINUS,
    OVER,
    RELATIONS,
    TIMES,
    UNIONS,
)

DEEPEST = 60


class Parser:
    """Binding powers: sums 10, products 20, signs 25, what stands side by side 30, powers 40, factorials 50."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.position = tokens, 0
        self.depth = self.bars = self.in_argument = 0

    @property
    def next(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        sign = self.next
        if not sign or (wanted and sign != wanted):
            raise Unreadable(NO_FORMULA if sign else "ends too early")
        self.position += 1
        return sign

    def everything(self) -> Tree:
        items = self.list()
        if self.next:
            raise Unreadable(NO_FORMULA)
        return items[0] if len(items) == 1 else Sequence("", "", tuple(items))

    def list(self) -> "list[Tree]":
        items = [self.relation()]
        while self.next in {",", ";", "or", "and"}:
            self.take()
            if self.next in {"or", "and"}:  # "1, 2, and 3"
                self.take()
            items.append(self.relation())
        return items

    def relation(self) -> Tree:
        left = self.side()
        if self.next not in RELATIONS and self.next != "==":
            return left
        sign = "=" if self.next == "==" else RELATIONS[self.next]
        self.take()
        if not isinstance(left, Expr):
            raise Unreadable("compares what is no number")
        right = self.side()
        if self.next in RELATIONS:
            raise Unreadable("is a chain of relations")
        return Relation(sign, left, right)

    def side(self) -> Tree:
        """One side of a relation: an expression, or brackets around several things with nothing beside them."""
        if self.next in EMPTY:
            self.take()
            return Sequence("{", "}", ())
        if self.next in {"(", "[", "{", "\\{"} and (found := self.brackets()) is not None:
            return self.union(found)
        return self.matrix() if self.next == "\\begin" else self.signs()

    def union(self, first: Tree) -> Tree:
        parts = [first]
        while self.next in UNIONS:
            self.take()
            parts.append(self.side())
        return first if len(parts) == 1 else Sequence("∪", "", tuple(parts))

    def brackets(self) -> "Tree | None":
        """None where they hold one expression only: then they are part of a formula."""
        start, opening = self.position, self.take()
        if opening == "\\{" and self.next == "\\}":
            self.take()
            return Sequence("{", "}", ())
        self.nest(1)
        items = self.list()
        self.nest(-1)
        if len(items) == 1 and opening != "\\{":
            self.position = start
            return None
        closing = self.take()
        if (opening in "([" and closing in ")]") or closing == CLOSING[opening]:
            return Sequence(opening.strip("\\"), closing.strip("\\"), tuple(items))
        raise Unreadable("has brackets that do not match")

    def matrix(self) -> Table:
        self.take("\\begin")
        name = self.environment()
        if name not in MATRICES:
            raise Unreadable("has something in it that is not known here")
        rows = [self.row()]
        while self.next == "\\\\":
            self.take()
            if self.next != "\\end":
                rows.append(self.row())
        self.take("\\end")
        if self.environment() != name or len({len(one) for one in rows}) != 1:
            raise Unreadable("is no matrix that can be read")
        return Table(tuple(rows))

    def row(self) -> tuple[Expr, ...]:
        cells = [self.signs()]
        while self.next == "&":
            self.take()
            cells.append(self.signs())
        return tuple(cells)

    def environment(self) -> str:
        self.take("{")
        name = self.take()
        self.take("}")
        return name

    def signs(self) -> Expr:
        return self.expression(0)

    def nest(self, step: int) -> None:
        self.depth += step
        if self.depth > DEEPEST:
            raise Unreadable("is nested too deeply")

    def expression(self, least: int) -> Expr:
        self.nest(1)
        left = self.prefix()
        while (longer := self.longer(left, least)) is not None:
            left = longer
        self.nest(-1)
        return left

    def longer(self, left: Expr, least: int) -> Expr | None:
        """`left` with what follows it, where that binds at least so strongly."""
        sign = self.next
        if sign == "!" and least <= 50:
            self.take()
            return factorial(left)
        if sign in {"^", "**"} and least <= 40:
            self.take()
            return raised(left, self.exponent())
        if sign in TIMES | OVER and least <= 20:
            self.take()
            right = self.expression(21)
            return left * right if sign in TIMES else divided(left, right)
        if sign in MINUS | {"+"} and least <= 10:
            self.take()
            right = self.expression(11)
            return left + right if sign == "+" else left - right
        return left * self.expression(31) if least <= 30 and self.begins_factor(sign) else None

    def begins_factor(self, sign: str) -> bool:
        """Whether what comes next stands beside a factor. In sin x cos x, the second function ends the first's x."""
        if sign == "|":
            return not self.bars
        if not sign or sign in {"or", "and"} or (self.in_argument and sign.lstrip("\\") in FUNCTIONS):
            return False
        return sign[0].isalnum() or sign in {"(", "[", "{", "√", "∞"} or sign in COMMANDS

    def exponent(self) -> Expr:
        """A number belongs to it as a whole, also in LaTeX without braces: people write x^10 and mean it."""
        if self.next in MINUS:
            self.take()
            return -self.exponent()
        return self.expression(40)

    def prefix(self) -> Expr:
        sign = self.take()
        if sign in MINUS:
            return -self.expression(25)
        if sign == "+":
            return self.expression(25)
        if sign[0].isdigit() or sign[0] == ".":
            return as_number(sign)
        if sign in {"(", "[", "{"}:
            return self.enclosed(sign)
        if sign in COMMANDS:
            return COMMANDS[sign](self)
        if sign[0].isalpha():
            return self.named(sign)
        raise Unreadable("has something in it that is not known here" if sign[0] == "\\" else NO_FORMULA)

    def enclosed(self, opening: str) -> Expr:
        outside, self.in_argument = self.in_argument, 0
        inner = self.signs()
        self.in_argument = outside
        self.take(CLOSING[opening])
        return inner

    def absolute(self) -> Expr:
        self.bars += 1
        inner = self.signs()
        self.take("|")
        self.bars -= 1
        return sympy.Abs(inner)

    def group(self) -> Expr:
        """What a command is applied to: braces, or the next sign alone, one digit of a number."""
        sign = self.next
        if sign == "{":
            self.take()
            return self.enclosed("{")
        if sign[:1].isdigit() and len(sign) > 1 and sign.isdigit():
            self.tokens[self.position] = sign[1:]
            return as_number(sign[0])
        if len(sign) > 1 and sign.isalpha():
            self.tokens[self.position] = sign[1:]
            return CONSTANTS.get(sign[0]) or Symbol(sign[0])
        return self.expression(45)

    def named(self, name: str) -> Expr:
        """A function, a constant, a name with an index; up to three letters are a product, more are one name."""
        if name in FUNCTIONS:
            return self.applied(name)
        if self.next == "_":
            return self.subscripted(name)
        if name in CONSTANTS or len(name) > 3:
            return CONSTANTS.get(name) or Symbol(name)
        return sympy.Mul(*(CONSTANTS.get(letter) or Symbol(letter) for letter in name))

    def subscripted(self, name: str) -> Expr:
        self.take("_")
        if self.next == "{":
            self.take()
            parts = []
            while self.next != "}":
                parts.append(self.take())
            self.take("}")
            return Symbol(f"{name}_{''.join(parts)}")
        return Symbol(f"{name}_{self.take()}")

    def applied(self, name: str) -> Expr:
        """sin x, sin(x), sin^2 x, sin^{-1} x, log_2 x."""
        base = power = None
        while self.next in {"_", "^"}:
            if self.take() == "_":
                base = self.group()
            else:
                power = -self.group() if self.next in MINUS and self.take() else self.group()
        inverse = "a" + name if power == -1 and "a" + name in FUNCTIONS else ""
        argument = self.argument()
        value = factorial(argument) if name == "factorial" else FUNCTIONS[inverse or name](argument)
        if base is not None:
            if name != "log":
                raise Unreadable("has an index that is not known here")
            value = divided(value, sympy.log(base))
        return value if power is None or inverse else raised(value, power)

    def argument(self) -> Expr:
        if self.next in {"(", "{"}:
            return self.enclosed(self.take())
        self.in_argument += 1
        found = self.expression(25)
        self.in_argument -= 1
        return found


def _fraction(parser: Parser) -> Expr:
    above = parser.group()
    return divided(above, parser.group())


def _root(parser: Parser) -> Expr:
    degree: Expr = Integer(2)
    if parser.next == "[":
        parser.take()
        degree = parser.enclosed("[")
    return raised(parser.group(), divided(Integer(1), degree))


def _binomial(parser: Parser) -> Expr:
    above, below = parser.group(), parser.group()
    if any(part.is_number and abs(part) > LARGEST_FACTORIAL for part in (above, below)):
        raise Unreadable("has a number in it that is too large")
    return sympy.binomial(above, below)


def _command_function(name: str) -> Callable[[Parser], Expr]:
    return lambda parser: parser.applied(name)


def _command_symbol(name: str) -> Callable[[Parser], Expr]:
    return lambda parser: parser.subscripted(name) if parser.next == "_" else Symbol(name)


def _command_constant(value: Expr) -> Callable[[Parser], Expr]:
    return lambda parser: value


def _rounded(opening: str, function: Callable[[Expr], Expr]) -> Callable[[Parser], Expr]:
    return lambda parser: function(parser.enclosed(opening))


COMMANDS: Mapping[str, Callable[[Parser], Expr]] = {
    "\\frac": _fraction,
    "\\sqrt": _root,
    "\\binom": _binomial,
    "\\lfloor": _rounded("\\lfloor", sympy.floor),
    "\\lceil": _rounded("\\lceil", sympy.ceiling),
    "|": Parser.absolute,
    "√": lambda parser: sympy.sqrt(parser.expression(31)),
    **{"\\" + name: _command_symbol(name) for name in GREEK},
    **{"\\" + name: _command_function(name) for name in FUNCTIONS if name not in {"sqrt", "factorial"}},
    **{name: _command_constant(value) for name, value in CONSTANTS.items() if not name.isascii() or name[0] == "\\"},
}
