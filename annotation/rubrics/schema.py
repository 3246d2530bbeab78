"""What a criterion of the library says: all that a question asks with, and what writers and judges of rubrics need.

The first part of a criterion (key, title, kind, scale, anchors, weight, required) is `annotation.kinds.rubric_criteria`
word for word, so that every version can be published as a question and edited as lines; what it depends on and whether
it needs evidence go into the question, too. One word per thing, also where
sources have several:

* a **gatekeeper** is `required`; a **hard rule** gates by its kind (`rubric_score.is_gate`);
* **polarity** is the sign of the weight: a pitfall weighs less than zero. *Essential* and *optional* are weights, too;
* an item of a **checklist** is a yes/no criterion whose `origin` says where it came from.

Plain functions on plain data.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, model_validator

from annotation.imports.canonical.storable import object_fault
from annotation.kinds import rubric_criteria
from annotation.kinds.base import Settings, SettingsRefused
from annotation.kinds.rubric_criteria import Criterion, Key

Part = Literal["content", "reasoning", "tool_calls", "tool_results"]
Origin = Literal["human", "contrast", "principle", "constraint", "checklist", "hypothesis", "import"]
ORIGINS: tuple[str, ...] = get_args(Origin)

LONGEST_CONDITION = 1_000
MOST_FAILURES, LONGEST_FAILURE = 20, 1_000
MOST_EVIDENCE, LONGEST_SNIPPET = 50, 5_000
LAST_PLACE = 10_000_000
LARGEST = 500_000  # bytes of the criteria as JSON

Place = Annotated[int, Field(ge=0, le=LAST_PLACE)]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_FAILURE)]


class Evidence(Settings):
    """Words that a criterion rests on. Numbers count from 0; offsets are code points of the response's text.

    With `response` they stand in that response, else with `turn` in the prompt, and with neither somewhere else, as in
    a paper that a checklist was written from.
    """

    snippet: str = Field(min_length=1, max_length=LONGEST_SNIPPET)
    response: Place | None = None
    start: Place | None = None
    end: Place | None = None
    turn: Place | None = None
    step: Place | None = None
    field: Part | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> "Evidence":
        if (self.start is None) != (self.end is None) or (self.start is not None and self.response is None):
            raise ValueError("start and end come together, with the response that they stand in")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("the end comes after the start")
        if self.turn is None and (self.step is not None or self.field is not None):
            raise ValueError("a step or a field belongs to a turn")
        return self


class Details(Settings):
    """What the library knows of a criterion beside what a question asks with."""

    focus_on: Part | None = Field(default=None, description="The part of a turn that it looks at; none: the whole.")
    pass_condition: str = Field(default="", max_length=LONGEST_CONDITION, description="What has to be true to pass.")
    failure_examples: list[Words] = Field(default_factory=list, max_length=MOST_FAILURES)
    evidence: list[Evidence] = Field(default_factory=list, max_length=MOST_EVIDENCE)
    needs_evidence: bool = Field(default=False, description="Whether a verdict has to quote the words that decide.")
    depends_on: list[Key] = Field(
        default_factory=list,
        max_length=rubric_criteria.MOST,
        description="Criteria that have to be met before it counts.",
    )
    origin: Origin = "human"


class LibraryCriterion(Details, Criterion):
    """A criterion whole."""


ASKED = frozenset(Criterion.model_fields) - frozenset(Details.model_fields)
KNOWN = frozenset(LibraryCriterion.model_fields)


def checked(raw: Any) -> list[dict[str, Any]]:
    """Criteria with their defaults filled in; each is a mapping, or a line as a person writes it.

    Raises SettingsRefused with a sentence about the first that does not hold together.
    """
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes):
        raise SettingsRefused("The criteria are a list.")
    if not raw:
        raise SettingsRefused("A rubric needs at least one criterion.")
    asked = rubric_criteria.checked_for_lines([_asked_part(one) for one in raw])
    found = [
        {**base, **_details(base if isinstance(one, str) else one, number)}
        for number, (one, base) in enumerate(zip(raw, asked, strict=True), 1)
    ]
    rubric_criteria.refuse_loops(found)
    if fault := object_fault({"criteria": found}, LARGEST):
        raise SettingsRefused(f"The list of criteria {fault}.")
    return found


def asked(criteria: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The part that stands in a question's settings."""
    return [Criterion(**{name: one[name] for name in Criterion.model_fields}).model_dump() for one in criteria]


def in_lines(criteria: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the editor has as the line of each; it has fields of their own for everything else."""
    return [Criterion(**{name: one[name] for name in ASKED}).as_line() for one in criteria]


def _asked_part(one: Any) -> Any:
    """What a question asks with. White space in words is one space: a criterion is a line, and models write loosely."""
    if not isinstance(one, Mapping):
        return one
    part = {name: value for name, value in one.items() if name in ASKED}
    if isinstance(part.get("title"), str):
        part["title"] = " ".join(part["title"].split())
    if isinstance(part.get("anchors"), list):
        part["anchors"] = [" ".join(level.split()) if isinstance(level, str) else level for level in part["anchors"]]
    return part


def _details(one: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The rest of it."""
    given = {name: value for name, value in one.items() if name not in ASKED}
    if stray := next((name for name in given if name not in KNOWN), None):
        raise SettingsRefused(f"Criterion {number}: There is no field “{str(stray)[:40]}”.")
    try:
        return Details.model_validate(given).model_dump()
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise SettingsRefused(f"Criterion {number}: {_SENTENCES[name]}") from None


_SENTENCES = {
    "focus_on": f"It looks at one of {', '.join(get_args(Part))}, or at the whole.",
    "pass_condition": f"What has to be true to pass takes at most {LONGEST_CONDITION:,} characters.",
    "failure_examples": (
        f"Examples of failing are a list of at most {MOST_FAILURES} texts of 1 to {LONGEST_FAILURE:,} characters."
    ),
    "evidence": (
        f"Evidence is a list of at most {MOST_EVIDENCE}, each a “snippet” of 1 to {LONGEST_SNIPPET:,} characters and "
        "where it stands: “response” with “start” and “end”, or “turn” with “step” and “field”."
    ),
    "needs_evidence": "Evidence is needed or not: true or false.",
    "depends_on": "What it depends on is a list of keys.",
    "origin": f"Its origin is one of {', '.join(ORIGINS)}.",
}
