"""How likely texts are, against a few lines of plain transformers on tiny random models of the same shapes."""

from itertools import pairwise

import pytest
import torch

from modelhooks import presets
from modelhooks.backends import likelihood
from modelhooks.backends.transformers import CheckpointRefused
from modelhooks.contracts import Candidate, FollowUp, ResponseGroup, Solution, Solved
from modelhooks.engine.planning import Budget
from modelhooks.heads import VocabLogitLast
from tests.modelhooks.with_torch import tiny

CLOSE = 1e-3  # of sums over dozens of tokens, each to 1e-5
NEMOTRON = next(one for one in presets.presets().values() if isinstance(one.head, VocabLogitLast))
SPECS = {
    "llama": NEMOTRON,
    **{
        name: NEMOTRON.model_copy(update={"architecture": name, "bos": "template", "max_length": 300})
        for name in ("qwen2", "qwen3", "gemma2")
    },
}
ASK = ({"role": "user", "content": "What is 7 times 8?"},)
TEXTS = ("It is 56.", "It is 65, I think. " * 3, "é 字 <|im_end|><|eot_id|> x")
USER, ASSISTANT = "user", "assistant"


@pytest.fixture(scope="module", params=SPECS)
def shape(request, tmp_path_factory):
    spec = SPECS[request.param]
    return spec, tiny.make(tmp_path_factory.mktemp(request.param), spec)


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    return tiny.make(tmp_path_factory.mktemp("llama"), NEMOTRON)


def plainly(made, before, text):
    """The sum over the tokens of `text`, which are those that the whole conversation has beyond `before`."""
    whole = made.tokenizer.encode(before + text, add_special_tokens=False, split_special_tokens=False)
    begin = len(made.tokenizer.encode(before, add_special_tokens=False, split_special_tokens=False))
    states = made.states(whole)
    logits = states @ made.tensors["lm_head.weight"].T
    cap = made.body.config.to_dict().get("final_logit_softcapping")
    logits = cap * torch.tanh(logits / cap) if cap else logits
    odds = logits.double().log_softmax(-1)
    return sum(float(odds[place - 1, whole[place]]) for place in range(begin, len(whole)))


def opened(architecture, turns, role):
    """The conversation's text up to where the next turn's words begin, written out by hand."""
    if architecture == "llama":
        head = "<|start_header_id|>{}<|end_header_id|>\n\n"
        shown = "".join(head.format(who) + said + "<|eot_id|>" for who, said in turns)
        return "<|begin_of_text|>" + shown + head.format(role)
    if architecture.startswith("gemma"):
        names = {"assistant": "model", "user": "user"}
        shown = "".join(f"<start_of_turn>{names[who]}\n{said}<end_of_turn>\n" for who, said in turns)
        return f"<bos>{shown}<start_of_turn>{names[role]}\n"
    shown = "".join(f"<|im_start|>{who}\n{said}<|im_end|>\n" for who, said in turns)
    return f"{shown}<|im_start|>{role}\n"


def test_a_response_is_as_likely_as_plain_transformers_say(shape):
    spec, made = shape
    model = likelihood.load(made.folder, spec, budget=Budget(100, 400))

    [[first, second]] = model.log_probabilities([ResponseGroup(ASK, TEXTS[:2])])

    before = opened(spec.architecture, [(USER, ASK[0]["content"])], ASSISTANT)
    assert first.log_probability == pytest.approx(plainly(made, before, TEXTS[0]), abs=CLOSE)
    shown = TEXTS[1] if "qwen" in spec.architecture else TEXTS[1].strip()  # the other templates trim
    assert second.log_probability == pytest.approx(plainly(made, before, shown), abs=CLOSE)
    assert first.n_tokens < second.n_tokens
    assert first.per_token == pytest.approx(first.log_probability / first.n_tokens)


def test_what_people_say_next_is_read_after_the_response(shape):
    spec, made = shape
    model = likelihood.load(made.folder, spec)

    [[thanks, complaint]] = model.follow_ups([FollowUp(ASK, TEXTS[0], ("Thank you!", "That is wrong."))])

    before = opened(spec.architecture, [(USER, ASK[0]["content"]), (ASSISTANT, TEXTS[0])], USER)
    assert thanks.log_probability == pytest.approx(plainly(made, before, "Thank you!"), abs=CLOSE)
    assert complaint.log_probability == pytest.approx(plainly(made, before, "That is wrong."), abs=CLOSE)


def test_a_known_answer_is_read_after_the_response(shape):
    spec, made = shape
    model = likelihood.load(made.folder, spec)

    [found, none] = model.liken([Candidate(ASK, TEXTS[0], "56"), Candidate(ASK, TEXTS[0])])

    said = TEXTS[0] + likelihood.BRIDGE
    before = opened(spec.architecture, [(USER, ASK[0]["content"])], ASSISTANT) + said
    tokens = len(made.tokenizer.encode("56", add_special_tokens=False))
    trimmed = 0 if "qwen" in spec.architecture else 1  # these templates trim the blank before the answer away
    expected = plainly(made, before.rstrip(" "), " 56") if trimmed else plainly(made, before, "56")
    assert found.raw == pytest.approx(expected / (tokens + trimmed), abs=CLOSE)
    assert (none.raw, none.error) == (None, "There is no known answer.")


def test_a_step_gains_what_the_known_answer_is_likelier_after_it(shape):
    spec, made = shape
    model = likelihood.load(made.folder, spec)
    steps = ("Seven eights.", "Fifty-six, then.", "Done.")

    [gains] = model.information_gains([Solved(Solution(ASK, steps), "56")])

    before = opened(spec.architecture, [(USER, ASK[0]["content"])], ASSISTANT)
    told = []
    for count in range(len(steps) + 1):
        said = "\n\n".join(steps[:count]) + "\n\nThe final answer is: "
        said = said if "qwen" in spec.architecture else said.strip()  # as the template does
        blank = "" if "qwen" in spec.architecture else " "
        told.append(plainly(made, before + said, f"{blank}56"))
    expected = [after - former for former, after in pairwise(told)]
    assert [one.value for one in gains] == pytest.approx(expected, abs=CLOSE)
    total = sum(one.value for one in gains)
    assert total == pytest.approx(told[-1] - told[0], abs=CLOSE)


def test_texts_together_are_as_likely_as_alone(llama):
    together = likelihood.load(llama.folder, NEMOTRON, budget=Budget(4_000, 8_000))
    parted = likelihood.load(llama.folder, NEMOTRON, budget=Budget(40, 60))
    groups = [ResponseGroup(({"role": "user", "content": "why? " * n},), TEXTS[: n % 3 + 1]) for n in range(9)]

    one = [each.log_probability for row in together.log_probabilities(groups) for each in row]
    other = [each.log_probability for group in groups for row in parted.log_probabilities([group]) for each in row]

    assert one == pytest.approx(other, abs=CLOSE)
    assert together.work.computed < together.work.read


def test_control_tokens_in_a_text_are_letters(llama):
    model = likelihood.load(llama.folder, NEMOTRON)

    [[forged, plain]] = model.log_probabilities([ResponseGroup(ASK, ("a<|eot_id|>b", "ab"))])

    assert forged.n_tokens > plain.n_tokens + 1


def test_what_cannot_be_told_says_why_and_leaves_the_others_theirs(llama):
    short = NEMOTRON.model_copy(update={"max_length": 60})
    model = likelihood.load(llama.folder, short)

    [[fine, empty, long]] = model.log_probabilities([ResponseGroup(ASK, ("Yes.", "", "so " * 100))])
    [none] = model.information_gains([Solved(Solution(ASK, ()), "56")])

    assert fine.log_probability is not None
    assert empty.error == "There is no text whose likelihood could be told."
    assert long.error == "It is longer than the 60 tokens that the model reads."
    assert none[0].error == "A solution without steps, or without a known answer, gains nothing."


def test_a_model_without_words_is_refused(tmp_path):
    spec = presets.presets()["Skywork/Skywork-Reward-V2-Llama-3.2-1B"]
    made = tiny.make(tmp_path, spec)

    with pytest.raises(CheckpointRefused, match="the spec has another one"):
        likelihood.load(made.folder, spec)


def test_the_fingerprint_is_not_that_of_a_reward_from_the_same_files(llama, monkeypatch):
    from modelhooks.backends import transformers

    found = likelihood.load(llama.folder, NEMOTRON).fingerprint
    monkeypatch.setattr(likelihood, "BRIDGE", "\n\nSo: ")

    assert found != transformers.load(llama.folder, NEMOTRON).fingerprint
    assert found != likelihood.load(llama.folder, NEMOTRON).fingerprint


def test_a_folder_of_the_deployment_is_loaded_as_a_language_model(llama, tmp_path, monkeypatch):
    from django.conf import settings

    from modelhooks.backends import folder
    from modelhooks.catalog import checked
    from modelhooks.errors import LoadRefused

    if not settings.configured:
        settings.configure()
    monkeypatch.setattr(settings, "MODELS_FOLDER", str(llama.folder.parent), raising=False)
    monkeypatch.setattr(settings, "MODELS_DEVICE", "cpu", raising=False)
    wanted = {"folder": llama.folder.name, "preset": NEMOTRON.name}
    options = folder.LanguageModelOptions.model_validate(checked("likelihood", "likeness", wanted))

    [found] = folder.load_language_model(options).liken([Candidate(ASK, TEXTS[0], "56")])

    [expected] = likelihood.load(llama.folder, NEMOTRON).liken([Candidate(ASK, TEXTS[0], "56")])
    assert found == expected
    with pytest.raises(LoadRefused, match="There is no folder"):
        folder.load_language_model(options.model_copy(update={"folder": "nowhere"}))
