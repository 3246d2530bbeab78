"""OpenRubrics: numbered items that end with [Hard Rule] or [Principle]."""

from collections.abc import Mapping

from annotation.imports.adapters.openrubrics import KINDS, read_rubric
from annotation.rubrics import schema
from annotation.rubrics.layouts.contract import Layout, Row, Written, name_of
from annotation.rubrics.layouts.wording import CONDITIONS, KEYS, LEVELS, PITFALLS, WEIGHTS, in_words

MARKS = {"hard_rule": "[Hard Rule]", "principle": "[Principle]"}


def fits(row: Mapping[str, object]) -> bool:
    rubric = row.get("rubric")
    return isinstance(rubric, str) and any(f"[{kind}]" in rubric.lower() for kind in KINDS)


def read(row: Row) -> Written:
    criteria = [{**one, "origin": "import"} for one in read_rubric(row.get("rubric"))]
    prompt = row.get("instruction")
    return Written(schema.checked(criteria), name_of(row, "instruction"), prompt if isinstance(prompt, str) else "")


def write(rubric: Written) -> list[Row]:
    lines = [
        f"{number}. {in_words(one)} {MARKS['hard_rule' if one['required'] else one['kind']]}"
        for number, one in enumerate(rubric.criteria, 1)
    ]
    return [{"instruction": rubric.prompt or rubric.name, "rubric": "\n".join(lines)}]


LAYOUT = Layout(
    name="openrubrics",
    title="OpenRubrics",
    example=(
        '{"instruction": "Name a fruit.", '
        '"rubric": "1. The response names a fruit. [Hard Rule]\\n2. The response is brief. [Principle]"}'
    ),
    fits=fits,
    read=read,
    write=write,
    loses=(WEIGHTS, PITFALLS, LEVELS, "A principle that gates is written as a hard rule.", CONDITIONS, KEYS),
)
