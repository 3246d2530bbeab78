"""A small project with planted truth: what is asked, what the items are, what is true of them, and what people say.

All is ours and written for this. What people say is written about the responses by their numbers in the item; in front
of everybody they stand in another order (`people.py`). The truth is written once, beside the item, and the answers
follow it but where they are meant to be wrong.
"""

from typing import Any, NamedTuple

ANCHORS = {"1": "poor", "2": "weak", "3": "fair", "4": "good", "5": "very good"}
CRITERIA = ["[hard] correct: Every claim is correct (weight 2)", "clear: Can be understood = poor | ok | good"]
QUESTIONS: list[dict[str, Any]] = [
    {
        "key": "better",
        "kind": "preference",
        "title": "Which is better?",
        "settings": {"points": 7, "dimensions": [{"key": "style", "title": "Style"}]},
    },
    {"key": "order", "kind": "ranking", "title": "Put them in order"},
    {
        "key": "helpful",
        "kind": "rating",
        "title": "How helpful is it?",
        "target": "response",
        "settings": {"low": 1, "high": 5, "anchors": ANCHORS},
    },
    {
        "key": "good",
        "kind": "choice",
        "title": "Is it good?",
        "target": "response",
        "settings": {"options": [{"key": "yes", "title": "Yes"}, {"key": "no", "title": "No"}]},
    },
    {
        "key": "steps",
        "kind": "steps",
        "title": "Is each step right?",
        "target": "response",
        "settings": {"first_error": True, "final_answer": True, "errors": []},
    },
    {
        "key": "list",
        "kind": "rubric",
        "title": "Checklist",
        "target": "response",
        "settings": {"criteria": CRITERIA, "source": "form"},
    },
    {
        "key": "marks",
        "kind": "spans",
        "title": "Mark what is wrong",
        "target": "response",
        "settings": {
            "types": [{"key": "unsupported", "title": "Unsupported"}, {"key": "rude", "title": "Rude"}],
            "severities": [{"key": "minor", "title": "Minor"}, {"key": "major", "title": "Major"}],
        },
    },
    {"key": "why", "kind": "text", "title": "Why?"},
]

SKY = "Why is the sky blue?"
CHAT = [
    {"role": "system", "content": "You are a harbor guide. Be brief."},
    {"role": "user", "content": "When does the ferry leave?"},
    {"role": "assistant", "content": "At nine."},
    {"role": "user", "content": "And the last one back?"},
]
LETTERS = "\u05db\u05ea\u05d1\u05d5 \u05d0\u05ea \u05d4\u05e9\u05dd cafe\u0301 \U0001f469\u200d\U0001f467."
AGENT = [
    {"role": "user", "content": "How deep is the lake?"},
    {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "c1", "name": "look_up", "arguments": '{"lake": "north"}'}],
    },
    {"role": "tool", "tool_call_id": "c1", "name": "look_up", "content": '{"meters": 41}'},
]
MARKED = ("The bridge \U0001f309 is from 1931. You fool, e\u0301verybody knows.", "It was built by hand.")


class Item(NamedTuple):
    """An item, what is true of it, and what each person says. `better` is the number of the better response."""

    row: dict[str, Any]
    said: dict[str, dict[str, Any]] = {}
    better: int | None = None
    more: dict[str, Any] = {}
    """What else is true: ranks, steps, marks, levels, in the words of test_golden_truth.py."""
    pictures: tuple[tuple[str, ...], ...] = ()
    """Names of pictures: of the prompt, then of each response."""


def pair(one: str, two: str) -> list[dict[str, Any]]:
    return [{"text": one, "model": "aster-1"}, {"text": two, "model": "birch-2"}]


def prefers(response: int, strength: int, style: int | None = None, **more: Any) -> dict[str, Any]:
    """One response is better by so much, and in style perhaps another."""
    value: dict[str, Any] = {"better": response, "strength": strength}
    return {"better": value if style is None else {**value, "style": {"better": style, "strength": 1}}, **more}


def finds(outcome: str) -> dict[str, Any]:
    """Neither of the two is better: tie, both_bad or unsure."""
    return {"better": {"outcome": outcome}}


ITEMS = [
    Item(
        {
            "key": "sky",
            "prompt": SKY,
            "tags": ["physics"],
            "responses": pair("Air scatters blue light most.", "Paint."),
        },
        {
            "Ana": prefers(0, 3, 1, good=["yes", "no"], helpful=[5, 1], why="It names the cause."),
            "Ben": prefers(0, 1, 1, good=["yes", "no"], helpful=[4, 1]),
        },
        better=0,
        more={"style": 1, "good": [True, False], "helpful": [5, 1], "helpful_mean": [4.5, 1.0]},
    ),
    Item(
        {"key": "ferry", "prompt": CHAT, "responses": pair("No idea, ask them.", "The last one is at 18:40.")},
        {"Ana": prefers(1, 2), "Ben": prefers(1, 1, why="It answers."), "Chen": prefers(0, 1)},
        better=1,
    ),
    Item(
        {
            "key": "letters",
            "prompt": LETTERS,
            "language": "he",
            "responses": pair(
                "cafe\u0301\u2028\U0001f469\u200d\U0001f467", "\u05e7\u05e4\u05d4 \U00010348 \u202dx\u202c"
            ),
        },
        {"Ana": prefers(1, 1), "Chen": prefers(1, 2)},
        better=1,
    ),
    Item(
        {"key": "even", "prompt": "Name a fruit.", "responses": pair("A pear.", "A plum.")},
        {"Ana": finds("tie"), "Ben": finds("tie"), "Chen": prefers(0, 1)},
        more={"outcome": "tie"},
    ),
    Item(
        {"key": "poor", "prompt": "Name a metal.", "responses": pair("A pear.", "A plum.")},
        {"Ana": finds("both_bad"), "Ben": finds("both_bad")},
        more={"outcome": "both_bad"},
    ),
    Item(
        {"key": "torn", "prompt": "Name a bird.", "responses": pair("A wren.", "A kite.")},
        {"Ana": prefers(0, 1), "Ben": prefers(1, 1)},
        more={"outcome": "split"},
    ),
    Item(
        {"key": "unsure", "prompt": "Name a fish.", "responses": pair("A tench.", "A bream.")},
        {"Ana": finds("unsure")},
        more={"outcome": "no_votes"},
    ),
    Item(
        {
            "key": "came",
            "prompt": "Name a tree.",
            "source": {"dataset": "orchard", "license": "cc0-1.0", "answer": "An ash."},
            "responses": pair("A stone.", "An ash."),
            "labels": [
                {
                    "annotator": "older tool",
                    "kind": "preference",
                    "dimension": "better",
                    "answer": {"winner": "b", "strength": 2},
                    "rationale": "A stone is no tree.",
                }
            ],
        },
        better=1,
    ),
    Item(
        {"key": "agent", "prompt": AGENT, "responses": pair("41 meters.", "Very deep.")},
        {"Ben": prefers(0, 2), "Chen": prefers(0, 2)},
        better=0,
    ),
    Item(
        {"key": "map", "prompt": "Where does the road lead?", "responses": pair("To the mill.", "Nowhere.")},
        {"Ana": prefers(0, 2), "Ben": prefers(0, 2)},
        better=0,
        pictures=(("map",), (), ()),
    ),
    Item(
        {"key": "sketch", "prompt": "Draw a mill.", "responses": pair("", "")},
        {"Ana": prefers(1, 3)},
        better=1,
        pictures=((), ("barn",), ("mill",)),
    ),
    Item(
        {
            "key": "fruits",
            "prompt": "Which fruit keeps longest?",
            "responses": [
                {"text": text, "model": f"model-{place}"}
                for place, text in enumerate(("A pear.", "A stone.", "An apple.", "A quince."))
            ],
        },
        {
            "Ana": {"order": [[2], [0, 3], [1]], "good": ["yes", "no", "yes", "no"]},
            "Ben": {"order": [[2], [0], [3], [1]]},
            "Chen": {"order": [[2], [3], [0], [1]]},
        },
        more={"ranks": [2, 4, 1, 2], "good": [True, False, True, False]},
    ),
    Item(
        {
            "key": "sum",
            "prompt": "What is (2 + 3) \u00d7 4?",
            "source": {"answer": "20"},
            "responses": [
                {"text": "2 + 3 is 5.\n5 \u00d7 4 is 20. \U0001f600\nSo 20.", "model": "aster-1"},
                {
                    "text": "2 + 3 is 5.\u2028Then 5 \u00d7 4 is 21. So 21.",
                    "model": "birch-2",
                    "steps": [{"start": 0, "end": 12}, {"start": 12, "end": 30}, {"start": 30, "end": 36}],
                },
            ],
        },
        {
            "Ana": {"steps": [([1, 1, 1], "right"), ([1, -1, None], "wrong")]},
            "Ben": {"steps": [([1, 0, 1], "right"), ([1, -1, None], "wrong")]},
            "Chen": {"steps": [([1, 0, 1], "right"), ([1, 1, -1], "wrong")]},
        },
        more={
            "steps": [
                ["2 + 3 is 5.", "5 \u00d7 4 is 20. \U0001f600", "So 20."],
                ["2 + 3 is 5.", "Then 5 \u00d7 4 is 21.", "So 21."],
            ],
            "right": [[True, True, True], [True, False, False]],
            "strict": [[True, False, True], [True, False, False]],
            "first_wrong": [-1, 1],
            "final": [True, False],
        },
    ),
    Item(
        {"key": "claims", "prompt": "Tell me of the bridge.", "responses": pair(*MARKED)},
        {
            "Ana": {
                "marks": [
                    (0, "is from 1931", "unsupported", "minor", "Who says so?"),
                    (0, "You fool", "rude", "major", ""),
                ]
            },
            "Ben": {"marks": [(0, "from 1931", "unsupported", "minor", ""), (0, "You fool", "rude", "major", "")]},
            "Chen": {
                "marks": [(0, "from 1931", "unsupported", "major", ""), (1, "by hand", "unsupported", "minor", "")]
            },
        },
        more={
            "marked": [[("from 1931", "unsupported", "minor"), ("You fool", "rude", "major")], []],
            "anybody": [
                [("is from 1931", "unsupported", "minor"), ("You fool", "rude", "major")],
                [("by hand", "unsupported", "minor")],
            ],
        },
    ),
    Item(
        {"key": "note", "prompt": "Write to the mayor.", "responses": pair("Dear mayor, the road is bad.", "Fix it.")},
        {
            "Ana": prefers(0, 2, list={"correct": ["yes", "no"], "clear": [3, 2]}),
            "Ben": prefers(0, 1, list={"correct": ["yes", "no"], "clear": [3, 1]}),
            "Chen": prefers(1, 1, list={"correct": ["yes", "yes"], "clear": [2, 1]}),
        },
        better=0,
        more={"verdicts": {"correct": ["yes", "no"], "clear": ["3", "1"]}, "passes": [True, False]},
    ),
    Item(
        {
            "key": "answer",
            "prompt": "How do I boil an egg?",
            "responses": [{"text": "Seven minutes in boiling water."}],
        },
        {"Ana": {"helpful": [5], "good": ["yes"], "why": "Short and right."}, "Ben": {"helpful": [4]}},
        more={"good": [True], "helpful": [5], "helpful_mean": [4.5], "wrote": ("Short and right.", "5")},
    ),
    Item(
        {"key": "answer-2", "prompt": "How do I boil an egg?", "responses": [{"text": "Ask a hen."}]},
        {"Ana": {"helpful": [1], "good": ["no"]}},
        more={"good": [False], "helpful": [1], "helpful_mean": [1.0]},
    ),
]
BY_KEY = {item.row["key"]: item for item in ITEMS}
