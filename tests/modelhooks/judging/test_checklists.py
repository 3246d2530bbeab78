"""Checklists for what an assistant with tools did: every rule of the form is kept, or there is no list."""

from dataclasses import replace
from typing import Any

import pytest

from modelhooks.asking import error_of
from modelhooks.contracts import CheckItem, Checklist, Evidence, Trajectory
from modelhooks.judging import checklists
from modelhooks.judging.chat import Ask
from modelhooks.judging.checklists import ChecklistWriter, Stretch, fault, stretches, turns_of, weighed
from tests.modelhooks.judging.scripted import CODE, USAGE, always, failed, setting, shown

PROMPT = (
    {"role": "system", "content": "You book trains."},
    {"role": "user", "content": "A train to Bern on Monday, please."},
)
TURNS = (
    {
        "role": "assistant",
        "reasoning": "I need the times.",
        "content": "",
        "tool_calls": [{"id": "a", "name": "search", "arguments": '{"to": "Bern"}'}],
    },
    {"role": "tool", "tool_call_id": "a", "content": "08:02 and 09:02"},
    {"role": "assistant", "content": "There are two, at 8:02 and at 9:02."},
    {"role": "user", "content": "The first."},
    {"role": "assistant", "content": "It is booked."},
    {"role": "user", "content": "Thanks!"},
)
TRIP = Trajectory(PROMPT, TURNS)


def item(weight: int = 50, **more: Any) -> dict[str, Any]:
    return {
        "evidence": [{"turn": 2, "field": "tool_calls", "snippet": 'search({"to": "Bern"})'}],
        "focus_on": "tool_calls",
        "question": "Were trains to Bern looked for?",
        "pass_condition": "A search names Bern as where to go.",
        "failure_examples": ["The search names another town."],
        "required": "yes",
        "weight": weight,
        "depends_on": [],
        **more,
    }


RESULT = item(
    30,
    focus_on="tool_results",
    evidence=[{"turn": 3, "field": "tool_results", "snippet": "08:02  and\n09:02"}],
    question="Did the search answer with times?",
)
TOLD = item(
    20,
    focus_on="content",
    evidence=[{"turn": 4, "field": "content", "snippet": "There are two"}],
    question="Is the user told all trains?",
    required="no",
    depends_on=["c2"],
)
GOOD = [item(), RESULT, TOLD]


def listed(*items: Any) -> dict[str, Any]:
    return {"case": CODE, "reasoning": "", "items": list(items)}


def first_turn(*items: Any) -> Checklist:
    """What becomes of these for the first turn of the person; there is no second."""
    (found,) = ChecklistWriter(always(listed(*items))).write_checklists([Trajectory(PROMPT, TURNS[:3])])
    return found


def test_each_turn_of_a_person_has_a_list_of_what_was_done_after_it() -> None:
    booked = item(100, evidence=[{"turn": 6, "field": "content", "snippet": "booked"}], focus_on="content")
    halves = [booked | {"weight": 50}, booked | {"weight": 50, "question": "Is the user told so?"}]

    def say(ask: Ask, number: int) -> Any:
        return listed(*(halves if "turn 6" in ask.turns[1].text else GOOD))

    writer = ChecklistWriter(setting(say))
    (found,) = writer.write_checklists([TRIP])

    assert [one.key for one in found.items] == ["t1c1", "t1c2", "t1c3", "t5c1", "t5c2"]
    assert [one.turn for one in found.items] == [1, 1, 1, 5, 5]
    assert [one.weight for one in found.items] == [0.5, 0.3, 0.2, 0.5, 0.5]
    assert found.items[2].depends_on == ("t1c2",)
    assert found.items[1].evidence == (Evidence(3, "tool_results", "08:02  and\n09:02"),)
    assert [one.is_required for one in found.items[:3]] == [True, True, False]
    assert (found.missing, found.reason, found.usage) == ({}, "", USAGE + USAGE)


def test_a_list_knows_nothing_of_what_came_later() -> None:
    writer = ChecklistWriter(always(listed(*GOOD)))
    writer.write_checklists([TRIP])

    first, second = (ask.turns[1].text for ask in writer.setting.chat.asked)  # type: ignore[attr-defined]
    assert "It is booked." not in first
    assert "from turn 2 to turn 4, after what their user says in turn 1" in first
    assert "from turn 6 to turn 6, after what their user says in turn 5" in second
    assert shown(writer.setting.chat.asked[0], "turn 2, assistant, reasoning") == "I need the times."  # type: ignore[attr-defined]
    assert shown(writer.setting.chat.asked[0], "turn 2, assistant, tool_calls") == 'search({"to": "Bern"})'  # type: ignore[attr-defined]


def test_stretches_are_what_follows_a_turn_of_a_person_and_was_done() -> None:
    assert stretches(turns_of(TRIP)) == [Stretch(1, 2, 4), Stretch(5, 6, 6)]
    assert stretches(PROMPT) == []
    assert stretches(()) == []
    assert stretches((*PROMPT, PROMPT[1], TURNS[0])) == [Stretch(2, 3, 3)]


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([item(50), item(30)], checklists.WEIGHTS),
        ([item(50), item(70)], checklists.WEIGHTS),
        ([item(), item(depends_on=["c7"])], checklists.UNKNOWN),
        ([item(), item(depends_on=["c1"])], checklists.NO_RESULT),
        (
            [RESULT | {"weight": 50, "depends_on": ["c2"]}, RESULT | {"weight": 50, "depends_on": ["c1"]}],
            checklists.CIRCLE,
        ),
        ([RESULT | {"weight": 50, "depends_on": ["c1"]}, item()], checklists.CIRCLE),
        ([item(), item(question=" ")], checklists.EMPTY),
        ([item(), item(pass_condition="x" * 1_001)], checklists.EMPTY),
        ([item(), item(failure_examples=["It is late.", ""])], checklists.EMPTY),
        ([item(), item(question="If there are trains, are they told?")], checklists.FORBIDDEN),
        ([item(), item(pass_condition="When there are trains, they are told.")], checklists.FORBIDDEN),
        ([item(), item(pass_condition="They are told in turn 4.")], checklists.FORBIDDEN),
        ([item(), item(failure_examples=["Step #2 is left out."])], checklists.FORBIDDEN),
        ([item(), item(question="Is it told in a friendly way?")], checklists.FORBIDDEN),
        ([item(), item(evidence=[{"turn": 2, "field": "tool_calls", "snippet": "Basel"}])], checklists.INVENTED),
        ([item(), item(evidence=[{"turn": 2, "field": "tool_calls", "snippet": " "}])], checklists.INVENTED),
        ([item(), item(evidence=[{"turn": 2, "field": "content", "snippet": "Bern"}])], checklists.INVENTED),
        ([item(), item(evidence=[{"turn": 3, "field": "content", "snippet": "08:02"}])], checklists.INVENTED),
        ([item(), item(evidence=[{"turn": 4, "field": "tool_results", "snippet": "There"}])], checklists.INVENTED),
        ([item(), item(evidence=[{"turn": 1, "field": "content", "snippet": "There are two"}])], checklists.INVENTED),
    ],
)
def test_a_list_with_a_fault_is_refused_whole(items: list[Any], reason: str) -> None:
    found = first_turn(*items)

    assert (found.items, found.missing, found.reason, found.error) == ((), {1: reason}, reason, "")


@pytest.mark.parametrize(
    "answer",
    [
        listed(item(100)),
        listed(*[item(5)] * 13),
        listed(item(), item(33)),
        listed(item(), item(evidence=[])),
        listed(item(), item(evidence=[{"turn": 5, "field": "content", "snippet": "The first."}])),
        listed(item(), item(focus_on="weather")),
        listed(item(), item(required=True)),
        listed(item(), item(failure_examples=[])),
        listed(item(), item(depends_on=["c13"])),
        listed(*GOOD) | {"case": "00000000"},
        "c1: trains",
    ],
)
def test_a_list_of_another_form_is_not_read(answer: Any) -> None:
    writer = ChecklistWriter(always(answer))
    (found,) = writer.write_checklists([Trajectory(PROMPT, TURNS[:3])])

    assert found.items == ()
    assert "The judge's answer" in found.reason
    assert found.raw_text


@pytest.mark.parametrize(
    ("weights", "is_kept"), [((50, 50), True), ((50, 55), True), ((45, 50), True), ((40, 50), False)]
)
def test_weights_are_made_to_add_up_where_they_miss_it_by_little(weights: tuple[int, int], is_kept: bool) -> None:
    found = first_turn(item(weights[0]), item(weights[1], question="And by whom?"))

    assert bool(found.items) is is_kept
    if is_kept:
        assert sum(one.weight for one in found.items) == pytest.approx(1, abs=1e-9)
        assert found.items[0].weight / found.items[1].weight == pytest.approx(weights[0] / weights[1])


def test_one_turn_without_a_list_leaves_the_others_theirs() -> None:
    (found,) = ChecklistWriter(always(listed(*GOOD))).write_checklists([TRIP])

    assert [one.turn for one in found.items] == [1, 1, 1, 5, 5, 5], "the evidence is in the turns before, too"
    other = setting(lambda ask, number: "?" if "turn 6" in ask.turns[1].text else listed(*GOOD))
    (found,) = ChecklistWriter(other).write_checklists([TRIP])
    assert {one.turn for one in found.items} == {1}
    assert list(found.missing) == [5]
    assert (found.reason, found.error) == ("", "")


def test_a_turn_that_the_server_did_not_answer_is_an_error_of_the_whole() -> None:
    other = setting(lambda ask, number: failed() if "turn 6" in ask.turns[1].text else listed(*GOOD))
    (found,) = ChecklistWriter(other).write_checklists([TRIP])

    assert error_of(found) == "The server “judge” did not answer in time."


def test_trajectories_without_work_or_with_too_much_are_not_asked_about() -> None:
    writer = ChecklistWriter(always(listed(*GOOD)))
    long = Trajectory(PROMPT, TURNS[:3] * 34)
    often = Trajectory((), (PROMPT[1], TURNS[4]) * 13)

    found = writer.write_checklists([Trajectory(PROMPT), long, TRIP, often, Trajectory(())])

    reasons = [one.reason for one in found]
    assert reasons == [checklists.NO_WORK, checklists.TOO_LONG, "", checklists.TOO_LONG, checklists.NO_WORK]
    assert len(writer.setting.chat.asked) == 2  # type: ignore[attr-defined]


def test_the_rules_hold_for_lists_of_whatever_source() -> None:
    (found,) = ChecklistWriter(always(listed(*GOOD))).write_checklists([Trajectory(PROMPT, TURNS[:3])])
    one, two, three = found.items
    turns = turns_of(TRIP)

    assert fault(found.items, turns) == ""
    assert fault([one, replace(two, weight=0.3 + 2e-6), three], turns) == checklists.WEIGHTS
    assert fault([one, two, replace(three, key=one.key)], turns) == checklists.UNKNOWN
    assert fault([one, two, replace(three, evidence=(Evidence(99, "content", "x"),))], turns) == checklists.INVENTED
    assert (
        fault([one, two, replace(three, evidence=(Evidence(-1, "content", "Thanks"),))], turns) == checklists.INVENTED
    )
    assert weighed([]) == ()
    assert isinstance(one, CheckItem)
