from typing import Any

from hypothesis import strategies as st

from annotation.kinds import KINDS, Judged, Subject
from tests.annotation.kind_cases import Question

TURNS = [
    {"role": "assistant", "content": "Add."},
    {"role": "tool", "content": "6"},
    {"role": "assistant", "content": "Halve.\n\nSo 3."},
]
SUBJECT = Subject(
    (
        Judged("Add.\n\nHalve.\n\nSo 3.", ((0, 6), (6, 14), (14, 19)), "1", TURNS),
        Judged("One step.", ((0, 9),), "import"),
    )
)
ERRORS = [{"key": "arithmetic", "title": "Arithmetic"}, {"key": "logic", "title": "Logic"}]
QUESTIONS = [
    Question("steps", target="response", settings=KINDS["steps"].check_settings(settings, "response"))
    for settings in (
        {"errors": ERRORS},
        {"errors": ERRORS, "first_error": False, "alternatives": True, "final_answer": True},
        {"errors": ERRORS, "cut": "turns", "first_error": False},
    )
]
WRITTEN = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12).map("= 3".__add__)


@st.composite
def post(draw: st.DrawFn, question: Question, subject: Subject = SUBJECT) -> dict[str, str]:
    """Every step is judged, however the responses of the subject are cut."""
    fields: dict[str, str] = {}
    for place, judged in enumerate(subject.responses):
        cut = judged.cut_as("turns-1") if question.settings["cut"] == "turns" else judged
        for number in range(len(cut.steps)):
            fields |= draw(_step(f"q.{place}.{number}", question.settings))
        if question.settings["final_answer"]:
            fields[f"q.{place}.final"] = draw(st.sampled_from(["right", "wrong", "none"]))
    return fields


def _step(field: str, settings: dict[str, Any]) -> st.SearchStrategy[dict[str, str]]:
    said = {f"{field}.error.{error['key']}": st.just("on") for error in ERRORS} | {f"{field}.fix": WRITTEN}
    if settings["alternatives"]:
        said |= {f"{field}.or.{n}": WRITTEN for n in range(3)}
    return st.fixed_dictionaries({field: st.sampled_from(["1", "0", "-1"])}, optional=said)
