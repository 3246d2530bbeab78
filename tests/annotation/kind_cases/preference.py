from hypothesis import strategies as st

from annotation.kinds import KINDS
from tests.annotation.kind_cases import PAIR, Question

SUBJECT = PAIR
QUESTIONS = [Question("preference", settings={"points": points}) for points in (2, 3, 5, 7)] + [
    Question("preference", settings={"points": 5, "dimensions": [{"key": "tone", "title": "Tone"}]})
]


def post(question: Question) -> st.SearchStrategy[dict[str, str]]:
    options = [option.value for option in KINDS["preference"].options(question)]  # type: ignore[attr-defined]
    names = [question.key, *(f"q.{one['key']}" for one in question.settings.get("dimensions", []))]
    return st.fixed_dictionaries({name: st.sampled_from(options) for name in names})
