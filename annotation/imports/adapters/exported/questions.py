"""What the questions of a labeling tool mean here, as the option `questions` says it, and their answers as labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.imports.adapters.columns import option_key, whole_number
from annotation.imports.adapters.contract import BadOptions
from annotation.imports.adapters.exported.fields import Named, alike
from annotation.imports.adapters.options import only, text_option
from annotation.imports.canonical import Refused
from annotation.imports.canonical.answers import WINNERS
from annotation.imports.canonical.wording import describe, letter, quoted

KINDS = ("choice", "preference", "ranking", "rating", "spans", "text")

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the tool: its key here, and what the file does not say of it (`kind`, `about`, `values`)."""

    name: str
    key: str
    kind: str = ""
    about: str = ""
    values: Mapping[str, str] | None = None

    def meaning(self, said: Any) -> str | None:
        """What a value stands for by the option `values`; None without them. Raises `Refused` for an unknown one."""
        if self.values is None:
            return None
        if str(said) not in self.values:
            raise Refused(f"The answer {quoted(said)} to {quoted(self.name)} is not among its values in the options.")
        return self.values[str(said)]


def questions_option(options: Mapping[str, Any]) -> dict[str, Question]:
    """Read `{name: {"key"?, "kind"?, "about"?, "values"?}}`."""
    given = options.get("questions")
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise BadOptions(f"The option questions is {describe(given)}, not an object.")
    return {str(name): _question(str(name), said) for name, said in given.items()}


def _question(name: str, said: Any) -> Question:
    if not isinstance(said, Mapping):
        raise BadOptions(f"The question {quoted(name)} is {describe(said)}, not an object.")
    only(said, "key", "kind", "about", "values")
    kind, values = text_option(said, "kind", ""), said.get("values")
    if kind and kind not in KINDS:
        raise BadOptions(f"The question {quoted(name)} has the kind {quoted(kind)}; {', '.join(KINDS)} are known.")
    if values is not None and not (isinstance(values, Mapping) and all(isinstance(v, str) for v in values.values())):
        raise BadOptions(f"The values of {quoted(name)} are not an object of texts.")
    key = text_option(said, "key", "") or named_like(name).key
    about = text_option(said, "about", "")
    return Question(name, key, kind, about, {str(k): v for k, v in values.items()} if values is not None else None)


def named_like(name: str, said: str = "The name of a question") -> Question:
    """A question of which only the name is known. `said` is where it stands, for a sentence about one that is none."""
    return Question(name, option_key(name, said))


def choice(question: Question, said: Sequence[Any], place: int | None, count: int) -> Answer:
    """Options, about the response at `place` or, where that is None, about the item."""
    keys = [question.meaning(one) or option_key(one, f"The answer to {quoted(question.name)}") for one in said]
    if place is None:
        return {"values": keys}
    return {"values": [keys if n == place else None for n in range(count)]}


def rating(question: Question, said: Any, place: int | None, count: int) -> Answer:
    """A number. The only response is what an item as a whole comes to, so that both kinds of forms take it."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise Refused(f"The answer to {quoted(question.name)} is {describe(said)}, not a number.")
    level = int(said) if isinstance(said, float) and said.is_integer() else said
    if place is None and count > 1:
        return {"value": level}
    return {"values": [level if n == (place or 0) else None for n in range(count)]}


def text(question: Question, said: Any) -> Answer:
    """Words, always about the item: what they are about is in the question's name."""
    if not isinstance(said, str):
        raise Refused(f"The answer to {quoted(question.name)} is {describe(said)}, not text.")
    return {"text": said}


def preference(question: Question, said: Any, named: Named) -> Answer:
    """The response that a value names, or tie, both_bad and unsure by these names."""
    winner = question.meaning(said) or (said if said in WINNERS - {"a", "b"} else None)
    if winner is None:
        winner = letter(_named(question, said, named))
    elif winner in named.responses:
        winner = letter(named.responses.index(winner))
    if winner not in WINNERS:
        raise Refused(f"The answer {quoted(said)} to {quoted(question.name)} is {quoted(winner)}, which is no winner.")
    return {"winner": winner, "strength": None}


def ranking(question: Question, said: Sequence[tuple[Any, Any]], named: Named) -> Answer:
    """Names of responses with their ranks, 1 being the best. Every response has one, or the row is refused."""
    ranks: dict[int, int] = {}
    for name, rank in said:
        place = _named(question, question.meaning(name) or name, named)
        if place in ranks:
            raise Refused(f"{quoted(question.name)} ranks {quoted(name)} twice.")
        ranks[place] = whole_number(rank, f"rank of {quoted(name)}")
    if len(ranks) != len(named.responses):
        raise Refused(f"{quoted(question.name)} ranks {len(ranks)} of {len(named.responses)} responses.")
    return {"groups": [[n for n in sorted(ranks) if ranks[n] == rank] for rank in sorted(set(ranks.values()))]}


def span_type(question: Question, said: Any) -> str:
    """What a mark says, as the key that kinds of errors have in forms."""
    return question.meaning(said) or option_key(said, f"A mark of {quoted(question.name)}")


def _named(question: Question, said: Any, named: Named) -> int:
    place = alike(said, named.responses) if isinstance(said, str) else None
    if place is None:
        raise Refused(
            f"The answer {quoted(said)} to {quoted(question.name)} names no response; say in the options what it means."
        )
    return place
