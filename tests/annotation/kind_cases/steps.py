from typing import Any

from hypothesis import strategies as st

from annotation.kinds import KINDS, Judged, Subject
from tests.annotation.kind_cases import Question

SUBJECT = Subject(
    (
        Judged("Add.\n\nHalve.\n\nSo 3.", ((0, 6), (6, 14), (14, 19)), "1"),
        Judged("One step.", ((0, 9),), "import"),
    )
)
ERRORS = [{"key": "arithmetic", "title": "Arithmetic"}, {"key": "logic", "title": "Logic"}]
QUESTIONS = [
    Question("steps", target="response", settings=KINDS["steps"].check_settings(settings, "response"))
    for settings in (
        {"errors": ERRORS},
        {"errors": ERRORS, "first_error": False, "alternatives": True, "final_answer": True},
    )
]
WRITTEN = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12).map("= 3".__add__)


@st.composite
def post(draw: st.DrawFn, question: Question) -> dict[str, str]:
    fields: dict[str, str] = {}
    for place, judged in enumerate(SUBJECT.responses):
        for number in range(len(judged.steps)):
            fields |= draw(_step(f"q.{place}.{number}", question.settings))
        if question.settings["final_answer"]:
            fields[f"q.{place}.final"] = draw(st.sampled_from(["right", "wrong", "none"]))
    return fields


def _step(field: str, settings: dict[str, Any]) -> st.SearchStrategy[dict[str, str]]:
    said = {f"{field}.error.{error['key']}": st.just("on") for error in ERRORS} | {f"{field}.fix": WRITTEN}
    if settings["alternatives"]:
        said |= {f"{field}.or.{n}": WRITTEN for n in range(3)}
    return st.fixed_dictionaries({field: st.sampled_from(["1", "0", "-1"])}, optional=said)
