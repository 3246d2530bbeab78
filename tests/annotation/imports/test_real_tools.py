"""Real texts and votes, as the tools that collect such votes would have exported them."""

import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from annotation.imports.adapters.exported.offsets import CODE_POINTS, UTF_16, located
from annotation.imports.canonical import Refused, validate
from annotation.imports.reading import open_rows

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))


def rows_of(*path):
    file = REAL.joinpath(*path)
    if not file.exists():
        pytest.skip(f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
    with file.open("rb") as opened:
        return [record.value for record in open_rows(opened)]


def items_of(name, rows, **options):
    """Every row as a valid item; the layout is the one that the rows are recognized as."""
    assert sniff(columns_of(rows[:50]))[0] == name
    convert = ADAPTERS[name].converter(options)
    items = [convert(row) for row in rows]
    for item in items:
        validate(item)
    return items


def votes_by_pair(*path, chosen="choice", who="worker"):
    found = defaultdict(dict)
    for vote in rows_of(*path):
        found[vote["pair_id"]][vote[who]] = vote[chosen]
    return found


def test_real_comparisons_come_through_label_studio():
    votes = votes_by_pair("workers_pairs_rankgen", "votes.csv")
    sides, people = {"a": "left", "b": "right"}, sorted({who for one in votes.values() for who in one})

    def annotation(who, choice):
        value = {"selected": sides[choice]}
        result = {"id": "r", "type": "pairwise", "from_name": "better", "to_name": "txt_a,txt_b", "value": value}
        return {"completed_by": people.index(who), "was_cancelled": False, "lead_time": 1.5, "result": [result]}

    rows = [
        {
            "id": pair["id"],
            "data": {name: pair[name] for name in ("prompt", "response_a", "response_b", "methods")},
            "annotations": [annotation(who, said) for who, said in votes[pair["id"]].items() if said in sides],
            "predictions": [],
        }
        for pair in rows_of("workers_pairs_rankgen", "pairs.jsonl")
        if pair["response_a"] and pair["response_b"]
    ]

    items = items_of("label_studio", rows)

    assert len(items) == 113
    for item in items:
        said = {people[int(one.annotator.split(":")[1])]: one.answer["winner"] for one in item.labels}
        assert said == {who: choice for who, choice in votes[item.key].items() if choice in sides}


def test_real_votes_come_through_argilla():
    meaning = {"first": "a", "second": "b", "same": "tie"}
    names = {winner: said for said, winner in meaning.items()}
    texts = ("instruction", "response_a", "response_b")
    pairs = [
        row
        for row in rows_of("pairs_pandalm", "pairs.jsonl")
        if all(isinstance(row[name], str) and row[name].strip() for name in texts)
    ]
    rows = [
        {
            "id": row["id"],
            "fields": {name: row[name] for name in texts},
            "metadata": {"app": row["app"]},
            "suggestions": {},
            "responses": {
                "better": [
                    {"value": names[vote["choice"]], "user_id": vote["annotator"]}
                    for vote in row["votes"]
                    if vote["choice"] in names
                ]
            },
        }
        for row in pairs
    ]
    questions = {"better": {"kind": "preference", "values": meaning}}

    items = items_of("argilla", rows, questions=questions)

    for item, row in zip(items, pairs, strict=True):
        said = {one.annotator: one.answer["winner"] for one in item.labels}
        assert said == {vote["annotator"]: vote["choice"] for vote in row["votes"] if vote["choice"] in names}


def test_real_judgments_come_in_under_their_truth():
    options = {
        "prompt": "prompt",
        "responses": ["response_a", "response_b"],
        "key": "id",
        "tags": ["subset"],
        "winner": {"column": "gold", "values": {"a": "a", "b": "b"}, "annotator": "llmbar"},
    }
    rows = rows_of("judges_llmbar", "pairs.jsonl")

    items = items_of("mapping", rows, **options)

    assert len(items) == 470
    assert [item.labels[0].answer["winner"] for item in items] == [row["gold"] for row in rows]
    assert {item.tags[0] for item in items} >= {"Natural", "MT-Bench"}


def units(text, offset):
    """The same place in UTF-16 code units."""
    return len(text[:offset].encode("utf-16-le")) // 2


def test_real_marks_counted_as_a_browser_counts_lie_where_they_lay():
    texts = {f"\N{PEAR} {row['target']}" for row in rows_of("spans_wmt_mqm_sxs", "translations.jsonl")}

    for text in texts:
        start, end = 2 + len(text) // 3, len(text)
        place = (units(text, start), units(text, end))
        assert place != (start, end)
        assert located(text, place, words=None, unit=UTF_16, name="A mark") == (start, end)


@settings(max_examples=300, deadline=None)
@given(st.text("ab \U0001f350é\n", min_size=1, max_size=12), st.data())
def test_a_mark_is_where_its_words_are_or_it_is_refused(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    words = text[start:end]
    if not words.strip():
        return

    for place, unit in (((start, end), CODE_POINTS), ((units(text, start), units(text, end)), UTF_16)):
        assert located(text, place, words=words, unit=unit, name="A mark") == (start, end)
        try:
            found = located(text, place, words=words, unit="", name="A mark")
        except Refused:
            continue
        assert text[found[0] : found[1]] == words
