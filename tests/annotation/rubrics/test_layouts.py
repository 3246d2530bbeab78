"""Files of rubrics: what comes back of each layout, what is lost by name, and published rubrics through all of them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from annotation.imports.canonical import Refused
from annotation.kinds import SettingsRefused
from annotation.rubrics import schema
from annotation.rubrics.layouts import LAYOUTS, Written
from annotation.rubrics.layouts.wording import AVOIDS

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))
needs_real_data = pytest.mark.skipif(
    not (REAL / "rubric_biggen").exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA"
)
FULL = schema.checked(
    [
        {
            "key": "follows",
            "title": "Follows every instruction",
            "kind": "hard_rule",
            "pass_condition": "None is left out.",
            "failure_examples": ["Leaves out the second."],
            "evidence": [{"snippet": "Name two.", "turn": 0, "field": "content"}],
            "needs_evidence": True,
            "origin": "constraint",
        },
        {"key": "depth", "title": "Goes into depth", "scale": 3, "anchors": ["not", "some", "much"], "weight": 2},
        {"key": "safe", "title": "Does no harm", "required": True, "depends_on": ["follows"]},
        {"key": "pads", "title": "Repeats itself", "weight": -1},
    ]
)
RUBRIC = Written(FULL, "Helpfulness", "Name two fruits.", "A first try.", {"prompt": "v1"})


def again(layout: str, rubric: Written = RUBRIC) -> list[Written]:
    """What is read of what was written, through JSON."""
    rows = [json.loads(json.dumps(row)) for row in LAYOUTS[layout].write(rubric)]
    assert all(LAYOUTS[layout].fits(row) for row in rows)
    return [LAYOUTS[layout].read(row) for row in rows]


def test_our_own_layout_keeps_everything() -> None:
    assert again("goldpan") == [RUBRIC]
    assert LAYOUTS["goldpan"].loses == ()


def test_openrubrics_keeps_words_and_kinds_and_turns_gates_into_hard_rules() -> None:
    (found,) = again("openrubrics")

    assert [(one["title"], one["kind"], one["weight"]) for one in found.criteria] == [
        ("Follows every instruction", "hard_rule", 1.0),
        ("Goes into depth", "principle", 1.0),
        ("Does no harm", "hard_rule", 1.0),
        (f"{AVOIDS}Repeats itself", "principle", 1.0),
    ]
    assert found.prompt == "Name two fruits."


def test_wildbench_keeps_the_words() -> None:
    (found,) = again("wildbench")

    assert [one["title"] for one in found.criteria][1:] == [
        "Goes into depth",
        "Does no harm",
        f"{AVOIDS}Repeats itself",
    ]
    assert found.name == "Helpfulness"


def test_prometheus_has_a_line_for_each_criterion_and_five_scores() -> None:
    found = again("prometheus")

    assert [one.criteria[0]["title"] for one in found][3] == f"{AVOIDS}Repeats itself"
    assert found[1].criteria[0]["anchors"][::2] == ["not", "some", "much"]
    assert found[0].criteria[0]["anchors"] == ["Not at all", "Hardly", "In part", "Mostly", "Fully"]


def test_five_levels_come_back_from_prometheus_as_they_were() -> None:
    five = schema.checked(["Is clear = a | b | c | d | e"])

    (found,) = again("prometheus", Written([{**five[0], "origin": "import"}], "Clear"))

    assert found.criteria == [{**five[0], "origin": "import"}]


def test_levels_of_a_pitfall_are_turned_round_for_prometheus() -> None:
    worse = schema.checked(["Uses jargon (weight -1) = never | now and then | often | very often | always"])

    (found,) = again("prometheus", Written(worse, "Jargon"))

    assert found.criteria[0]["anchors"] == ["always", "very often", "often", "now and then", "never"]


def test_seven_levels_share_five_scores_and_none_is_lost() -> None:
    seven = schema.checked(["Is clear = a | b | c | d | e | f | g"])

    anchors = LAYOUTS["prometheus"].write(Written(seven))[0]

    words = [anchors[f"score{score}_description"] for score in range(1, 6)]
    assert (words[0], words[-1]) == ("a", "g")
    assert " / ".join(words).split(" / ") == list("abcdefg")


def test_rubrics_as_rewards_keep_words_keys_and_whole_weights() -> None:
    (found,) = again("rar")

    assert [(one["key"], one["title"], one["weight"]) for one in found.criteria] == [
        ("follows", "Follows every instruction", 5.0),
        ("depth", "Goes into depth", 2.0),
        ("safe", "Does no harm", 5.0),
        ("pads", "Repeats itself", -1.0),
    ]
    (row,) = LAYOUTS["rar"].write(RUBRIC)
    assert row["rubric"][3]["description"] == "Pitfall Criteria: Repeats itself"
    assert (row["rubric_count"], row["rubric_list"][0]) == (4, "Essential Criteria: Follows every instruction")


def test_shares_are_rounded_to_whole_weights_in_their_order() -> None:
    shares = schema.checked(["a: First (weight 0.6)", "b: Second (weight 0.3)", "c: Third (weight 0.05)"])

    (row,) = LAYOUTS["rar"].write(Written(shares))

    assert [one["weight"] for one in row["rubric"]] == [5, 2, 1]


def test_a_word_that_the_weight_does_not_say_stays_in_the_title() -> None:
    item = {"title": "Names fruit", "description": "Optional Criteria: Names a fruit.", "weight": 5}

    (criterion,) = LAYOUTS["rar"].read({"question": "?", "rubric": [item]}).criteria

    assert criterion["title"] == "Optional Criteria: Names a fruit."


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_example_of_a_layout_is_read_and_is_in_no_other(layout: str) -> None:
    row = json.loads(LAYOUTS[layout].example)

    assert LAYOUTS[layout].read(row).criteria
    assert [one.name for one in LAYOUTS.values() if one.fits(row)] == [layout]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_a_second_time_is_the_same(layout: str) -> None:
    once = again(layout)

    assert [one.criteria for rubric in once for one in again(layout, rubric)] == [one.criteria for one in once]


@pytest.mark.parametrize(
    ("layout", "row", "sentence"),
    [
        ("goldpan", {"goldpan_rubric": 2, "criteria": ["a"]}, "form a number"),
        ("goldpan", {"goldpan_rubric": 1, "criteria": ["a"], "hue": 1}, "no field “hue”"),
        ("goldpan", {"goldpan_rubric": 1, "criteria": ["a"], "name": 3}, "The name is a number"),
        ("goldpan", {"goldpan_rubric": 1, "criteria": ["a"], "provenance": []}, "provenance is a list"),
        ("goldpan", {"goldpan_rubric": 1}, "are a list"),
        ("openrubrics", {"rubric": "1. No kind"}, "does not end with"),
        ("openrubrics", {}, "The rubric is null"),
        ("wildbench", {"checklist": [3]}, "Question 1 of the checklist is a number"),
        ("wildbench", {"checklist": []}, "at least one criterion"),
        ("prometheus", {"criteria": "a", "score1_description": "b"}, "no text in “score2_description”"),
        ("prometheus", {"criteria": 3}, "no text in “criteria”"),
        ("rar", {"rubric": "none"}, "is text, not a list"),
        ("rar", {"rubric": [{"title": "a"}]}, "Item 1 of the rubric has no description"),
        ("rar", {"rubric": [{"description": "a", "weight": "5"}]}, "is text, not a number"),
        ("rar", {"rubric": [{"description": "a", "weight": True}]}, "is true, not a number"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_in_a_sentence(layout: str, row: dict[str, Any], sentence: str) -> None:
    with pytest.raises((Refused, SettingsRefused), match=sentence):
        LAYOUTS[layout].read(row)


@needs_real_data
def test_published_rubrics_of_five_scores_are_read_and_come_back() -> None:
    rows = [json.loads(line) for line in (REAL / "rubric_biggen" / "rubrics.jsonl").open()]

    for row in rows:
        assert LAYOUTS["prometheus"].fits(row)
        read = LAYOUTS["prometheus"].read(row)
        (written,) = LAYOUTS["prometheus"].write(read)
        said = {name: " ".join(text.split()) for name, text in row["rubric"].items()}
        assert {name: written[name] for name in said} == said
        assert all(again(layout, read) for layout in LAYOUTS)
    assert len(rows) > 400


@needs_real_data
def test_published_checklists_with_weights_and_evidence_go_through_every_layout() -> None:
    rows = [json.loads(line) for line in (REAL / "rubric_scholarqa" / "checklists.jsonl").open()]

    for row in rows:
        rubric = Written(checklist(row["items"]), row["id"], row["question"])

        assert again("goldpan", rubric) == [rubric]
        words = [one["title"] for one in rubric.criteria]
        for layout in ("openrubrics", "wildbench", "rar"):
            (found,) = again(layout, rubric)
            assert [one["title"] for one in found.criteria] == words
        assert [one.criteria[0]["title"] for one in again("prometheus", rubric)] == words
    assert len(rows) == 53


def checklist(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Published items as criteria of the library; their evidence comes from papers."""
    return schema.checked(
        [
            {
                "key": one["name"],
                "title": " ".join(one["criterion"].split()),
                "weight": one["weight"],
                "evidence": [{"snippet": text} for text in one["evidence"]],
                "origin": "import",
            }
            for one in items
        ]
    )
