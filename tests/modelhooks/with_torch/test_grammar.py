"""Whatever a model would like to say, it says it in the shape: tried with one that likes everything alike."""

import json

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from modelhooks.backends.transformers.grammar import Vocabulary
from modelhooks.contracts import Candidate, Criterion, ResponseGroup, Solution
from modelhooks.judging.chat import Sample
from modelhooks.judging.listwise import ListwiseJudge
from modelhooks.judging.reading import answer
from modelhooks.judging.rubrics import GradingJudge
from modelhooks.judging.steps import StepJudge, checked
from tests.modelhooks.judging import test_prompts as prompts
from tests.modelhooks.with_torch import tiny

DRAWS = 4
LONGEST = 6_000  # tokens
MANY = tuple(
    Criterion(f"c-{number}", f'It says “{number}” "\\ é 字.', (1, 2, 3) if number % 3 else None) for number in range(30)
)
LARGE = {
    "30 criteria": lambda one: GradingJudge(one).grade([Candidate(prompts.PROMPT, "42.")], MANY),
    "10 responses": lambda one: ListwiseJudge(one).rank([ResponseGroup(prompts.PROMPT, tuple("abcdefghij"))]),
    "20 steps": lambda one: StepJudge(one).score_steps([Solution(prompts.PROMPT, tuple("abcdefghijklmnopqrst"))]),
}
ASKED = {
    f"{name}, {ask.shape.__name__}": ask.shape
    for name, make in {**prompts.QUESTIONS, **LARGE}.items()
    for ask in prompts.asked(make)
    if ask.shape
}


@pytest.fixture(scope="module", params=["gemma", "mistral"])
def vocabulary(request):
    """Bytes, and pieces with bytes for what they do not know."""
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tiny.pieces(request.param), **tiny.WORDS[request.param])
    controls = [number for number, token in tokenizer.added_tokens_decoder.items() if token.special]
    width = max(tokenizer.get_vocab().values()) + 40  # some models weigh more tokens than there are
    return Vocabulary(tokenizer, width, controls, [tokenizer.eos_token_id])


def drawn(vocabulary, shape, seed):
    """A text each of whose tokens is any that is allowed; texts tend to end where they may."""
    chance = torch.Generator().manual_seed(seed)
    constraint, tokens = vocabulary.constraint(shape), []
    closing = {token for token, said in enumerate(vocabulary._bytes) if said == b'"'}
    while not constraint.is_complete:
        allowed = constraint.allowed().nonzero()[:, 0].tolist()
        ends = closing & set(allowed)
        at = int(torch.randint(len(allowed), (1,), generator=chance))
        token = min(ends) if ends and len(tokens) % 7 == 0 else allowed[at]
        assert token not in vocabulary.ends
        constraint.take(token)
        tokens.append(token)
        assert len(tokens) < LONGEST
    return vocabulary.text(tokens)


@pytest.mark.parametrize("name", ASKED)
def test_any_model_answers_in_the_shape_of_every_prompt(vocabulary, name):
    shape = ASKED[name]

    for seed in range(DRAWS):
        text = drawn(vocabulary, shape, seed)
        code = json.loads(text).get("case", "")
        found, start = answer(Sample(text), shape, code)

        assert start == 0
        assert type(found) is shape


def test_shapes_of_many_kinds_are_tried():
    assert len(ASKED) >= 18
    assert len(set(ASKED.values())) >= 15


def taken(vocabulary, shape, text):
    """How many bytes of a text are allowed, one after the other."""
    tokens = {vocabulary._bytes[token]: token for token in range(len(vocabulary._bytes)) if vocabulary._bytes[token]}
    constraint = vocabulary.constraint(shape)
    for count, byte in enumerate(text.encode("utf-8", "surrogatepass")):
        token = tokens[bytes([byte])]
        if not constraint.allowed()[token]:
            return count
        constraint.take(token)
    return len(text.encode("utf-8", "surrogatepass"))


GOOD = '{"case": "é 字 🐈 \\n \\u00e9 \\" \\\\", "steps": [{"check": "", "verdict": "right"}]}'


def test_a_good_answer_is_let_through_to_its_end(vocabulary):
    assert taken(vocabulary, checked(1), GOOD) == len(GOOD.encode())


@pytest.mark.parametrize(
    ("text", "stops_at"),
    [
        (" {", 0),
        ("{ ", 1),
        ('{"case":"', 8),
        ("[", 0),
        ('{"steps"', 2),
        ('{"case": 1', 9),
        ('{"case": "a\n', 11),
        ('{"case": "a\x00', 11),
        ('{"case": "\\u0000', 15),
        ('{"case": "\\ud83d', 13),
        ('{"case": "\\uDFFF', 13),
        ('{"case": "\\x', 11),
        ('{"case": "", "steps": []', 23),
        ('{"case": "", "steps": [{"check": "", "verdict": "maybe', 49),
        (GOOD[:-2] + ", {", len(GOOD[:-2].encode())),
    ],
)
def test_what_no_answer_may_hold_is_stopped_where_it_stands(vocabulary, text, stops_at):
    assert taken(vocabulary, checked(1), text) == stops_at


def test_free_text_is_any_text_without_control_tokens(vocabulary):
    allowed = vocabulary.constraint(None).allowed()

    words = [vocabulary._bytes[token] for token in allowed.nonzero()[:, 0].tolist() if token not in vocabulary.ends]
    assert all(allowed[end] for end in vocabulary.ends)
    assert {b"a", b"\n", b"\xff"} <= set(words)
    assert b"" not in words
    assert not any(b"\0" in word or b"<|" in word or b"turn>" in word for word in words)
