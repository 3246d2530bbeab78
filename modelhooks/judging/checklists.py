"""Checklists for what an assistant with tools did: for each turn of a person items that anybody can decide, each with
the words of the record that it rests on.

The parts of an item and the rules that it keeps are those of *CM2*, checklist rewards for agents that use tools;
prompt, form and checks are ours. A list with a fault is refused whole: its weights were given for all of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, create_model

from modelhooks.contracts import CheckItem, Checklist, Evidence, Message, Messages, Part, Trajectory, Usage
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.criteria import key, listed
from modelhooks.judging.fences import role_of
from modelhooks.judging.quotes import spaced, stands_in
from modelhooks.prompts import prompt

CHECKLIST = "checklist-1"
FEWEST, MOST = 2, 12  # items of a turn
MOST_ASKED = 12  # turns of a person
MOST_TURNS = 100
TOLERANCE = 0.05  # by which weights may miss 1 before they are made to; more is no slip of arithmetic
LONGEST = 1_000  # characters of a text
PARTS: tuple[Part, ...] = get_args(Part)

NO_WORK = "Nothing is done in it that could be checked."
TOO_LONG = f"It has more than {MOST_TURNS} turns, or more than {MOST_ASKED} of a person."
EMPTY = "An item has no words, or too many."
WEIGHTS = "Its weights do not add up to 100 %."
UNKNOWN = "It depends on an item that is not there."
CIRCLE = "Its items depend on each other in a circle."
NO_RESULT = "It depends on an item that does not look at what tools answered."
INVENTED = "Its evidence is not in the turn that it names."
FORBIDDEN = "An item has a condition, the number of a turn, or manner in it."

_FORBIDDEN = re.compile(
    r"\b(?:if|unless|whenever|assuming|in case)\b|(?:^|[,;:(.]\s*)when\b"
    r"|\b(?:turn|step|message)\s*#?\d"
    r"|\b(?:style|tone|polite(?:ly|ness)?|friendly|elegant(?:ly)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Stretch:
    """What is done after one turn of a person: the turns from `first` to `last`, of all that stand up to there."""

    asked: int
    first: int
    last: int


@dataclass(frozen=True)
class ChecklistWriter:
    """Writes checklists for trajectories, one question for each turn of a person."""

    setting: Setting

    @property
    def fingerprint(self) -> str:
        """Whatever changes a checklist."""
        return self.setting.fingerprint(CHECKLIST, writer="checklists", most=MOST, tolerance=TOLERANCE)

    def write_checklists(self, trajectories: Sequence[Trajectory]) -> list[Checklist]:
        """What can be checked in each trajectory, turn by turn."""
        work = [(one, turns_of(one), _why_not(turns_of(one))) for one in trajectories]
        asked = [(turns, each) for _, turns, why in work if not why for each in stretches(turns)]
        heard = iter(hear(self.setting, [self._question(turns, each) for turns, each in asked]))
        return [
            Checklist(reason=why) if why else _checklist(turns, [(each, next(heard)) for each in stretches(turns)])
            for _, turns, why in work
        ]

    def _question(self, turns: Messages, stretch: Stretch) -> Question[Answer]:
        seen = turns[: stretch.last + 1]
        texts = {
            f"t{number}-{part.replace('_', '-')}": (f"turn {number}, {role_of(turn)}, {part}", text)
            for number, turn in enumerate(seen)
            for part, text in parts_of(turn).items()
        }
        worded = prompt(CHECKLIST).with_place("turns", "\n".join(f"{{{{{place}}}}}" for place in texts))
        words = {"first": stretch.first, "last": stretch.last, "asked": stretch.asked, "count": f"{FEWEST} to {MOST}"}
        told = {place: str(word) for place, word in words.items()}
        return question(self.setting, worded, checking(len(seen)), seen, texts=texts, words=told)


def turns_of(one: Trajectory) -> Messages:
    """All turns in their order."""
    return (*one.prompt, *one.turns)


def parts_of(turn: Message) -> Mapping[Part, str]:
    """What a turn consists of, by the part that words of it are cited from; empty parts are left out."""
    calls = "\n".join(f"{call.get('name')}({call.get('arguments')})" for call in turn.get("tool_calls") or ())
    content = str(turn.get("content") or "")
    is_result = turn.get("role") == "tool"
    found: dict[Part, str] = {
        "reasoning": str(turn.get("reasoning") or ""),
        "content": "" if is_result else content,
        "tool_calls": calls,
        "tool_results": content if is_result else "",
    }
    return {part: text for part, text in found.items() if text.strip()}


def stretches(turns: Messages) -> list[Stretch]:
    """What is done after each turn of a person that anything is done after; what stands before the first is its."""
    asked = [number for number, turn in enumerate(turns) if turn.get("role") == "user"]
    ends = [*asked, len(turns)][1:]
    found = (Stretch(begin, begin + 1, end - 1) for begin, end in zip(asked, ends, strict=True))
    return [one for one in found if any(turns[at].get("role") == "assistant" for at in range(one.first, one.last + 1))]


def _why_not(turns: Messages) -> str:
    found = stretches(turns)
    if not found:
        return NO_WORK
    return TOO_LONG if len(turns) > MOST_TURNS or len(found) > MOST_ASKED else ""


def _checklist(turns: Messages, answered: Sequence[tuple[Stretch, Heard[Answer]]]) -> Checklist:
    items: list[CheckItem] = []
    missing: dict[int, str] = {}
    for stretch, heard in answered:
        found, why = _items(turns, stretch, heard)
        items += found
        missing |= {stretch.asked: why} if why else {}
    return Checklist(
        tuple(items),
        missing,
        "" if items else next(iter(missing.values())),
        tuple(text for _, heard in answered for text in heard.texts),
        sum((heard.usage for _, heard in answered), Usage()),
        next((heard.error for _, heard in answered if heard.error), ""),
    )


def _items(turns: Messages, stretch: Stretch, heard: Heard[Answer]) -> tuple[Sequence[CheckItem], str]:
    """The items of one turn, or why there are none."""
    if not heard.found:
        return (), heard.trouble
    items = weighed([_item(one, number, stretch.asked) for number, one in enumerate(listed(heard, "items"))])
    why = fault(items, turns)  # the form knows of no later turn
    return ((), why) if why else (items, "")


def _item(one: Any, number: int, asked: int) -> CheckItem:
    return CheckItem(
        f"t{asked}{key(number)}",
        asked,
        one.focus_on,
        spaced(one.question),
        spaced(one.pass_condition),
        tuple(map(spaced, one.failure_examples)),
        tuple(Evidence(each.turn, each.field, each.snippet) for each in one.evidence),
        one.required == "yes",
        one.weight / 100,
        tuple(f"t{asked}{each}" for each in one.depends_on),
    )


def weighed(items: Sequence[CheckItem]) -> tuple[CheckItem, ...]:
    """With weights that add up to 1, where they miss it by little."""
    total = sum(one.weight for one in items)
    if not items or abs(total - 1) > TOLERANCE + 1e-9:
        return tuple(items)
    return tuple(replace(one, weight=one.weight / total) for one in items)


def fault(items: Sequence[CheckItem], turns: Messages) -> str:
    """Why items of one turn are no checklist of this record; empty where they are one."""
    by_key = {one.key: one for one in items}
    needs = {one.key: set(one.depends_on) for one in items}
    wanted = {name for names in needs.values() for name in names}
    checks = (
        (any(not 0 < len(text) <= LONGEST for one in items for text in _texts(one)), EMPTY),
        (any(_FORBIDDEN.search(text) for one in items for text in _texts(one)), FORBIDDEN),
        (abs(sum(one.weight for one in items) - 1) > 1e-6, WEIGHTS),
        (not wanted <= set(by_key) or len(by_key) < len(items), UNKNOWN),
        (any(by_key[name].focus_on != "tool_results" for name in wanted & set(by_key)), NO_RESULT),
        (_has_circle(needs), CIRCLE),
        (not all(_is_there(each, turns) for one in items for each in one.evidence), INVENTED),
    )
    return next((sentence for is_so, sentence in checks if is_so), "")


def _texts(one: CheckItem) -> Iterator[str]:
    yield from (one.question, one.pass_condition, *one.failure_examples)


def _has_circle(needs: Mapping[str, set[str]]) -> bool:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError:
        return True
    return False


def _is_there(one: Evidence, turns: Messages) -> bool:
    return 0 <= one.turn < len(turns) and stands_in(one.snippet, parts_of(turns[one.turn]).get(one.field, ""))


@cache
def checking(turns: int) -> type[Answer]:
    """What has to come out, and items about so many turns."""
    part: Any = Literal[PARTS]
    number: Any = Literal[tuple(range(turns))]
    weight: Any = Literal[tuple(range(5, 101, 5))]
    needed: Any = Annotated[list[Literal[tuple(map(key, range(MOST)))]], Field(max_length=MOST)]  # type: ignore[misc]
    yes_or_no: Any = Literal["yes", "no"]
    examples: Any = Annotated[list[str], Field(min_length=1, max_length=4)]
    cited = create_model("Cited", __base__=Answer, turn=(number, ...), field=(part, ...), snippet=(str, ...))
    evidence: Any = Annotated[list[cited], Field(min_length=1, max_length=4)]  # type: ignore[valid-type]
    item = create_model(
        "Item",
        __base__=Answer,
        evidence=(evidence, ...),
        focus_on=(part, ...),
        question=(str, ...),
        pass_condition=(str, ...),
        failure_examples=(examples, ...),
        required=(yes_or_no, ...),
        weight=(weight, ...),
        depends_on=(needed, ...),
    )
    items: Any = Annotated[list[item], Field(min_length=FEWEST, max_length=MOST)]  # type: ignore[valid-type]
    return create_model("Checking", __base__=Answer, case=(str, ...), reasoning=(str, ...), items=(items, ...))
