"""Rows through a model: memory that runs out, numbers that are none, texts that cannot be read, one chunk ahead."""

import threading

import pytest
import torch

from modelhooks import presets
from modelhooks.backends.transformers import last_layer, load, models
from modelhooks.backends.transformers.attention import Layout
from modelhooks.backends.transformers.scoring import NO_MEMORY, NOT_FINITE, chunks, one_ahead
from modelhooks.contracts import ResponseGroup
from modelhooks.engine.planning import Budget, Segment, distinct_tokens
from tests.modelhooks.with_torch import tiny

SPEC = presets.presets()["Skywork/Skywork-Reward-V2-Llama-3.2-1B"]
CLOSE = 1e-4
LONGEST = 130  # tokens; no single one of the texts below has more
GROUPS = [
    ResponseGroup(
        ({"role": "user", "content": f"{number}: " + "why? " * number},),
        tuple(f"{number} {member} " + "so. " * (number * member % 7 + 1) for member in range(number % 4 + 1)),
    )
    for number in range(12)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.make(tmp_path_factory.mktemp("tiny"), SPEC).folder


@pytest.fixture
def model(folder):
    return load(folder, SPEC, budget=Budget(300, 600))


@pytest.fixture
def expected(folder):
    return raw(load(folder, SPEC, budget=Budget(300, 600)).score(GROUPS))


def raw(scores):
    return [one.raw for row in scores for one in row]


class SmallMemory:
    """The model on a device where only short rows fit; it remembers what was tried."""

    def __init__(self, model, most, error=torch.OutOfMemoryError):
        self.model, self.most, self.error = model, most, error
        self.device = model.device
        self.tried = []

    def __call__(self, *, input_ids, **more):
        self.tried.append(input_ids.shape[1])
        if input_ids.shape[1] > self.most:
            raise self.error("DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes.")
        return self.model(input_ids=input_ids, **more)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError, RuntimeError])
def test_rows_that_do_not_fit_are_parted_until_they_do(model, expected, error):
    model.engine.model = SmallMemory(model.engine.model, LONGEST, error)

    scores = model.score(GROUPS)

    assert raw(scores) == pytest.approx(expected, abs=CLOSE)


def test_a_size_that_did_not_fit_is_not_tried_again(model):
    small = model.engine.model = SmallMemory(model.engine.model, 150)

    model.score(GROUPS)
    failed = [size for size in small.tried if size > 150]
    model.score(GROUPS)

    assert failed == sorted(failed, reverse=True)
    assert len(set(failed)) == len(failed)
    assert [size for size in small.tried if size > 150] == failed


def test_a_text_that_never_fits_says_so_and_the_others_are_scored(model, expected):
    huge = ResponseGroup(GROUPS[0].prompt, ("word " * 140, "So."))
    model.engine.model = SmallMemory(model.engine.model, LONGEST)

    (long, short), *others = model.score([huge, *GROUPS])

    assert (long.raw, long.error) == (None, NO_MEMORY)
    assert short.error == ""
    assert raw(others) == pytest.approx(expected, abs=CLOSE)


def test_any_other_error_is_not_taken_for_a_lack_of_memory(model):
    def broken(**_more):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    broken.device = model.engine.model.device
    model.engine.model = broken

    with pytest.raises(RuntimeError, match="illegal"):
        model.score(GROUPS)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_score_and_spares_its_neighbors(model, expected, number):
    head = model.engine.head

    def spoiled(states):
        found = head(states)
        found[0] = number
        return found

    model.engine.head = spoiled
    scores = [one for row in model.score(GROUPS) for one in row]

    spoiled_ones = [one for one in scores if one.raw is None]
    assert len(spoiled_ones) == model.work.forwards
    assert {one.error for one in spoiled_ones} == {NOT_FINITE}
    for one, right in zip(scores, expected, strict=True):
        assert one.raw is None or one.raw == pytest.approx(right, abs=CLOSE)


def test_work_counts_what_was_read_and_what_was_computed(model):
    scores = model.score(GROUPS)

    ids = [[model.writer.response(group.prompt, one).ids for one in group.responses] for group in GROUPS]
    assert model.work.read == sum(one.n_tokens for row in scores for one in row)
    assert model.work.computed <= 1.02 * distinct_tokens(ids)
    assert model.work.computed < model.work.read


def test_the_last_layer_works_on_what_the_head_reads_and_the_others_on_every_token(model):
    counted = {"first": 0, "last": 0, "out": 0}

    def count(name):
        return lambda _part, inputs, _output: counted.update({name: counted[name] + inputs[0].shape[1]})

    layers = model.engine.model.layers
    layers[0].mlp.register_forward_hook(count("first"))
    layers[-1].mlp.whole.register_forward_hook(count("last"))
    layers[-1].self_attn.o_proj.whole.register_forward_hook(count("out"))

    model.score(GROUPS)

    assert counted["first"] == model.work.computed
    assert counted["last"] == counted["out"] == sum(len(group.responses) for group in GROUPS)


def test_whoever_else_has_the_model_has_it_whole(folder, model):
    untouched = load(folder, SPEC).engine.model
    ids = torch.tensor([[128000, 5, 6, 7, 8]])
    more = {"input_ids": ids, "use_cache": False, "layout": Layout((Segment(0, (0,), 0, 5, (0,)),), ids.device)}
    expected = untouched(**more).last_hidden_state

    model.score(GROUPS)
    after = model.engine.model(**more).last_hidden_state
    model.engine.head = None
    with pytest.raises(TypeError):
        model.score(GROUPS)
    after_error = model.engine.model(**more).last_hidden_state

    assert torch.allclose(after, expected, atol=1e-5)
    assert torch.allclose(after_error, expected, atol=1e-5)
    assert last_layer.install(untouched) == last_layer.install(untouched)


def test_an_error_inside_the_model_leaves_it_whole(model):
    parts = last_layer.install(model.engine.model)

    with pytest.raises(KeyError), last_layer.reading(parts, torch.tensor([0])):
        raise KeyError

    assert [part.places for part in parts] == [None, None]


def test_without_sharing_every_token_is_computed_and_scores_stay(model, expected):
    model.engine.shares_prompts = False

    assert raw(model.score(GROUPS)) == pytest.approx(expected, abs=CLOSE)
    assert model.work.computed == model.work.read


def test_many_groups_are_scored_in_chunks_and_come_back_in_order(model, expected, monkeypatch):
    monkeypatch.setattr(models, "GROUPS_AT_ONCE", 5)

    assert raw(model.score(GROUPS)) == pytest.approx(expected, abs=CLOSE)
    assert model.score([]) == []
    assert model.score([ResponseGroup(GROUPS[0].prompt, ())]) == [[]]


def test_the_next_chunk_is_made_while_this_one_is_used():
    second_begun = threading.Event()

    def make(number):
        if number == 2:
            second_begun.set()
        return number

    found = one_ahead([1, 2, 3], make)

    assert next(found) == 1
    assert second_begun.wait(10)
    assert list(found) == [2, 3]


def test_an_error_in_a_chunk_comes_with_that_chunk():
    def make(number):
        if number == 2:
            raise ValueError("two")
        return number

    found = one_ahead(iter([1, 2]), make)

    assert next(found) == 1
    with pytest.raises(ValueError, match="two"):
        next(found)


def test_only_one_chunk_is_made_ahead():
    made = []
    found = one_ahead(range(100), lambda number: made.append(number) or number)

    next(found)
    found.close()

    assert len(made) <= 2


def test_chunks_lose_nothing():
    assert [list(one) for one in chunks(range(7), 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(chunks([], 3)) == []


def test_half_precision_scores_nearly_alike(folder, expected):
    found = raw(load(folder, SPEC, dtype="bfloat16", budget=Budget(300, 600)).score(GROUPS))

    spread = max(expected) - min(expected)
    assert max(abs(one - other) for one, other in zip(found, expected, strict=True)) < 0.1 * spread
