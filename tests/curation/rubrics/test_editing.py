"""Criteria after a curator's decisions."""

from typing import Any

import pytest

from annotation.rubrics import schema
from curation.rubrics.editing import Edit, EditRefused, edited

CRITERIA = schema.checked(
    [
        {"key": "short", "title": "The response is short.", "evidence": [{"snippet": "be short"}]},
        {"key": "brief", "title": "The response is brief.", "weight": 2, "evidence": [{"snippet": "be brief"}]},
        {"key": "right", "title": "The response is right.", "kind": "hard_rule"},
        {"key": "proven", "title": "The response proves it.", "depends_on": ["right", "brief"]},
    ]
)


def keys(criteria: list[dict[str, Any]]) -> list[str | None]:
    return [one.get("key") for one in criteria]


def test_without_a_decision_everything_stays() -> None:
    assert edited(CRITERIA, {}) == CRITERIA


def test_what_is_dropped_is_gone_and_holds_nothing_back() -> None:
    found = edited(CRITERIA, {"right": Edit(is_kept=False)})

    assert keys(found) == ["short", "brief", "proven"]
    assert found[2]["depends_on"] == ["brief"]


def test_what_is_merged_gives_its_evidence_and_those_that_depend_on_it() -> None:
    found = edited(
        CRITERIA, {"brief": Edit(into="short"), "short": Edit(title="The response is short and to the point.")}
    )

    assert keys(found) == ["short", "right", "proven"]
    assert found[0]["title"] == "The response is short and to the point."
    assert [one["snippet"] for one in found[0]["evidence"]] == ["be short", "be brief"]
    assert found[0]["weight"] == 1
    assert found[2]["depends_on"] == ["right", "short"]


def test_a_title_of_several_lines_splits() -> None:
    found = schema.checked(
        edited(CRITERIA, {"right": Edit(title="The result is right.\n\n The way to it is right. ", weight=3)})
    )

    assert [one["title"] for one in found] == [
        "The response is short.",
        "The response is brief.",
        "The result is right.",
        "The way to it is right.",
        "The response proves it.",
    ]
    assert [one["weight"] for one in found] == [1, 2, 3, 3, 1]
    assert [one["kind"] for one in found][2:4] == ["hard_rule", "hard_rule"]
    assert found[4]["depends_on"] == ["right", "brief"]
    assert found[2]["key"] == "right"


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ({"short": Edit(into="brief"), "brief": Edit(into="right")}, "which is merged itself"),
        ({"short": Edit(into="brief"), "brief": Edit(into="short")}, "which is merged itself"),
        ({"short": Edit(into="short")}, "what is not there"),
        ({"short": Edit(into="long")}, "what is not there"),
        ({"short": Edit(into="brief"), "brief": Edit(is_kept=False)}, "which is dropped"),
        ({one["key"]: Edit(is_kept=False) for one in CRITERIA}, "Nothing would be left"),
    ],
)
def test_decisions_that_contradict_each_other_are_refused(edits: dict[str, Edit], says: str) -> None:
    with pytest.raises(EditRefused, match=says):
        edited(CRITERIA, edits)


def test_what_is_merged_need_not_be_kept_and_a_decision_about_nothing_is_none() -> None:
    found = edited(
        CRITERIA, {"brief": Edit(is_kept=False, into="short"), "stranger": Edit(is_kept=False, into="short")}
    )

    assert keys(found) == ["short", "right", "proven"]
