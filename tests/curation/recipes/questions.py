"""Questions of every kind, for tests of what recipes ask of them."""

from curation.recipes import QuestionRecord

SCALE = {"low": 1, "high": 5, "anchors": {}}
CRITERIA = [
    {
        "key": "correct",
        "title": "Every claim is correct",
        "kind": "hard_rule",
        "scale": "yes_no",
        "anchors": [],
        "weight": 2.0,
        "required": False,
    },
    {
        "key": "clear",
        "title": "Can be understood",
        "kind": "principle",
        "scale": 3,
        "anchors": ["poor", "ok", "good"],
        "weight": 1.0,
        "required": False,
    },
]
YES_NO = {"options": [{"key": "yes", "title": "Yes"}, {"key": "no", "title": "No"}], "several": False}
TYPES = [{"key": "unsupported", "title": "Unsupported"}, {"key": "rude", "title": "Rude"}]

QUESTIONS = [
    QuestionRecord("better", "preference", "Which is better?", dimensions=("style",), settings={"points": 7}),
    QuestionRecord("order", "ranking", "Order them", settings={"ties": True}),
    QuestionRecord("helpful", "rating", "Helpful", target="response", settings=SCALE),
    QuestionRecord("correct", "rating", "Correct", target="response", settings=SCALE),
    QuestionRecord("good", "choice", "Is it good?", target="response", settings=YES_NO),
    QuestionRecord("steps", "steps", "Steps", target="response", settings={"first_error": True, "final_answer": True}),
    QuestionRecord("list", "rubric", "Checklist", target="response", settings={"criteria": CRITERIA, "source": "form"}),
    QuestionRecord("marks", "spans", "Marks", target="response", settings={"types": TYPES}),
    QuestionRecord("why", "text", "Why?"),
]
KINDS = {question.key: question.kind for question in QUESTIONS}
ASKED = {question.key: question for question in QUESTIONS}
