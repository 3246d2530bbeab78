"""Numbers with units. Numbers are read here, digit by digit; units by pint, from a short text of a few letters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isclose
from typing import Any

import pint

LARGEST_EXPONENT = 300
MOST_DIGITS = 400
LONGEST_UNIT = 60
MOST_WORDS = 8

registry: pint.UnitRegistry[Any] = pint.UnitRegistry(cache_folder=None, autoconvert_offset_to_baseunit=True)
for definition in (
    "dollar = [dollars] = USD = dollars",
    "cent = 0.01 * dollar = cents",
    "euro = [euros] = EUR = euros",
    "pound_sterling = [pounds_sterling] = GBP",
    "yen = [yens] = JPY",
):
    registry.define(definition)

CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound_sterling", "¥": "yen"}
SIGNS = {
    "−": "-",
    "–": "-",
    "×": "*",
    "⋅": "*",
    "·": "*",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "µ": "u",
    "μ": "u",
}
SUPERSCRIPTS = str.maketrans({**{d: f"^{n}" for n, d in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}, "⁻": "^-"})
# Words that follow a number and that pint would take for inches, years, technical atmospheres.
WORDS = {"a", "an", "and", "as", "at", "by", "in", "is", "of", "on", "or", "per", "so", "to", "are", "was", "i", "we"}
OFFSETS = {"C": "degC", "F": "degF", "celsius": "degC", "fahrenheit": "degF"}

_narrow_space = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_latex = (
    (re.compile(r"\\left|\\right|\\[,;:! ]|\\displaystyle|\\,"), " "),
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|mbox|operatorname|rm)\s*\{([^{}]*)\}"), r" \1"),
    (re.compile(r"\\[dt]?frac\s*(?:\{\s*([^{}]+)\}\s*\{\s*([^{}]+)\}|(\d)(\d))"), r" \1\3/\2\4"),
    (re.compile(r"\\times|\\cdot"), "*"),
    (re.compile(r"\^\s*\{?\s*\\circ\s*\}?|\\degree"), "°"),
    (re.compile(r"\\([%$])"), r"\1"),
    (re.compile(r"\{,\}|(?<=\d),(?=\d{3}(?!\d))"), ""),
    (re.compile(r"\^\s*\{([^{}]*)\}"), r"^\1"),
    (re.compile(r"\\[()\[\]]|[${}~]"), " "),
)
_quantity = re.compile(
    r"^\s*(?P<sign>[-+]?)\s*"
    r"(?:(?P<whole>\d+)\s+(?=\d+\s*/\s*\d))?(?P<number>\d+(?:\.\d*)?|\.\d+)"
    r"(?:\s*/\s*(?P<below>\d+(?:\.\d+)?))?"
    r"(?:[eE](?P<exponent>[-+]?\d{1,4})|\s*\*\s*10\s*(?:\^|\*\*)\s*\(?(?P<power>[-+]?\d{1,4})\)?)?"
    r"\s*(?P<unit>.*)$",
    re.DOTALL,
)
_words = re.compile(r"[^\W\d_]*(?:[ .'’/-]+[^\W\d_]+)*[ .'’]*")
# In pint's words: names, products, quotients, brackets, and exponents of one digit.
_unit = re.compile(r"(?:1\s*/\s*)?(?:[A-Za-zΩ_]+(?:\s*\*\*\s*-?[1-9](?![\d*.]))?|[ */()-])+")


class NoQuantity(ValueError):
    """There is no number where one should be."""


@dataclass(frozen=True)
class Quantity:
    """A number as it is written, and its unit: None where there is none, or only words that are no unit."""

    number: Fraction
    unit: Any | None
    words: str = ""

    def of(self, other: "Quantity") -> float:
        """The number in the other's unit. Raises pint.DimensionalityError."""
        return float(registry.Quantity(float(self.number), self.unit).to(other.unit).magnitude)


def check(answer: str, known: str, parameters: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether both are the same quantity within the tolerances. Says so in either order alike."""
    try:
        expected = quantity(known)
    except NoQuantity:
        return None, "There is no number in the known answer."
    try:
        given = quantity(answer)
    except NoQuantity:
        return None, "There is no number in the answer."
    return compare(given, expected, parameters)


def compare(given: Quantity, expected: Quantity, parameters: Mapping[str, Any]) -> tuple[bool | None, str]:
    policy = parameters["units"]
    both = given.unit is not None and expected.unit is not None
    if policy == "required" and (given.unit is None) != (expected.unit is None):
        return (
            False,
            "The answer has no unit." if given.unit is None else "The answer has a unit, and should have none.",
        )
    if policy == "if_given" and not both and ((given.words and expected.unit) or (expected.words and given.unit)):
        return None, f"What “{given.words or expected.words}” is in the other's unit is not known."
    if policy == "ignored" or not both:
        return _verdict(_plainly(given, expected, parameters) or _as_parts(given, expected, parameters), parameters)
    try:
        is_same = _close(given.of(expected), float(expected.number), parameters) or _close(
            float(given.number), expected.of(given), parameters
        )
    except pint.DimensionalityError:
        return False, f"The answer is in {given.unit:~P}, which cannot be turned into {expected.unit:~P}."
    return _verdict(is_same, parameters)


def _verdict(is_same: bool, parameters: Mapping[str, Any]) -> tuple[bool, str]:
    within = " within the tolerance" if parameters["relative"] or parameters["absolute"] else ""
    return is_same, f"The answer is {'' if is_same else 'not '}the known quantity{within}."


def _plainly(given: Quantity, expected: Quantity, parameters: Mapping[str, Any]) -> bool:
    return given.number == expected.number or _close(float(given.number), float(expected.number), parameters)


def _as_parts(given: Quantity, expected: Quantity, parameters: Mapping[str, Any]) -> bool:
    """50 % is .5, where the other has no unit."""
    if parameters["units"] == "ignored":
        return False
    one, other = (given, expected) if given.unit is not None else (expected, given)
    if one.unit is None or one.unit != registry.percent:
        return False
    return _close(float(one.number) / 100, float(other.number), parameters)


def _close(one: float, other: float, parameters: Mapping[str, Any]) -> bool:
    return isclose(one, other, rel_tol=parameters["relative"], abs_tol=parameters["absolute"])


def quantity(text: str) -> Quantity:
    """A number, and a unit where there is one. Raises NoQuantity."""
    text = _narrow_space.sub("", text)
    for sign, plain in SIGNS.items():
        text = text.replace(sign, plain)
    currency = next(
        (name for sign, name in CURRENCIES.items() if re.match(rf"[\s\\(-]*\\?{re.escape(sign)}\s*-?[\d.]", text)), None
    )
    for sign in "€£¥":
        text = text.replace(sign, " " if currency else f" {CURRENCIES[sign]} ")
    for pattern, plain in _latex:
        text = pattern.sub(plain, text)
    text = re.sub(r"^[^=]*=", "", text) if text.count("=") == 1 else text  # "x = 5"
    match = _quantity.match(text)
    if match is None:
        raise NoQuantity
    unit, words = _unit_of(match["unit"])
    return Quantity(_number(match), registry.Unit(currency) if currency and unit is None else unit, words)


def _number(match: "re.Match[str]") -> Fraction:
    if len(match["number"]) > MOST_DIGITS:
        raise NoQuantity
    number = Fraction(match["number"].rstrip(".") if match["number"] != "." else "0")
    if match["below"]:
        if not Fraction(match["below"]):
            raise NoQuantity
        number /= Fraction(match["below"])
    if match["whole"]:
        number += Fraction(match["whole"])
    exponent = int(match["exponent"] or match["power"] or 0)
    if abs(exponent) > LARGEST_EXPONENT:
        raise NoQuantity
    number *= Fraction(10) ** exponent
    if number > Fraction(10) ** LARGEST_EXPONENT:
        raise NoQuantity
    return -number if match["sign"] == "-" else number


def _unit_of(text: str) -> tuple[Any | None, str]:
    """The unit that a text is, up to a comma or bracket; else its words. Raises NoQuantity for more of a formula."""
    text = text.strip().strip("*").rstrip(".").strip().translate(SUPERSCRIPTS)
    text, cut, rest = re.split(r"(\s*[,;]|\s\(|\.\s|$)", text, maxsplit=1)[:3]
    if (cut.strip() in {",", ";"} and re.search(r"\d", rest)) or re.match(r"[-+*/^=<>\d\\]", text):
        raise NoQuantity  # several numbers, or something to be computed
    parts = text.split()
    for end in range(min(len(parts), MOST_WORDS), 0, -1):  # "5 metres per second on average"
        if (unit := _parsed(" ".join(parts[:end]))) is not None:
            text = " ".join(parts[end:])
            break
    else:
        unit = None
    if not _words.fullmatch(text):
        raise NoQuantity
    return unit, "" if unit is not None or text.casefold() in WORDS else text


def _parsed(text: str) -> Any | None:
    unit = _in_pints_words(text)
    if text.rsplit(maxsplit=1)[-1].casefold() in WORDS or len(unit) > LONGEST_UNIT or not _unit.fullmatch(unit):
        return None
    try:
        return registry.parse_units(unit)
    except Exception:  # pint raises what its tokenizer does, too
        return None


def _in_pints_words(text: str) -> str:
    text = re.sub(r"\bper\b", "/", text)
    text = re.sub(r"\b(square|sq|cubic)\.?\s+([A-Za-z]+)", lambda m: f"{m[2]}**{3 if m[1] == 'cubic' else 2}", text)
    text = re.sub(r"°\s*([CFcf])\b", lambda m: OFFSETS[m[1].upper()], text)
    text = re.sub(
        r"\bdegrees?\s+(celsius|fahrenheit|[CF])\b",
        lambda m: OFFSETS.get(m[1], OFFSETS.get(m[1].casefold(), "")),
        text,
        flags=re.I,
    )
    text = text.replace("°", "degree").replace("%", " percent").replace("^", "**")
    return re.sub(r"(?<=[A-Za-z])(\d)\b", r"**\1", text)  # m2
