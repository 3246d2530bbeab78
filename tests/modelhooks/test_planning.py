"""The planner of packed rows: nothing lost, nothing twice, the budget held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelhooks.engine.planning import Budget, distinct_tokens, halves, plan, shared_length

# Few words, so that beginnings are shared; groups as they come: empty ones, equal members, one a beginning of another.
SEQUENCE = st.lists(st.integers(0, 2), min_size=1, max_size=30)
GROUPS = st.lists(st.lists(SEQUENCE, max_size=5), max_size=8)
BUDGETS = st.tuples(st.integers(1, 60), st.integers(0, 60)).map(lambda pair: Budget(pair[0], sum(pair)))


def rebuilt(rows):
    """Every member's ids and positions, read back through the segments."""
    found = {}
    for row in rows:
        for segment in row.segments:
            for place, (member, own) in enumerate(zip(segment.members, segment.own, strict=True)):
                indices = [segment.index(place, token) for token in range(segment.shared + own)]
                assert (segment.group, member) not in found
                found[segment.group, member] = (
                    [row.ids[index] for index in indices],
                    [row.positions[index] for index in indices],
                )
    return found


@given(GROUPS, BUDGETS, st.booleans())
def test_every_sequence_stands_in_one_row_whole_and_at_its_own_positions(groups, budget, share):
    found = rebuilt(plan(groups, budget, share=share))

    assert found == {
        (number, member): (ids, list(range(len(ids))))
        for number, group in enumerate(groups)
        for member, ids in enumerate(group)
    }


@given(GROUPS, BUDGETS, st.booleans())
def test_every_token_of_a_row_belongs_to_a_segment(groups, budget, share):
    for row in plan(groups, budget, share=share):
        assert len(row.ids) == len(row.positions) == sum(one.shared + sum(one.own) for one in row.segments)
        ends = [one.start + one.shared + sum(one.own) for one in row.segments]
        assert [one.start for one in row.segments] == [0, *ends][:-1]


@given(GROUPS, BUDGETS)
def test_a_row_holds_its_budget(groups, budget):
    for row in plan(groups, budget):
        if len(row.segments) > 1:
            assert len(row.ids) <= budget.target
        elif len(row.segments[0].members) > 1:
            assert len(row.ids) <= budget.most


@given(GROUPS, BUDGETS)
def test_the_largest_row_comes_first(groups, budget):
    sizes = [len(row.ids) for row in plan(groups, budget)]

    assert sizes == sorted(sizes, reverse=True)


@given(GROUPS)
def test_with_room_for_the_groups_each_distinct_token_is_computed_once(groups):
    rows = plan(groups, Budget(10, 10_000))

    assert sum(len(row.ids) for row in rows) == distinct_tokens(groups)


def test_prompts_are_counted_once_and_groups_beyond_the_budget_stay_whole():
    prompt = list(range(300))
    groups = [[[*prompt, 1_000 + number, *range(200)] for number in range(8)] for _ in range(5)]

    rows = plan(groups, Budget(1_024, 16_384))

    assert distinct_tokens(groups) == 5 * (300 + 8 * 201)
    assert sum(len(row.ids) for row in rows) == distinct_tokens(groups)
    assert [len(row.segments) for row in rows] == [1] * 5


def test_a_group_beyond_the_most_is_parted_and_repeats_its_prompt():
    groups = [[[7] * 10 + [member] * 20 for member in range(4)]]

    rows = plan(groups, Budget(50, 50))

    assert [len(row.ids) for row in rows] == [50, 50]
    assert rebuilt(rows).keys() == {(0, member) for member in range(4)}


def test_many_short_groups_fill_the_rows():
    rows = plan([[[1] * 100] for _ in range(1_000)], Budget(1_000, 1_000))

    assert [len(row.ids) for row in rows] == [1_000] * 100


def test_one_sequence_shares_all_of_itself_and_none_share_nothing():
    assert shared_length([[1, 2, 3]]) == 3
    assert shared_length([]) == 0
    assert shared_length([[1, 2], [1, 2]]) == 2
    assert shared_length([[1, 2, 3], [1, 2], [1, 2, 4]]) == 2
    assert shared_length([[1], [2]]) == 0


def test_a_sequence_without_tokens_is_refused():
    with pytest.raises(ValueError, match="without tokens"):
        plan([[[1], []]], Budget(5, 5))


@given(st.lists(st.lists(SEQUENCE, min_size=1, max_size=5), min_size=1, max_size=8), BUDGETS)
def test_halves_part_a_row_until_single_sequences_are_left(groups, budget):
    for row in plan(groups, budget):
        whole, parts = rebuilt([row]), halves(row, groups)
        if len(whole) == 1:
            assert parts == []
        else:
            assert len(parts) == 2
            assert all(part.ids for part in parts)
            assert rebuilt(parts) == whole


def test_the_halves_of_a_row_are_about_as_long():
    groups = [[[number] * size] for number, size in enumerate([40, 30, 20, 10])]
    (row,) = plan(groups, Budget(100, 100))

    assert [len(half.ids) for half in halves(row, groups)] == [40, 60]


def test_a_budget_that_cannot_be_held_is_refused():
    with pytest.raises(ValueError, match="at most"):
        Budget(10, 5)
