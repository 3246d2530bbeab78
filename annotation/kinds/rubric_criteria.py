"""What a rubric is made of, and the line in which a person writes one criterion.

    [hard] key: Title (weight 2, gate) = poor | ok | good

Only the title is needed. `[hard]` makes a hard rule of it, which gates: a response that fails it fails. `gate` makes
a principle gate too. Without a weight it weighs 1; one below zero names a pitfall, which costs where it is found.
After `=` stand two to seven levels in words, the lowest first, or `1..5` for levels without words; without a scale the
criterion is answered yes or no. Where words have a sign themselves, the one that divides them is longer than theirs:

    States that f(x) = 0 == no | in part | yes

In the brackets may also stand what has to be met before it counts, and that the words that show it are wanted:

    correct: Every claim is correct (weight 2, after: follows + complete, quote: wanted)
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, ValidationError, model_serializer

from annotation.kinds.base import Settings, SettingsRefused

MOST = 40
FEWEST_LEVELS, MOST_LEVELS = 2, 7
KEY = r"[a-z][a-z0-9_]{0,39}"

_line = re.compile(rf"(?:\[(?P<kind>[^\]]*)\]\s*)?(?:(?P<key>{KEY}):(?:\s+|\Z))?(?P<rest>.*)", re.DOTALL)
_aside = re.compile(r"\s*\(([^()]*)\)\Z")
_equals = re.compile(r"(?<= )=+(?= )")
_pipes = re.compile(r"\|+")
_count = re.compile(r"1\s*\.\.\s*([0-9]{1,3})\Z")
_after = re.compile(rf"after:\s*({KEY}(?:\s*\+\s*{KEY})*)\Z")
_quote = "quote: wanted"
_weight = re.compile(r"weight\s+([+-]?[0-9]{1,6}(?:\.[0-9]{1,20})?)\Z")
_kinds = {"hard": "hard_rule", "hard rule": "hard_rule", "hard_rule": "hard_rule", "principle": "principle"}

Key = Annotated[str, Field(pattern=rf"^{KEY}$")]
Level = Annotated[str, Field(min_length=1, max_length=1_000)]


SELDOM = ("depends_on", "needs_evidence")


class Criterion(Settings):
    """One thing that a response is judged by. A gate that fails outweighs every other criterion.

    Until what it `depends_on` is met it is not asked and counts as missed; `needs_evidence` asks whoever finds it met
    for the words that show it. Both are of answers about each response.
    """

    key: str = Field(pattern=rf"^{KEY}$")
    title: str = Field(min_length=1, max_length=1_000)
    kind: Literal["principle", "hard_rule"] = "principle"
    scale: Literal["yes_no"] | Annotated[int, Field(ge=FEWEST_LEVELS, le=MOST_LEVELS)] = "yes_no"
    anchors: list[Level] = Field(default_factory=list)
    weight: float = Field(default=1.0, ge=-1_000, le=1_000, allow_inf_nan=False)
    required: bool = False
    depends_on: list[Key] = Field(default_factory=list, max_length=MOST)
    needs_evidence: bool = False

    @model_serializer(mode="wrap")
    def _stored(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what it does not ask for: criteria from before it could be asked for stay as they were stored."""
        found: dict[str, Any] = whole(self)
        return {name: value for name, value in found.items() if value or name not in SELDOM}

    def as_line(self) -> str:
        """The line that `read_line` reads back."""
        kind = "[hard] " if self.kind == "hard_rule" else ""
        key = "" if self.key == slug(self.title) and not _line_has_key(self.title) else f"{self.key}: "
        said = [f"weight {repr(self.weight).removesuffix('.0')}"] if self.weight != 1 else []
        said += ["gate"] if self.required else []
        said += [f"after: {' + '.join(self.depends_on)}"] if self.depends_on else []
        said += [_quote] if self.needs_evidence else []
        aside = f" ({', '.join(said)})" if said else ""
        levels = f" {_longer('|', _pipes, self.anchors)} ".join(self.anchors)
        levels = levels or ("" if self.scale == "yes_no" else f"1..{self.scale}")
        sign = _longer("=", _equals, [self.title, *self.anchors])
        return f"{kind}{key}{self.title}{aside}{f' {sign} {levels}' if levels else ''}"


def checked(raw: Any) -> list[dict[str, Any]]:
    """Criteria with their defaults filled in; each is a mapping, or a line as a person writes it.

    Raises SettingsRefused with a sentence about the first that is none.
    """
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes):
        raise SettingsRefused("The criteria are a list.")
    if len(raw) > MOST:
        raise SettingsRefused(f"A rubric has at most {MOST} criteria; there are {len(raw)}.")
    taken = {one["key"] for one in raw if isinstance(one, Mapping) and isinstance(one.get("key"), str)}
    found = [_checked_one(one, number, taken) for number, one in enumerate(raw, 1)]
    keys = [one["key"] for one in found]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise SettingsRefused(f"Two criteria have the key “{twice}”.")
    refuse_loops(found)
    return found


def refuse_loops(criteria: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what depends on a criterion that is not there, or on itself by whatever way round."""
    needs = {one["key"]: list(one.get("depends_on", ())) for one in criteria}
    for key, wanted in needs.items():
        if stray := next((one for one in wanted if one not in needs), None):
            raise SettingsRefused(f"“{key}” depends on “{stray}”, which is no criterion of this rubric.")
    met: set[str] = set()
    while ready := {key for key, wanted in needs.items() if key not in met and met.issuperset(wanted)}:
        met |= ready
    if left := sorted(set(needs) - met):
        raise SettingsRefused(f"Criteria depend on each other in a circle: {', '.join(left)}.")


def checked_for_lines(raw: Any) -> list[dict[str, Any]]:
    """The same for criteria that the form builder will show as lines: what a line cannot say is refused."""
    found = checked(raw)
    for number, one in enumerate(found, 1):
        line = Criterion(**one).as_line()
        if len(line.splitlines()) != 1 or line != line.strip() or _read_back(line, number) != one:
            raise SettingsRefused(
                f"Criterion {number}: “{one['title'][:60]}” cannot be written as one line; "
                "leave out line breaks, brackets at its ends, and “=” with “|” behind it."
            )
    return found


def _read_back(line: str, number: int) -> dict[str, Any]:
    """A line by itself, whatever it depends on."""
    return _checked_one(line, number, set())


def read_line(line: str) -> dict[str, Any]:
    """What a line says, unchecked but for its grammar; without a key if it names none. Raises SettingsRefused."""
    parts = _line.match(line.strip())
    assert parts is not None  # every part of it is optional
    kind, key, rest = parts["kind"], parts["key"], parts["rest"]
    if kind is not None and kind.strip().lower() not in _kinds:
        raise SettingsRefused(f"“[{kind[:40]}]” is not known; [hard] marks a hard rule.")
    rest, scale = _read_scale(rest)
    title, aside = _read_aside(rest)
    named = {"key": key} if key else {}
    return {**named, "title": title, "kind": _kinds[(kind or "principle").strip().lower()], **aside, **scale}


def slug(title: str) -> str:
    """The key that follows from a title; empty where it has no Latin letters."""
    words = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:40].rstrip("_")
    return words if words[:1].isalpha() else ""


def _line_has_key(title: str) -> bool:
    found = _line.match(title)
    return bool(found and found["key"])


def _read_scale(text: str) -> tuple[str, dict[str, Any]]:
    """What stands before the scale, and the scale. An equals sign that no levels follow belongs to the title."""
    sign = max(_equals.findall(text), key=len, default="")
    before, _, after = text.rpartition(f" {sign} ")
    after = after.strip()
    if count := sign and _count.match(after):
        return before.strip(), {"scale": int(count[1])}
    if sign and "|" in after:
        pipe = max(_pipes.findall(after), key=len)
        anchors = [level.strip() for level in re.split(rf"(?<!\|){re.escape(pipe)}(?!\|)", after)]
        return before.strip(), {"scale": len(anchors), "anchors": anchors}
    return text.strip(), {}


def _longer(sign: str, runs: re.Pattern[str], texts: Iterable[str]) -> str:
    """The sign so often that it is longer than any run of it in the texts."""
    return sign * (1 + max((len(run) for text in texts for run in runs.findall(text)), default=0))


def _read_aside(text: str) -> tuple[str, dict[str, Any]]:
    """The title, and what stands in brackets behind it. Brackets that say neither weight nor gate are the title's."""
    found = _aside.search(text)
    said = [part.strip().lower() for part in found[1].split(",")] if found else []
    if not found or not any(part in ("gate", _quote) or re.match(r"weight\b|after:", part) for part in said):
        return text, {}
    read: dict[str, Any] = {}
    for part in said:
        if weight := _weight.match(part):
            read["weight"] = float(weight[1])
        elif part == "gate":
            read["required"] = True
        elif part == _quote:
            read["needs_evidence"] = True
        elif after := _after.match(part):
            read["depends_on"] = [key.strip() for key in after[1].split("+")]
        else:
            raise SettingsRefused(f"“{part[:40]}” is neither a weight, such as “weight 2”, nor “gate”.")
    return text[: found.start()], read


def _checked_one(raw: Any, number: int, taken: set[str]) -> dict[str, Any]:
    """One criterion whole; a key that it lacks follows from its title and is added to `taken`."""
    if not isinstance(raw, str | Mapping):
        raise SettingsRefused(f"Criterion {number} is neither an object nor a line.")
    try:
        one: Mapping[str, Any] = read_line(raw) if isinstance(raw, str) else raw
        if not one.get("key") and isinstance(one.get("title"), str):
            one = {**one, "key": _free(slug(one["title"]) or f"c{number}", taken)}
        return _modeled(one)
    except SettingsRefused as refused:
        raise SettingsRefused(f"Criterion {number}: {refused}") from None


def _free(key: str, taken: set[str]) -> str:
    free, number = key, 2
    while free in taken:
        free, number = f"{key[:36]}_{number}", number + 1
    taken.add(free)
    return free


def _modeled(raw: Mapping[str, Any]) -> dict[str, Any]:
    try:
        criterion = Criterion.model_validate(dict(raw))
    except ValidationError as error:
        raise SettingsRefused(_sentence(error)) from None
    if not criterion.title.strip():
        raise SettingsRefused("A criterion needs words.")
    if criterion.anchors and len(criterion.anchors) != criterion.scale:
        raise SettingsRefused(
            f"“{criterion.title[:60]}” has {len(criterion.anchors)} anchors, which do not fit its scale."
        )
    return criterion.model_dump()


def _sentence(error: ValidationError) -> str:
    """The first fault, in words."""
    fault = error.errors()[0]
    name = str(fault["loc"][0])[:40] if fault["loc"] else ""
    return _SENTENCES.get(name, f"There is no field “{name}”." if name else "A criterion is an object.")


_SENTENCES = {
    "key": "A key starts with a letter and holds at most 40 of a–z, 0–9 and _.",
    "title": "A criterion needs words, at most 1,000 characters.",
    "kind": "A criterion is a principle or a hard_rule.",
    "scale": f"A scale is yes_no, or has {FEWEST_LEVELS} to {MOST_LEVELS} levels.",
    "anchors": "A level has words of at most 1,000 characters, with “|” between levels.",
    "weight": "A weight is a number from −1,000 to 1,000.",
    "required": "A criterion gates or not: true or false.",
    "depends_on": "What it depends on is a list of keys.",
    "needs_evidence": "Evidence is needed or not: true or false.",
}
