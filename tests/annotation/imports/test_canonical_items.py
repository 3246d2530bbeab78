"""What every item must meet, and what makes two of them the same."""

from typing import Any

import pytest

from annotation.imports.canonical import (
    CanonicalItem,
    CanonicalLabel,
    CanonicalResponse,
    Refused,
    content_digest,
    group_key,
    name_of,
    validate,
)


def said(text: Any, role: Any = "assistant") -> list[Any]:
    return [{"role": role, "content": text}]


def item(*texts: Any, prompt: Any = "Name a fruit.", **more: Any) -> CanonicalItem:
    responses = [CanonicalResponse(messages=said(text)) for text in texts]
    return CanonicalItem(messages=said(prompt, "user"), responses=responses, **more)


def reason(broken: CanonicalItem) -> str:
    with pytest.raises(Refused) as refused:
        validate(broken)
    return refused.value.reason


def labeled(kind: str = "preference", responses: int = 2, **answer: Any) -> CanonicalItem:
    label = CanonicalLabel(annotator="ana", kind=kind, answer=answer)
    return item(*[f"Answer {n}" for n in range(responses)], labels=[label])


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (item("x", True), "Response b is true, not text."),
        (item(None), "Response a is null, not text."),
        (item(3), "Response a is a number, not text."),
        (item(["x"]), "Response a is a list, not text."),
        (item({"text": "x"}), "Response a is an object, not text."),
        (item("x", ""), "Response b is empty."),
        (item("x", " \n\u3000"), "Response b is empty."),
        (item(), "There is no response."),
        (item(*"abcdefghijklmnopq"), "There are 17 responses; 16 is the limit."),
        (item("x", prompt=""), "The prompt is empty."),
        (item("x", prompt=" \n"), "The prompt is empty."),
        (item("x", prompt=False), "The prompt is false, not text."),
        (item("a\0b"), "Response a holds a NUL character."),
        (item("a\ud800b"), "Response a holds half of a surrogate pair."),
        (item("x" * 400_001), "Response a is 400,001 characters long; 400,000 is the limit."),
        (item("x", key=""), "The key is empty."),
        (item("x", key="k" * 201), "The key is 201 characters long; 200 is the limit."),
        (item("x", language=7), "The language is a number, not text."),
        (item("x", tags=["ok", None]), "A tag is null, not text."),
        (item("x", tags=["t"] * 33), "There are 33 tags; 32 is the limit."),
        (item("x", source={"n": float("nan")}), "The source holds something that JSON cannot say in 'n'."),
        (item("x", source={"n": "a\0"}), "The source holds a NUL character in 'n'."),
        (item("x", source={"n": "\udfff"}), "The source holds something that JSON cannot say in 'n'."),
        (item("x", source={"n": "y" * 64_000}), "The source takes 64,009 bytes; 64,000 is the limit."),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_sentence(broken, sentence):
    assert reason(broken) == sentence


def test_a_conversation_names_the_turn_that_is_wrong():
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": 4}, {"role": "user", "content": "x"}]
    broken = CanonicalItem(messages=turns, responses=[CanonicalResponse(messages=said("x"))])

    assert reason(broken) == "Message 2 of the prompt is a number, not text."


@pytest.mark.parametrize("role", ["robot", "", None, ["user"], "User"])
def test_unknown_roles_are_refused(role):
    broken = CanonicalItem(messages=said("Hi", role), responses=[CanonicalResponse(messages=said("x"))])

    assert "Message 1 of the prompt has the role" in reason(broken)


def test_too_long_conversations_are_refused():
    broken = CanonicalItem(messages=said("Hi", "user") * 257, responses=[CanonicalResponse(messages=said("x"))])

    assert reason(broken) == "The prompt has 257 messages; 256 is the limit."


def test_a_backslash_before_u0000_is_text_and_no_nul():
    validate(item("x", source={"pattern": "\\u0000", "windows": "C:\\\\u0000"}))


def test_everything_else_is_kept_byte_for_byte():
    strange = " \u202ebidi \u200d e\u0301 \u2028 \r\n\ttail  "
    kept = item(strange, "y")

    validate(kept)

    assert kept.responses[0].messages[0]["content"] == strange


def test_identical_responses_are_accepted_under_a_tag():
    twins = item("x", "y", "x")

    validate(twins)
    validate(twins)

    assert twins.tags == ["identical-responses"]


def test_an_empty_response_is_accepted_under_a_tag_where_the_adapter_allows_it():
    silent = item("x", "", allows_empty=True)

    validate(silent)

    assert silent.tags == ["empty-response"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (labeled(winner="A"), "gives 'A' as the winner"),
        (labeled(winner=None), "gives null as the winner"),
        (labeled(winner=["a"]), "gives a list as the winner"),
        (labeled(winner="a", strength=4), "whole number from 0 to 3"),
        (labeled(winner="a", strength=-1), "whole number from 0 to 3"),
        (labeled(winner="a", strength=True), "whole number from 0 to 3"),
        (labeled(winner="tie", strength=2), "strength without a winner"),
        (labeled(winner="a", responses=3), "prefers one of two, and there are 3"),
        (labeled("rating", values=[1]), "does not rate with a list of values"),
        (labeled("rating", values=[1, "2"]), "not a number"),
        (labeled("rating", values=[1, float("inf")]), "not a number"),
        (labeled("text", text=None), "gives a text that is null"),
        (labeled("telepathy"), "kind 'telepathy'; preference, rating, text, choice,"),
        (labeled(["preference"]), "kind"),
    ],
)
def test_answers_that_no_question_could_take_are_refused(broken, words):
    assert words in reason(broken)


@pytest.mark.parametrize(
    "answer",
    [
        {"winner": "a", "strength": 3},
        {"winner": "b"},
        {"winner": "tie", "strength": None},
        {"winner": "both_bad", "strength": 0},
        {"winner": "unsure"},
    ],
)
def test_every_outcome_of_a_comparison_is_accepted(answer):
    validate(labeled(**answer))


def test_ratings_may_leave_a_response_out():
    validate(labeled("rating", responses=3, values=[4, None, 2.5]))


@pytest.mark.parametrize("more", [{"seconds": -1}, {"seconds": 1e9}, {"seconds": True}, {"seconds": "5"}])
def test_impossible_durations_are_refused(more):
    label = CanonicalLabel(annotator="ana", kind="preference", answer={"winner": "a"}, **more)

    assert "seconds" in reason(item("x", "y", labels=[label]))


def test_nobody_answers_the_same_question_twice():
    labels = [CanonicalLabel(annotator="ana", kind="preference", answer={"winner": w}) for w in ("a", "b")]

    assert reason(item("x", "y", labels=labels)) == "Annotator 'ana' gives two answers of the kind preference."


def test_one_annotator_may_answer_along_several_dimensions():
    labels = [
        CanonicalLabel(annotator="ana", kind="preference", answer={"winner": "a"}, dimension=dimension)
        for dimension in (None, "honesty", "helpfulness")
    ]

    validate(item("x", "y", labels=labels))


@pytest.mark.parametrize("name", ["", " ", None, 7, "a\0"])
def test_a_label_needs_an_annotator_with_a_name(name):
    label = CanonicalLabel(annotator=name, kind="preference", answer={"winner": "a"})

    assert reason(item("x", "y", labels=[label])).startswith("The annotator of a label")


def test_the_digest_knows_texts_and_nothing_else():
    plain = item("x", "y")
    dressed = item("x", "y", key="k", group="g", tags=["t"], source={"a": 1})
    dressed.responses[0].model = "m"

    assert content_digest(plain) == content_digest(dressed)
    assert len(content_digest(plain)) == 32


@pytest.mark.parametrize(
    "other",
    [item("y", "x"), item("x", "y "), item("xy"), item("x", "y", prompt="name a fruit."), item("x", "y", "z")],
)
def test_the_digest_tells_every_difference_of_text(other):
    assert content_digest(item("x", "y")) != content_digest(other)


def test_the_digest_tells_where_one_response_ends():
    together = CanonicalItem(messages=said("p", "user"), responses=[CanonicalResponse(messages=said("x") + said("y"))])
    apart = item("x", "y", prompt="p")

    assert content_digest(together) != content_digest(apart)


def test_the_same_texts_under_another_principle_or_by_other_criteria_are_another_item():
    said = [
        item("x", "y"),
        item("x", "y", principle="Truth above all."),
        item("x", "y", principle="Be kind."),
        item("x", "y", rubric=["Names a fruit"]),
        item("x", "y", rubric=["Is brief"]),
    ]
    for one in said:
        validate(one)

    assert len({content_digest(one) for one in said}) == 1
    assert len({name_of(one, content_digest(one)) for one in said}) == len(said)
    assert name_of(item("x", "y", principle="Be kind.", key="k1"), b"") == "k1"
    assert name_of(item("x", "y"), b"\x01") == "01"


def test_prompts_that_differ_in_case_width_and_spacing_share_a_group():
    keys = {group_key(item("x", prompt=prompt)) for prompt in ("Name  a\nFRUIT.", "name a fruit.", "Ｎame a fruit.")}

    assert len(keys) == 1
    assert len(keys.pop()) == 64


def test_the_group_comes_from_the_first_user_turn():
    system, user = said("Be brief.", "system"), said("Name a fruit.", "user")
    one = CanonicalItem(messages=system + user, responses=[])
    two = CanonicalItem(messages=user + said("Which?") + said("Any.", "user"), responses=[])

    assert group_key(one) == group_key(two) != group_key(CanonicalItem(messages=system, responses=[]))


def test_a_group_of_the_files_own_is_kept():
    assert group_key(item("x", group="session-7")) == "session-7"
    assert len(group_key(item("x", group="g" * 65))) == 64
