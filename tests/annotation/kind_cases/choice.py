from hypothesis import strategies as st

from tests.annotation.kind_cases import PAIR, Question

SUBJECT = PAIR
KEYS = ["code", "math", "poetry"]
OPTIONS = [{"key": key, "title": key.title()} for key in KEYS]
QUESTIONS = [
    Question("choice", target=target, settings={"options": OPTIONS, "several": several})
    for target in ("item", "response")
    for several in (False, True)
]


def post(question: Question) -> st.SearchStrategy[dict[str, str]]:
    names = ["q"] if question.target == "item" else ["q.0", "q.1"]
    if not question.settings["several"]:
        return st.fixed_dictionaries({name: st.sampled_from(KEYS) for name in names})
    some = st.sets(st.sampled_from(KEYS), min_size=1)
    chosen = st.tuples(*(some for _ in names))
    return chosen.map(lambda sets: {f"{n}.{key}": "on" for n, keys in zip(names, sets, strict=True) for key in keys})
