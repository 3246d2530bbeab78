"""The model for tests and demos: deterministic, independent of company, within its ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelhooks.backends.fake import FakeModel
from modelhooks.backends.fake_writer import TRUTHS
from modelhooks.contracts import (
    Candidate,
    Comparison,
    Contrast,
    Criterion,
    Explained,
    Explaining,
    Feedback,
    Instruction,
    Merging,
    Misjudged,
    Misled,
    ResponseGroup,
    Revision,
    Rewording,
    Solution,
    Trajectory,
    WrittenCriterion,
)
from modelhooks.judging.checklists import fault

PROMPT = ({"role": "user", "content": "Why?"},)
TEXTS = st.lists(st.text(max_size=20), min_size=1, max_size=5)


@given(TEXTS)
def test_a_score_depends_on_its_texts_alone(texts):
    together = FakeModel().score([ResponseGroup(PROMPT, tuple(texts))])[0]
    alone = [FakeModel().score([ResponseGroup(PROMPT, (text,))])[0][0] for text in texts]

    assert together == alone
    assert all(-10 <= one.raw < 10 for one in together)


def test_scores_are_the_same_in_every_process():
    (score,) = FakeModel().score([ResponseGroup(PROMPT, ("Because.",))])[0]

    assert round(score.raw, 6) == -0.235161


def test_other_seeds_have_other_opinions():
    groups = [ResponseGroup(PROMPT, ("Because.", "Light."))]

    assert FakeModel("one").score(groups) != FakeModel("two").score(groups)
    assert FakeModel("one").fingerprint != FakeModel("two").fingerprint


@given(st.text(max_size=20), st.text(max_size=20))
def test_the_order_that_responses_are_shown_in_changes_nothing(first, second):
    (one,) = FakeModel().judge([Comparison(PROMPT, first, second)])
    (other,) = FakeModel().judge([Comparison(PROMPT, second, first)])

    turned = {"first": "second", "second": "first", "tie": "tie"}
    assert other.preference == turned[one.preference]
    assert abs(one.p_first + other.p_first - 1) < 1e-12
    assert (one.preference == "tie") == (first == second)


def test_every_contract_is_answered_in_its_shape():
    model = FakeModel()
    rubric = (Criterion("a", "Is right."), Criterion("b", "Is clear.", levels=(1, 2, 3)))

    (verdicts,) = model.grade([Candidate(PROMPT, "So.")], rubric)
    (steps,) = model.score_steps([Solution(PROMPT, ("One.", "Two."))])
    (attributes,) = model.score_attributes([ResponseGroup(PROMPT, ("So.",))])
    (generations,) = model.generate([PROMPT], n=3, parameters={"temperature": 1})
    (point,) = model.embed(["So."])
    right, wrong, untold = model.verify(
        [Candidate(PROMPT, "4 ", "4"), Candidate(PROMPT, "5", "4"), Candidate(PROMPT, "5")]
    )

    assert verdicts.verdicts[0].verdict in ("yes", "no", "na")
    assert verdicts.verdicts[1].verdict in (1, 2, 3)
    assert all(0 <= one.value < 1 for one in steps)
    assert attributes[0].overall == model.score([ResponseGroup(PROMPT, ("So.",))])[0][0]
    assert len({one.text for one in generations}) == 3
    assert generations[0].parameters == {"temperature": 1}
    assert abs(sum(number * number for number in point) - 1) < 1e-9
    assert [right.is_correct, wrong.is_correct, untold.is_correct] == [True, False, None]


def test_a_steps_score_depends_on_the_steps_before_it():
    one, other = FakeModel().score_steps([Solution(PROMPT, ("A.", "B.")), Solution(PROMPT, ("C.", "B."))])

    assert one[1] != other[1]


FULL = "Light of a short wave is scattered more, because it goes as the fourth power. So the sky is blue at 12."
POOR = "Dunno!"


def test_its_rubrics_agree_with_people_where_their_criteria_do() -> None:
    contrasts = [Contrast(PROMPT, f"{FULL}{number}.", POOR, votes=2) for number in range(20)]

    found = FakeModel().contrast(contrasts)
    turned = FakeModel().contrast([Contrast(PROMPT, one.worse, one.better) for one in contrasts])

    for one in (*found, *turned):
        assert [each.is_consistent for each in one.attempts] == [sum(each.told_apart) > 0 for each in one.attempts]
        margins = [each.margin for each in one.attempts if each.is_consistent]
        assert (one.chosen is None) is bool(one.reason) is (not margins)
        assert one.chosen is None or one.attempts[one.chosen].margin == max(margins)
    assert all(one.chosen is not None for one in found)
    assert all(one.chosen is None for one in turned)
    assert found[0].attempts[0].criteria == turned[0].attempts[0].criteria
    assert found[0].attempts[0].by_order == ({"better": 2}, {"better": 2})
    assert {one.usage.requests for one in found} == {4 * 5}


CRITERIA = tuple(WrittenCriterion(text) for text in list(TRUTHS)[:3])
WORK = (
    {"role": "user", "content": "Book it."},
    {"role": "assistant", "content": "Booked.", "tool_calls": [{"name": "book", "arguments": "{}"}]},
    {"role": "tool", "content": "done"},
)


def test_what_it_writes_keeps_the_rules_that_what_others_write_is_held_to() -> None:
    model, pairs = FakeModel(), (Explained(PROMPT, FULL, POOR), Explained(PROMPT, FULL, "No."))

    (said,) = model.find_principles([Feedback("It is right. But it is too long!\nNice.")])
    (demanded,) = model.find_constraints([Instruction(({"role": "user", "content": "Be brief. In French?"},))])
    (checks,) = model.write_checklists([Trajectory(WORK)])
    (guessed,) = model.explain([Explaining(pairs, (CRITERIA[0].text,), most=2)])

    assert {one.quote for one in said.found} <= {"It is right.", "But it is too long!", "Nice."}
    assert all(one.holds is (one.quote != "But it is too long!") for one in said.found)
    assert [(one.is_explicit, one.quote) for one in demanded.found] == [
        (True, "Be brief."),
        (True, "In French?"),
        (False, ""),
    ]
    assert fault(checks.items, WORK) == ""
    assert len(guessed.found) == 2
    assert all(TRUTHS[one.text](FULL) and one.text != CRITERIA[0].text for one in guessed.found)
    assert all(one.usage.requests == 1 for one in (said, demanded, checks, guessed))


def test_it_merges_equal_words_and_mends_what_points_the_wrong_way() -> None:
    model = FakeModel()
    errors = (Misjudged(PROMPT, FULL, POOR, (("no", "yes"), ("yes", "yes"), ("yes", "no"))),)

    (merged,) = model.merge([Merging((CRITERIA, CRITERIA[:1]), most=2)])
    (mended,) = model.revise([Revision(CRITERIA, errors)])

    assert [one.sources for one in merged.criteria] == [((0, 0), (1, 0)), ((0, 1),)]
    assert merged.left_out == ((0, 2),)
    assert [one.was for one in mended.criteria] == [1, 2, None]
    new = mended.criteria[2].text
    assert TRUTHS[new](FULL)
    assert not TRUTHS[new](POOR)


def test_it_adds_to_instructions_what_explains_the_errors_and_nothing_where_nothing_does() -> None:
    errors = (Misled(PROMPT, FULL, POOR, "the worse one is better"),)
    turned = (Misled(PROMPT, POOR, FULL, "undecided"),)

    mended, same = FakeModel().reword([Rewording("Be fair.", errors), Rewording("Be fair.", turned)])

    kept, new = mended.instructions.splitlines()
    assert (kept, same.instructions) == ("Be fair.", "Be fair.")
    assert TRUTHS[new](FULL)
    assert not TRUTHS[new](POOR)


@pytest.mark.parametrize("verb", ["find_principles", "find_constraints", "write_checklists"])
def test_it_finds_nothing_in_nothing_and_says_why(verb: str) -> None:
    nothing = {
        "find_principles": Feedback(" "),
        "find_constraints": Instruction(()),
        "write_checklists": Trajectory(()),
    }

    (found,) = getattr(FakeModel(), verb)([nothing[verb]])

    assert found.reason


def test_it_grades_by_the_truth_of_its_own_criteria() -> None:
    (found,) = FakeModel().contrast([Contrast(PROMPT, FULL, POOR)])
    attempt = found.attempts[0]
    rubric = tuple(Criterion(f"c{place}", one.text) for place, one in enumerate(attempt.criteria))

    full, poor = FakeModel().grade([Candidate(PROMPT, FULL), Candidate(PROMPT, POOR)], rubric)

    apart = [
        (one.verdict == "yes") - (other.verdict == "yes")
        for one, other in zip(full.verdicts, poor.verdicts, strict=True)
    ]
    assert tuple(apart) == attempt.told_apart
