"""InternLM2's files as Llama's: the same states, or a sentence that says why not."""

import pytest
import torch

from modelhooks import presets
from modelhooks.backends.transformers import CheckpointRefused, load
from modelhooks.contracts import ResponseGroup
from tests.modelhooks.with_torch import tiny

SPEC = presets.presets()["internlm/internlm2-1_8b-reward"]
ASKED = ({"role": "user", "content": "Why is the sky blue?"},)
GROUP = ResponseGroup(ASKED, ("Because light scatters.", "No."))


def reference(checkpoint, response):
    """The value head at the appended token, on the published equations."""
    messages = [*ASKED, {"role": "assistant", "content": response}]
    text = checkpoint.tokenizer.apply_chat_template(messages, tokenize=False)
    ids = [*checkpoint.tokenizer.encode(text, add_special_tokens=False), SPEC.append_token_id]
    return (checkpoint.states(ids)[-1] @ checkpoint.tensors["v_head.weight"].T).item()


def refused(folder, spec=SPEC):
    with pytest.raises(CheckpointRefused) as caught:
        load(folder, spec)
    return str(caught.value)


def test_biases_are_parted_as_their_matrices_are(tmp_path):
    checkpoint = tiny.make(tmp_path, SPEC, bias=True)

    (scores,) = load(tmp_path, SPEC).score([GROUP])

    assert "model.layers.0.attention.wqkv.bias" in checkpoint.tensors
    expected = [reference(checkpoint, response) for response in GROUP.responses]
    assert [one.raw for one in scores] == pytest.approx(expected, abs=1e-4)


def test_in_half_precision_it_loads_too(tmp_path):
    checkpoint = tiny.make(tmp_path, SPEC)

    model = load(tmp_path, SPEC, dtype="bfloat16")
    (scores,) = model.score([GROUP])

    assert {weight.dtype for weight in model.engine.model.parameters()} == {torch.bfloat16}
    expected = [reference(checkpoint, response) for response in GROUP.responses]
    assert [one.raw for one in scores] == pytest.approx(expected, abs=0.5)


def test_a_score_does_not_depend_on_a_long_text_in_the_same_row(tmp_path):
    tiny.make(tmp_path, SPEC)
    spec = SPEC.model_copy(update={"max_length": 64})
    tiny.rewrite(tmp_path / "config.json", max_position_embeddings=64)
    model = load(tmp_path, spec)

    ((alone,),) = model.score([ResponseGroup(ASKED, ("No.",))])
    ((_long, beside),) = model.score([ResponseGroup(ASKED, ("So " * 500, "No."))])

    assert beside.raw == pytest.approx(alone.raw, abs=1e-4)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"num_key_value_heads": 1}, "do not have the shape that config.json says: model.layers.0.attention.wqkv"),
        ({"max_position_embeddings": 1_000}, "Beyond 1000 tokens"),
        ({"rope_scaling": {"type": "yarn", "factor": 2.0}}, "does not know"),
        ({"model_type": "llama"}, "another model"),
    ],
)
def test_what_the_configuration_contradicts_is_refused(tmp_path, values, said):
    tiny.make(tmp_path, SPEC)
    tiny.rewrite(tmp_path / "config.json", **values)

    assert said in refused(tmp_path)


@pytest.mark.parametrize(
    ("layers", "said"), [(3, "missing, and random ones score nothing"), (1, "Nothing in the spec reads these weights")]
)
def test_a_weight_that_is_missing_or_that_nobody_reads_is_named(tmp_path, layers, said):
    tiny.make(tmp_path, SPEC)
    tiny.rewrite(tmp_path / "config.json", num_hidden_layers=layers)

    assert said in refused(tmp_path)


def test_code_for_a_tokenizer_is_ignored_as_that_for_a_model_is_and_deeper_down_refused(tmp_path):
    tiny.make(tmp_path, SPEC)
    model = load(tmp_path, SPEC)
    assert model.writer.tokenizer.convert_tokens_to_ids("<|im_end|>") == 92542

    tiny.rewrite(tmp_path / "tokenizer_config.json", extra={"auto_map": {"AutoTokenizer": ["own.Tokenizer", None]}})

    assert "tokenizer_config.json asks for code" in refused(tmp_path)
