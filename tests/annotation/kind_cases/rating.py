from hypothesis import strategies as st

from tests.annotation.kind_cases import PAIR, Question

SUBJECT = PAIR
QUESTIONS = [Question("rating", target=target, settings={"low": 0, "high": 4}) for target in ("item", "response")]


def post(question: Question) -> st.SearchStrategy[dict[str, str]]:
    names = ["q"] if question.target == "item" else ["q.0", "q.1"]
    return st.fixed_dictionaries({name: st.integers(0, 4).map(str) for name in names})
