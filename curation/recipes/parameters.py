"""What a person may choose about a recipe. A recipe declares its parameters; form, API, commands and docs draw from it.

Each kind of parameter checks a value and says in a sentence what does not fit. Settling twice gives the same, so the
parameters in a manifest can be asked for again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from curation.recipes.records import QuestionRecord

Parameters = dict[str, Any]
"""A recipe's settled parameters by name: plain JSON, complete, part of the manifest."""

Given = Mapping[str, Any]
Questions = Sequence[QuestionRecord]
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t"}


class BadParameters(ValueError):
    """Parameters that a recipe cannot work with. Its text is a sentence for the person who chose them."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a parameter, and how the form calls it."""

    value: str
    title: str


class Beside(NamedTuple):
    """A value of a parameter declared before, without which another one means nothing; None: any but none."""

    name: str
    value: str | None = None

    def holds(self, settled: Mapping[str, Any]) -> bool:
        found = settled.get(self.name)
        return bool(found) if self.value is None else found == self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Base of all kinds. `is_common` ones mean the same in every recipe, so a form asks for them once.

    `of_kinds` are the kinds of the parameter `question` for which it means something; none named: it always does.
    `beside` is what must have been chosen for it to mean something.
    """

    name: str
    title: str
    help: str = ""
    is_common: bool = False
    of_kinds: tuple[str, ...] = ()
    beside: Beside | None = None

    @property
    def takes(self) -> str:
        """The values that it takes, as the end of a sentence that begins with its name and `is`."""
        raise NotImplementedError

    @property
    def by_itself(self) -> str:
        """The value where nobody chose one, in words that need no form."""
        raise NotImplementedError

    def unsaid(self, settled: Parameters, questions: Questions) -> Any:
        """The value where nobody chose one. Raises BadParameters where somebody has to."""
        raise NotImplementedError

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> Any:
        """The value as it is stored; `settled` are the parameters declared before. Raises BadParameters."""
        raise NotImplementedError

    def read(self, text: str) -> Any:
        """The value that a text on a command line means, unchecked."""
        return text

    def settle(self, given: Given, settled: Parameters, questions: Questions) -> Any:
        """The value chosen, or else the one that it has by itself. Raises BadParameters."""
        if self.name in given:
            return self.checked(given[self.name], settled, questions)
        return self.unsaid(settled, questions)

    def is_for(self, settled: Parameters, questions: Questions) -> bool:
        """Whether it means something for the question that is read, and beside what was chosen."""
        if self.beside and not self.beside.holds(settled):
            return False
        return not self.of_kinds or named(settled["question"], questions).kind in self.of_kinds

    def needs(self, settled: Parameters) -> BadParameters:
        """Why it was given in vain, where it `is_for` something else."""
        if self.beside and not self.beside.holds(settled):
            return BadParameters(f"{self.name} is for the {self.beside.name} {self.beside.value or 'that is named'}.")
        return BadParameters(
            f"{self.name} is for {_either(self.of_kinds)} questions, and {settled['question']} is none."
        )

    def refusal(self) -> BadParameters:
        return BadParameters(f"{self.name} is {self.takes}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Parameter):
    """A whole number within bounds."""

    default: int
    low: int
    high: int

    @property
    def takes(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    @property
    def by_itself(self) -> str:
        return str(self.default)

    def unsaid(self, settled: Parameters, questions: Questions) -> int:
        return self.default

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> int:
        if type(value) is not int or not self.low <= value <= self.high:
            raise self.refusal()
        return value

    def read(self, text: str) -> Any:
        return int(text) if text.lstrip("-").isdecimal() and len(text) < 20 else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Parameter):
    """A number from 0 to 1, which people give in percent."""

    default: float = 0.0

    @property
    def takes(self) -> str:
        return "a number from 0 to 1"

    @property
    def by_itself(self) -> str:
        return f"{self.default:g}"

    def unsaid(self, settled: Parameters, questions: Questions) -> float:
        return self.default

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.refusal()
        return float(value)

    def read(self, text: str) -> Any:
        try:
            return float(text)
        except ValueError:
            return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers(Parameter):
    """So many numbers within bounds; people write them with commas between."""

    default: tuple[float, ...]
    low: float
    high: float

    @property
    def takes(self) -> str:
        return f"a list of {len(self.default)} numbers from {self.low:g} to {self.high:g}"

    @property
    def by_itself(self) -> str:
        return self.written()

    def unsaid(self, settled: Parameters, questions: Questions) -> list[float]:
        return list(self.default)

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> list[float]:
        if not isinstance(value, list) or len(value) != len(self.default) or not all(map(self._fits, value)):
            raise self.refusal()
        return [float(one) for one in value]

    def read(self, text: str) -> Any:
        try:
            return [float(part) for part in split_list(text)]
        except ValueError:
            return text

    def written(self) -> str:
        """The default as people write it."""
        return ", ".join(f"{one:g}" for one in self.default)

    def _fits(self, one: Any) -> bool:
        return not isinstance(one, bool) and isinstance(one, int | float) and self.low <= one <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Parameter):
    """Yes or no; no unless somebody says yes."""

    @property
    def takes(self) -> str:
        return "true or false"

    @property
    def by_itself(self) -> str:
        return "false"

    def unsaid(self, settled: Parameters, questions: Questions) -> bool:
        return False

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> bool:
        if not isinstance(value, bool):
            raise self.refusal()
        return value

    def read(self, text: str) -> Any:
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(Parameter):
    """One of a few values; the first unless somebody chooses."""

    options: tuple[Option, ...]

    @property
    def takes(self) -> str:
        return f"one of {', '.join(option.value for option in self.options)}"

    @property
    def by_itself(self) -> str:
        return self.options[0].value

    def unsaid(self, settled: Parameters, questions: Questions) -> str:
        return self.options[0].value

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> str:
        if not isinstance(value, str) or value not in {option.value for option in self.options}:
            raise self.refusal()
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Several(Parameter):
    """Some of a few values, at least one; all unless somebody chooses. Kept in the order of the options."""

    options: tuple[Option, ...]

    @property
    def takes(self) -> str:
        return f"a list of {' and '.join(option.value for option in self.options)}"

    @property
    def by_itself(self) -> str:
        return ", ".join(option.value for option in self.options)

    def unsaid(self, settled: Parameters, questions: Questions) -> list[str]:
        return [option.value for option in self.options]

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> list[str]:
        known = [option.value for option in self.options]
        if not isinstance(value, list) or not value or any(one not in known for one in value):
            raise self.refusal()
        return [one for one in known if one in value]

    def read(self, text: str) -> Any:
        return split_list(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectors(Parameter):
    """Detectors by their names, or none. Which there are, the recipes do not know: whoever settles a wish does."""

    most: int = 40

    @property
    def takes(self) -> str:
        return "a list of names of detectors, or null for none"

    @property
    def by_itself(self) -> str:
        return "null"

    def unsaid(self, settled: Parameters, questions: Questions) -> None:
        return None

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> list[str] | None:
        if value is None:
            return None
        if not isinstance(value, list) or not 0 < len(value) <= self.most or not all(map(_is_name, value)):
            raise self.refusal()
        return sorted(set(value))

    def read(self, text: str) -> Any:
        return split_list(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Parameter):
    """A short text, never empty. People write a line end as `\\n` and a tab as `\\t`."""

    default: str
    longest: int = 40

    @property
    def takes(self) -> str:
        return f"a text of 1 to {self.longest} characters"

    @property
    def by_itself(self) -> str:
        return f"`{escaped(self.default)}`"

    def unsaid(self, settled: Parameters, questions: Questions) -> str:
        return self.default

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= self.longest or not _is_plain(value):
            raise self.refusal()
        return value

    def read(self, text: str) -> str:
        return unescaped(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionOf(Parameter):
    """A question of one of these kinds, by its key: the form's first of the first kind that it has."""

    kinds: tuple[str, ...]

    @property
    def takes(self) -> str:
        return f"the key of a {_either(self.kinds)} question"

    @property
    def by_itself(self) -> str:
        return "the form's first"

    def fitting(self, questions: Questions) -> list[QuestionRecord]:
        """The questions that it takes, those of the kind named first before the others."""
        return [question for kind in self.kinds for question in questions if question.kind == kind]

    def missing(self, questions: Questions) -> str:
        """A sentence where the form has nothing for this recipe; else empty."""
        if self.fitting(questions):
            return ""
        return f"The form has {_none_of(self.kinds)}, so this recipe has nothing to read."

    def unsaid(self, settled: Parameters, questions: Questions) -> Any:
        if sentence := self.missing(questions):
            raise BadParameters(sentence)
        return self.fitting(questions)[0].key

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> Any:
        if sentence := self.missing(questions):
            raise BadParameters(sentence)
        return self._known(value, questions)

    def _known(self, value: Any, questions: Questions) -> str:
        keys = [question.key for question in self.fitting(questions)]
        if value in keys:
            return str(value)
        raise BadParameters(f"The form has {_none_of(self.kinds, str(value)[:40])}; it has {', '.join(keys)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsOf(QuestionOf):
    """Some questions of these kinds, by their keys; all unless somebody chooses. Kept in the form's order."""

    @property
    def takes(self) -> str:
        return f"a list of keys of {_either(self.kinds)} questions"

    @property
    def by_itself(self) -> str:
        return "all that the form has"

    def unsaid(self, settled: Parameters, questions: Questions) -> list[str]:
        if sentence := self.missing(questions):
            raise BadParameters(sentence)
        return [question.key for question in self.fitting(questions)]

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> list[str]:
        if sentence := self.missing(questions):
            raise BadParameters(sentence)
        if not isinstance(value, list) or not value:
            raise self.refusal()
        chosen = {self._known(one, questions) for one in value}
        return [question.key for question in self.fitting(questions) if question.key in chosen]

    def read(self, text: str) -> Any:
        return split_list(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionalQuestionOf(QuestionOf):
    """A question of one of these kinds, or none: an empty text. The first one unless somebody chooses.

    `none` is how the form calls the choice of none.
    """

    none: str

    @property
    def takes(self) -> str:
        return f"the key of a {_either(self.kinds)} question, or empty"

    @property
    def by_itself(self) -> str:
        return "the form's first, or empty"

    def missing(self, questions: Questions) -> str:
        return ""

    def unsaid(self, settled: Parameters, questions: Questions) -> str:
        return next((question.key for question in self.fitting(questions)), "")

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> str:
        return "" if value == "" else self._known(value, questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionOf(Parameter):
    """A dimension of the question that the parameter `question` names, or nothing for the question itself."""

    @property
    def takes(self) -> str:
        return "a dimension of the question, or empty"

    @property
    def by_itself(self) -> str:
        return "empty: the question itself"

    def unsaid(self, settled: Parameters, questions: Questions) -> str:
        return ""

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> str:
        asked = named(settled["question"], questions)
        if value != "" and value not in asked.dimensions:
            raise BadParameters(f"The question {asked.key} has no dimension {str(value)[:40]!r}.")
        return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsOf(Parameter):
    """Options of the choice that the parameter `question` names, by their keys; kept in their order.

    Unless somebody chooses, those with a key out of `usual`; somebody has to where there is none.
    """

    usual: frozenset[str]

    @property
    def takes(self) -> str:
        return "a list of keys of the question's options"

    @property
    def by_itself(self) -> str:
        return f"those called {', '.join(sorted(self.usual))}"

    def unsaid(self, settled: Parameters, questions: Questions) -> list[str]:
        known = _options(settled, questions)
        found = [key for key in known if key in self.usual]
        if not found:
            raise BadParameters(f"Say which options are {self.name}: {self.name} is a list out of {', '.join(known)}.")
        return found

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> list[str]:
        known = _options(settled, questions)
        if not isinstance(value, list) or not value or any(one not in known for one in value):
            raise BadParameters(f"{self.name} is a list out of {', '.join(known)}.")
        return [key for key in known if key in value]

    def read(self, text: str) -> Any:
        return split_list(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelOf(Parameter):
    """A level on the scale of the rating that the parameter `question` names.

    Unless somebody chooses, the level next to the middle of the scale: above it, or below.
    """

    is_above: bool

    @property
    def takes(self) -> str:
        return "a level of the question's scale"

    @property
    def by_itself(self) -> str:
        return "the level above the middle" if self.is_above else "the level below the middle"

    def unsaid(self, settled: Parameters, questions: Questions) -> int:
        low, high = _scale(settled, questions)
        return (low + high) // 2 + 1 if self.is_above else (low + high - 1) // 2

    def checked(self, value: Any, settled: Parameters, questions: Questions) -> int:
        low, high = _scale(settled, questions)
        if type(value) is not int or not low <= value <= high:
            raise BadParameters(f"{self.name} is a whole number from {low} to {high}.")
        return value

    def read(self, text: str) -> Any:
        return int(text) if text.isdecimal() and len(text) < 20 else text


def settle(declared: Sequence[Parameter], given: Given, questions: Questions) -> Parameters:
    """Every declared parameter, in the order of its declaration. Raises BadParameters."""
    _refuse_unknown(declared, given)
    settled: Parameters = {}
    for parameter in declared:
        if parameter.is_for(settled, questions):
            settled[parameter.name] = parameter.settle(given, settled, questions)
        elif parameter.name in given:
            raise parameter.needs(settled)
    return settled


def named(key: str, questions: Questions) -> QuestionRecord:
    """The question with this key, which is known to be there."""
    return next(question for question in questions if question.key == key)


def split_list(text: str) -> list[str]:
    """The parts between commas."""
    return [part.strip() for part in text.split(",")]


def escaped(text: str) -> str:
    """A text as people write it on one line."""
    return "".join(ESCAPES.get(sign, sign) for sign in text)


def unescaped(text: str) -> str:
    """The inverse of `escaped`; a backslash before anything else stands for itself."""
    found, rest = "", text
    while rest:
        sign = next((sign for sign, written in ESCAPES.items() if rest.startswith(written)), None)
        found += rest[0] if sign is None else sign
        rest = rest[1 if sign is None else 2 :]
    return found


def _options(settled: Parameters, questions: Questions) -> list[str]:
    return [option["key"] for option in named(settled["question"], questions).settings["options"]]


def _scale(settled: Parameters, questions: Questions) -> tuple[int, int]:
    settings = named(settled["question"], questions).settings
    return settings["low"], settings["high"]


def _refuse_unknown(declared: Sequence[Parameter], given: Given) -> None:
    """A misspelled parameter would be silently without effect."""
    known = [parameter.name for parameter in declared]
    unknown = sorted(str(name) for name in given if name not in known)
    if unknown:
        names = ", ".join(known) or "it has none"
        raise BadParameters(f"The recipe has no parameter {unknown[0][:40]!r}; known are: {names}.")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 40 and value.replace("_", "").isalnum()


def _is_plain(text: str) -> bool:
    """Whether it holds nothing that cannot be printed but line ends and tabs."""
    return all(sign in "\n\t" or sign.isprintable() for sign in text)


def _either(kinds: Sequence[str]) -> str:
    return " or ".join(kinds)


def _none_of(kinds: Sequence[str], key: str | None = None) -> str:
    """`no preference question 'why', nor a ranking question`."""
    first, *others = kinds
    return f"no {first} question{'' if key is None else f' {key!r}'}" + "".join(f", nor a {one} one" for one in others)
