"""WildBench: a checklist of yes/no questions."""

from collections.abc import Mapping

from annotation.imports.adapters.columns import list_of
from annotation.imports.canonical import Refused
from annotation.imports.canonical.wording import describe
from annotation.rubrics import schema
from annotation.rubrics.layouts.contract import Layout, Row, Written, name_of
from annotation.rubrics.layouts.wording import CONDITIONS, KEYS, LEVELS, PITFALLS, WEIGHTS, in_words


def fits(row: Mapping[str, object]) -> bool:
    checklist = row.get("checklist")
    return isinstance(checklist, list) and all(isinstance(one, str) for one in checklist)


def read(row: Row) -> Written:
    questions = list_of(row, "checklist")
    for number, question in enumerate(questions, 1):
        if not isinstance(question, str):
            raise Refused(f"Question {number} of the checklist is {describe(question)}, not text.")
    criteria = [{"title": " ".join(question.split()), "origin": "import"} for question in questions]
    return Written(schema.checked(criteria), name_of(row, "name", "intent", "id"))


def write(rubric: Written) -> list[Row]:
    return [{"name": rubric.name, "checklist": [in_words(one) for one in rubric.criteria]}]


LAYOUT = Layout(
    name="wildbench",
    title="WildBench",
    example='{"id": "w1", "checklist": ["Does the answer name a fruit?", "Is the answer brief?"]}',
    fits=fits,
    read=read,
    write=write,
    loses=(WEIGHTS, PITFALLS, LEVELS, "Hard rules and gates: all are questions alike.", CONDITIONS, KEYS),
)
