from hypothesis import strategies as st

from annotation.kinds import Judged, Subject
from tests.annotation.kind_cases import Question

SUBJECT = Subject(tuple(Judged(text) for text in ("An apple.", "A stone.", "A pear.", "Rain.")))
QUESTIONS = [Question("ranking", settings={"ties": ties}) for ties in (True, False)]


def post(question: Question) -> st.SearchStrategy[dict[str, str]]:
    places = st.permutations([1, 2, 3, 4])
    if question.settings["ties"]:
        places = st.lists(st.integers(1, 4), min_size=4, max_size=4)
    return places.map(lambda found: {f"q.{number}": str(place) for number, place in enumerate(found)})
