from typing import Any

from hypothesis import strategies as st

from annotation.kinds import Judged, Subject
from annotation.kinds.rubric_criteria import checked
from tests.annotation.kind_cases import Question

TEXTS = ("An apple.\r\nIt is **very** red 🙂.", "A stone. It is grey.")
LINES = ["[hard] safe: Harms nobody", "clear: Says it clearly (weight 2) = poor | ok | good", "off: Strays (weight -1)"]
CRITERIA = checked(LINES)
SUBJECT = Subject(tuple(Judged(text) for text in TEXTS), rubric=checked(["own: Has its own = 1..7"]))
QUESTIONS = [
    Question("rubric", target=target, settings={"criteria": CRITERIA, "source": source})
    for target in ("response", "item")
    for source in ("form", "item")
]
WRITABLE = st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"])
NOTES = st.none() | st.text(WRITABLE, max_size=9).map(lambda text: "why" + text)


def post(question: Question) -> st.SearchStrategy[dict[str, str]]:
    criteria = SUBJECT.rubric if question.settings["source"] == "item" else CRITERIA
    answered: list[st.SearchStrategy[dict[str, str]]] = []
    for one in criteria:
        if question.target == "item":
            answered.append(_verdict(f"q.{one['key']}", st.sampled_from(["a", "b", "tie", "na"]), None))
            continue
        values = ["yes", "no", "na"] if one["scale"] == "yes_no" else ["na", *map(str, range(1, one["scale"] + 1))]
        answered += [
            _verdict(f"q.{one['key']}.{place}", st.sampled_from(values), text) for place, text in enumerate(TEXTS)
        ]
    return st.tuples(*answered).map(lambda parts: {name: text for part in parts for name, text in part.items()})


def _verdict(field: str, values: Any, text: str | None) -> st.SearchStrategy[dict[str, str]]:
    quotes: Any = st.just({})
    if text is not None:
        places = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 9))
        quotes = places.map(lambda at: {f"{field}.at": f"{at[0]}-{min(len(text), at[0] + at[1])}"}) | st.just({})
    notes = NOTES.map(lambda note: {f"{field}.note": note} if note else {})
    return st.tuples(values, quotes, notes).map(lambda parts: {field: parts[0], **parts[1], **parts[2]})
