from hypothesis import strategies as st

from tests.annotation.kind_cases import PAIR, Question

SUBJECT = PAIR
QUESTIONS = [Question("text", settings={"min_length": 2, "max_length": 50})]
WRITABLE = st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"])


def post(question: Question) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({"q": st.text(WRITABLE, max_size=48).map(lambda text: "ok" + text)})
