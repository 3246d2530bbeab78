"""Real texts, votes, steps, ratings and marks in the layouts that such data is published in.

Where no file of a layout itself is at hand, real content stands in its columns, written as its publisher does, and what
the items then say is compared with the source. Skipped where the data is not there.
"""

import csv
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from annotation.imports.adapters.columns import option_key
from annotation.imports.canonical import Refused, validate
from annotation.imports.reading import open_rows

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
OTHER_FILE = {
    "argilla": "test_real_tools.py",
    "feedback_collection": "test_adapters_of_rubrics.py",
    "fine_grained_rlhf": "test_adapter_fine_grained_rlhf.py",
    "goldpan": "test_real_ratings.py",
    "judgebench": "test_adapters_of_benchmarks.py",
    "label_studio": "test_real_tools.py",
    "mapping": "test_real_pairs.py",
    "math_shepherd": "test_real_steps.py",
    "processbench": "test_real_steps.py",
    "trl_stepwise": "test_real_steps.py",
}
"""Layouts that meet real data elsewhere, and in which file."""


MODELS = {"model_a": "m1", "model_b": "m2"}
MARKS = ("\n\nHuman:", "\n\nAssistant:")
"""What parts the turns of a transcript: a prompt that quotes one is read as its turns."""


def rows_of(*path):
    file = REAL.joinpath(*path)
    if not file.exists():
        pytest.skip(f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
    with file.open("rb") as opened:
        return [record.value for record in open_rows(opened)]


def table(*path):
    file = REAL.joinpath(*path)
    if not file.exists():
        pytest.skip(f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
    with file.open(newline="") as opened:
        return list(csv.DictReader(opened))


def items_of(name, rows, **options):
    """Every row as a valid item; the layout is the one that the rows are recognized as."""
    assert sniff(columns_of(rows[:50]))[0] == name
    convert = ADAPTERS[name].converter(options)
    items = [convert(row) for row in rows]
    for item in items:
        validate(item)
    return items


def texts(item):
    return [response.messages[-1]["content"] for response in item.responses]


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}


def parts(text):
    return [{"type": "text", "text": text, "image": None, "mimeType": None}]


def chosen_first(pair):
    return (pair["response_a"], pair["response_b"])[:: 1 if pair["gold"] == "a" else -1]


def as_transcript(pair):
    asked = f"\n\nHuman: {pair['prompt']}\n\nAssistant: "
    chosen, rejected = chosen_first(pair)
    return {"chosen": asked + chosen, "rejected": asked + rejected}


def as_binarized(pair):
    chosen, rejected = ([user(pair["prompt"]), assistant(text)] for text in chosen_first(pair))
    scores = {"score_chosen": 8.0, "score_rejected": 3.0}
    named = {"prompt": pair["prompt"], "prompt_id": pair["id"], "messages": chosen}
    return {**named, "chosen": chosen, "rejected": rejected, **scores}


def as_explicit(pair):
    chosen, rejected = chosen_first(pair)
    return {"prompt": [user(pair["prompt"])], "chosen": [assistant(chosen)], "rejected": [assistant(rejected)]}


def as_implicit(pair):
    row = as_explicit(pair)
    return {name: [*row["prompt"], *row[name]] for name in ("chosen", "rejected")}


def as_rewardbench(pair):
    chosen, rejected = chosen_first(pair)
    models = {"chosen_model": "m1", "rejected_model": "m2"}
    return {"prompt": pair["prompt"], "chosen": chosen, "rejected": rejected, **models, "subset": pair["subset"]}


def as_helpsteer2(pair):
    strength = -2 if pair["gold"] == "a" else 1
    sides = {"response_1": pair["response_a"], "response_2": pair["response_b"]}
    return {"prompt": pair["prompt"], **sides, "preference_strength": strength, "split": "train"}


def as_helpsteer3(pair):
    strength = -3 if pair["gold"] == "a" else 3
    sides = {"response1": pair["response_a"], "response2": pair["response_b"]}
    return {"domain": "general", "context": [user(pair["prompt"])], **sides, "overall_preference": strength}


def as_lmsys(pair):
    sides = {name: json.dumps([pair[name]]) for name in ("response_a", "response_b")}
    won = {f"winner_model_{side}": str(int(pair["gold"] == side)) for side in "ab"}
    return {"id": pair["id"], **MODELS, "prompt": json.dumps([pair["prompt"]]), **sides, **won, "winner_tie": "0"}


def as_arena(pair):
    sides = {
        f"conversation_{side}": [
            {"role": "user", "content": parts(pair["prompt"])},
            {"role": "assistant", "content": parts(pair[f"response_{side}"])},
        ]
        for side in "ab"
    }
    return {
        "id": pair["id"],
        **MODELS,
        "winner": f"model_{pair['gold']}",
        "evaluation_session_id": pair["subset"],
        **sides,
    }


def as_openrubrics(pair):
    asked = " ".join(pair["prompt"].split())[:500]
    rubric = f"1. The response does what was asked: {asked} [Hard Rule]\n2. The response is brief. [Principle]"
    sides = {name: pair[name] for name in ("response_a", "response_b")}
    return {"instruction": pair["prompt"], **sides, "winner": pair["gold"].upper(), "rubric": rubric}


CHOSEN_FIRST = {
    "hh_rlhf": as_transcript,
    "rewardbench": as_rewardbench,
    "trl_explicit": as_explicit,
    "trl_implicit": as_implicit,
    "ultrafeedback_binarized": as_binarized,
}
SIDE_BY_SIDE = {
    "arena_140k": as_arena,
    "helpsteer2_preference": as_helpsteer2,
    "helpsteer3": as_helpsteer3,
    "lmsys_55k": as_lmsys,
    "openrubrics": as_openrubrics,
}
SOLUTIONS = {"nectar", "rewardbench2"}
ALONE = {
    "helpsteer2",
    "ultrafeedback",
    "trl_unpaired",
    "spans",
    "feedback",
    "wildbench",
    "rm_bench",
    "prm800k",
    "prmbench",
}


def test_every_layout_meets_real_data_somewhere():
    here = {*CHOSEN_FIRST, *SIDE_BY_SIDE, *SOLUTIONS, *ALONE}

    assert here | OTHER_FILE.keys() == ADAPTERS.keys()
    assert not here & OTHER_FILE.keys()
    for name, file in OTHER_FILE.items():
        said = Path(__file__).with_name(file).read_text()
        assert name in said
        assert "GOLDPAN_REAL_DATA" in said


@pytest.mark.parametrize("name", [*CHOSEN_FIRST, *SIDE_BY_SIDE])
def test_real_pairs_keep_their_texts_and_their_winner(name):
    pairs = rows_of("judges_llmbar", "pairs.jsonl")
    if name == "hh_rlhf":
        pairs = [pair for pair in pairs if not any(mark in pair["prompt"] for mark in MARKS)]
    shape = CHOSEN_FIRST.get(name) or SIDE_BY_SIDE[name]

    items = items_of(name, [shape(pair) for pair in pairs])

    assert len(items) > 460
    for item, pair in zip(items, pairs, strict=True):
        (label,) = item.labels
        won = texts(item)["ab".index(label.answer["winner"])]
        assert item.messages[-1] == user(pair["prompt"])
        assert sorted(texts(item)) == sorted([pair["response_a"], pair["response_b"]])
        assert won == pair[f"response_{pair['gold']}"]
        if name in SIDE_BY_SIDE:
            assert texts(item) == [pair["response_a"], pair["response_b"]]


@pytest.mark.parametrize("name", sorted(SOLUTIONS))
def test_real_solutions_stand_above_those_that_are_wrong(name):
    questions = []
    for question in rows_of("pairs_steps_gsm8k", "questions.jsonl"):
        by_text = {"\n".join(one["steps"]): one["is_correct"] for one in question["solutions"]}
        if len(set(by_text.values())) == 2 and all(text.strip() for text in by_text):
            questions.append((question, by_text))

    items = items_of(name, [solved(name, question, by_text) for question, by_text in questions])

    assert len(items) > 300
    for item, (question, by_text) in zip(items, questions, strict=True):
        best, rest = item.labels[0].answer["groups"]
        assert item.messages == [user(question["question"])]
        assert {texts(item)[place] for place in best} == {text for text, is_right in by_text.items() if is_right}
        assert {texts(item)[place] for place in rest} == {text for text, is_right in by_text.items() if not is_right}


def solved(name, question, by_text):
    if name == "nectar":
        ranks = [{"answer": text, "model": "m1", "rank": 1.0 if right else 3.0} for text, right in by_text.items()]
        prompt = f"\n\nHuman: {question['question']}\n\nAssistant: "
        return {"prompt": prompt, "answers": ranks, "num_responses": len(ranks), "turns": 1}
    right = [text for text, is_right in by_text.items() if is_right]
    wrong = [text for text, is_right in by_text.items() if not is_right]
    counts = {"num_correct": len(right), "num_incorrect": len(wrong), "total_completions": len(by_text)}
    named = {"id": question["id"], "prompt": question["question"], "subset": "Ties"}
    return {**named, "chosen": right, "rejected": wrong, **counts}


def test_real_pairs_in_three_styles_are_six_responses():
    pairs = rows_of("judges_llmbar", "pairs.jsonl")
    rows = []
    for number, pair in enumerate(pairs):
        styles = [[text, f"{text}\n\n{text}", f"* {text}"] for text in chosen_first(pair)]
        named = {"id": number, "subset": pair["subset"], "prompt": pair["prompt"]}
        rows.append({**named, "chosen": styles[0], "rejected": styles[1]})

    items = items_of("rm_bench", rows)

    for item, row in zip(items, rows, strict=True):
        assert texts(item) == [*row["chosen"], *row["rejected"]]
        assert item.labels[0].answer == {"groups": [[0, 1, 2], [3, 4, 5]]}


def test_real_ratings_are_the_attributes_of_one_response():
    summaries = {one["id"]: one for one in rows_of("ratings_halie_summaries", "items.jsonl")}
    ratings = [one for one in table("ratings_halie_summaries", "ratings.csv") if summaries[one["item_id"]]["summary"]]
    rows = [
        {
            "prompt": summaries[one["item_id"]]["source"],
            "response": summaries[one["item_id"]]["summary"],
            **dict.fromkeys(("helpfulness", "complexity", "verbosity")),
            "coherence": int(one["coherence"]) - 1,
            "correctness": int(one["relevance"]) - 1,
        }
        for one in ratings
    ]

    items = items_of("helpsteer2", rows)

    assert len(items) > 1_000
    for item, one in zip(items, ratings, strict=True):
        said = {label.dimension: label.answer["values"] for label in item.labels}
        assert said == {"coherence": [int(one["coherence"]) - 1], "correctness": [int(one["relevance"]) - 1]}


def test_real_ratings_of_several_summaries_are_rated_by_aspect():
    summaries = [one for one in rows_of("ratings_halie_summaries", "items.jsonl") if one["summary"].strip()]
    by_item, by_source = defaultdict(list), defaultdict(list)
    for rating in table("ratings_halie_summaries", "ratings.csv"):
        by_item[rating["item_id"]].append(rating)
    for one in summaries:
        by_source[one["source"]].append(one)

    def rated(one):
        first = by_item[one["id"]][0]
        said = {
            "honesty": {"Rating": first["coherence"], "Rationale": first["worker"]},
            "helpfulness": {"Rating": "N/A"},
        }
        return {"model": one["model"], "response": one["summary"], "annotations": said}

    shown = {source: found[:8] for source, found in by_source.items()}
    rows = [
        {"source": "made", "instruction": source, "models": [], "completions": [rated(one) for one in found]}
        for source, found in shown.items()
    ]
    items = items_of("ultrafeedback", rows)

    assert sum(len(item.responses) for item in items) > 150
    for item, found in zip(items, shown.values(), strict=True):
        (label,) = item.labels
        firsts = [by_item[one["id"]][0] for one in found]
        assert (label.dimension, label.answer["values"]) == ("honesty", [int(one["coherence"]) for one in firsts])
        assert all(one["worker"] in label.rationale for one in firsts)


def test_real_answers_are_good_unless_something_in_them_is_made_up():
    answers = rows_of("spans_halueval", "items.jsonl")
    rows = [
        {"prompt": one["prompt"], "completion": one["response"], "label": one["hallucination"] == "no"}
        for one in answers
        if one["response"].strip() and one["prompt"].strip()
    ]

    items = items_of("trl_unpaired", rows)

    assert len(items) > 2_000
    for item, row in zip(items, rows, strict=True):
        assert (item.messages, texts(item)) == ([user(row["prompt"])], [row["completion"]])
        assert item.labels[0].answer == {"values": [["good" if row["label"] else "bad"]]}


def test_real_marks_of_each_rater_lie_where_the_rater_made_them():
    shown = {(one["segment"], one["condition"]): one for one in rows_of("spans_wmt_mqm_sxs", "translations.jsonl")}
    marks = defaultdict(list)
    for one in table("spans_wmt_mqm_sxs", "spans.csv"):
        key = (one["segment"], one["condition"])
        if one["side"] == "target" and one["start"] and key in shown:
            place = (int(one["start"]), int(one["end"]))
            if 0 <= place[0] < place[1] <= len(shown[key]["target"]):
                marks[*key, one["rater"]].append((*place, one["category"], one["severity"]))

    def error(text, start, end, category, severity):
        words = {"text": text[start:end], "explanation": "", "severity": severity}
        return {"error_type": category, "start": start, "end": end, **words}

    rows = []
    for (segment, condition, _rater), made in marks.items():
        one = shown[segment, condition]
        errors = [error(one["target"], *mark) for mark in made]
        rows.append({"question": one["source"], "prediction": one["target"], "errors": errors})
    items = items_of("spans", rows)

    assert len(items) > 700
    for item, made in zip(items, marks.values(), strict=True):
        found = [
            (span["start"], span["end"], span["type"], span["severity"]) for span in item.labels[0].answer["spans"]
        ]
        assert found == [
            (start, end, option_key(category, ""), option_key(severity, "")) for start, end, category, severity in made
        ]


def test_real_choices_are_picks_of_those_who_made_them():
    votes = defaultdict(dict)
    for vote in table("workers_pairs_rankgen", "votes.csv"):
        if vote["choice"] in {"a", "b"}:
            votes[vote["pair_id"]][vote["worker"]] = vote["choice"]
    pairs = [one for one in rows_of("workers_pairs_rankgen", "pairs.jsonl") if one["response_a"] and one["response_b"]]
    rows = [
        {
            "id": one["id"],
            "prompt": one["prompt"],
            "responses": [one["response_a"], one["response_b"]],
            "signals": [
                {"signal": "pick", "value": "ab".index(choice), "user": who} for who, choice in votes[one["id"]].items()
            ],
        }
        for one in pairs
    ]

    items = items_of("feedback", rows)

    assert len(items) == 113
    for item in items:
        assert {one.annotator.split(":")[0]: one.answer["winner"] for one in item.labels} == votes[item.key]


def test_real_checklists_are_the_criteria_of_their_question():
    lists = rows_of("rubric_scholarqa", "checklists.jsonl")
    rows = [
        {
            "id": one["id"],
            "conversation_input": [user(one["question"])],
            "references": {"m1": "\n\n".join(found["criterion"] for found in one["items"])},
            "checklist": [found["criterion"] for found in one["items"]],
            "primary_tag": "Research",
        }
        for one in lists
    ]

    items = items_of("wildbench", rows)

    assert len(items) == 53
    for item, one in zip(items, lists, strict=True):
        assert item.messages == [user(one["question"])]
        assert [found["title"] for found in item.rubric] == [found["criterion"].strip() for found in one["items"]]


def judged_solutions():
    return [one for one in rows_of("steps_mrben", "solutions.jsonl") if all(step.strip() for step in one["steps"])]


def test_real_solutions_are_paths_of_candidates_up_to_the_first_error():
    solutions = judged_solutions()

    def label(one):
        wrong = one["first_error_step"]
        last = len(one["steps"]) if wrong is None else wrong + 1
        ratings = [-1 if place == wrong else 1 for place in range(last)]
        return {
            "steps": [
                {
                    "completions": [{"text": text, "rating": rating, "flagged": None}],
                    "human_completion": None,
                    "chosen_completion": 0 if rating == 1 else None,
                }
                for text, rating in zip(one["steps"], ratings, strict=False)
            ],
            "total_time": 1_000,
            "finish_reason": "solution" if wrong is None else "found_error",
        }

    rows = [
        {
            "labeler": "l1",
            "timestamp": f"2023-01-22T04:34:{number}",
            "question": {"problem": one["question"], "pre_generated_steps": one["steps"]},
            "label": label(one),
        }
        for number, one in enumerate(solutions)
    ]
    items = items_of("prm800k", rows)

    assert len(items) > 800
    for item, one in zip(items, solutions, strict=True):
        wrong, (text,) = one["first_error_step"], texts(item)
        (said,) = item.labels[0].answer["responses"]
        cut = [text[step["start"] : step["end"]].removesuffix("\n") for step in item.responses[0].steps]
        assert cut == one["steps"]
        unsaid = [None] * (len(one["steps"]) - 1 - (wrong or 0))
        assert said["labels"] == ([1] * len(one["steps"]) if wrong is None else [*[1] * wrong, -1, *unsaid])


def test_real_solutions_with_a_wrong_step_name_it_by_its_number():
    solutions = [one for one in judged_solutions() if one["first_error_step"] is not None]
    rows = [
        {
            "idx": f"confidence_{one['id']}",
            "original_question": one["question"],
            "modified_question": one["question"],
            "modified_process": one["steps"],
            "error_steps": [one["first_error_step"] + 1],
            "classification": "confidence",
            "reason": one["error_reasons"][0] if one["error_reasons"] else None,
        }
        for one in solutions
    ]

    items = items_of("prmbench", rows)

    assert len(items) > 300
    for item, one in zip(items, solutions, strict=True):
        (said,) = item.labels[0].answer["responses"]
        assert [place for place, label in enumerate(said["labels"]) if label == -1] == [one["first_error_step"]]
        assert said["errors"] == {str(one["first_error_step"]): ["confidence"]}


def test_a_real_row_that_lost_a_text_is_refused_and_the_others_are_not():
    pairs = rows_of("judges_llmbar", "pairs.jsonl")[:50]
    rows = [as_arena(pair) for pair in pairs]
    rows[7]["conversation_b"][1]["content"] = []
    convert = ADAPTERS["arena_140k"].converter({})
    refused = {}

    for number, row in enumerate(rows):
        try:
            validate(convert(row))
        except Refused as refusal:
            refused[number] = refusal.reason

    assert refused == {7: "Response b is empty."}
