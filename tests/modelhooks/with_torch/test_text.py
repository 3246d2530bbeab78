"""What the model reads: padding that plain transformers needs and we do not, what is cut, what is put in front."""

import pytest
import torch
import transformers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelhooks import presets
from modelhooks.backends.transformers import CheckpointRefused, load
from modelhooks.backends.transformers.checkpoint import inspect
from modelhooks.backends.transformers.text import Writer
from modelhooks.contracts import ResponseGroup, Solution
from tests.modelhooks.with_torch import tiny

CLOSE = 1e-4
SKYWORK = presets.presets()["Skywork/Skywork-Reward-V2-Llama-3.2-1B"]
PRM = presets.presets()["Qwen/Qwen2.5-Math-PRM-7B"]
SHEPHERD = presets.presets()["peiyi9979/math-shepherd-mistral-7b-prm"]
USER = ({"role": "user", "content": "Why is the sky blue?"},)
RESPONSES = ("Because.", "Because light scatters off the air, the blue most of all.", "Light. " * 20)
SOLUTION = Solution(USER, ("First, light.", "Then, air: it scatters.", "So it is blue."))


@pytest.fixture(scope="module")
def skywork(tmp_path_factory):
    return tiny.make(tmp_path_factory.mktemp("skywork"), SKYWORK)


@pytest.fixture(scope="module")
def prm(tmp_path_factory):
    return tiny.make(tmp_path_factory.mktemp("prm"), PRM)


def with_changes(spec, **changes):
    return type(spec).model_validate({**spec.model_dump(), **changes})


def written(checkpoint, spec, *responses, prompt=USER):
    writer = Writer(inspect(checkpoint.folder, spec), spec)
    return [writer.response(prompt, response) for response in responses]


def rendered(checkpoint, response, prompt=USER):
    return checkpoint.tokenizer.apply_chat_template(
        [*prompt, {"role": "assistant", "content": response}], tokenize=True, return_dict=False
    )


def padded(checkpoint, rows, side):
    """A batch with its mask, as a tokenizer pads it."""
    longest, pad = max(map(len, rows)), checkpoint.tokenizer.pad_token_id
    filled = [[[pad] * (longest - len(row)), [0] * (longest - len(row)), row, [1] * len(row)] for row in rows]
    ids = [[*fill, *row] if side == "left" else [*row, *fill] for fill, _, row, _ in filled]
    mask = [[*zeros, *ones] if side == "left" else [*ones, *zeros] for _, zeros, _, ones in filled]
    return torch.tensor(ids), torch.tensor(mask)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("pad_is_eos", [False, True])
def test_scores_are_those_of_a_padded_batch_done_right(tmp_path, side, pad_is_eos):
    checkpoint = tiny.make(tmp_path, SKYWORK, pad_is_eos=pad_is_eos)
    ids, mask = padded(checkpoint, [rendered(checkpoint, one) for one in RESPONSES], side)

    (scores,) = load(checkpoint.folder, SKYWORK).score([ResponseGroup(USER, RESPONSES)])

    with torch.inference_mode():
        positions = (mask.cumsum(1) - 1).clamp(min=0) if side == "left" else None
        states = checkpoint.body(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=False)[0]
    last = [-1] * 3 if side == "left" else (mask.sum(1) - 1).tolist()
    heads = states @ checkpoint.tensors["score.weight"].T
    expected = [heads[row, place, 0].item() for row, place in enumerate(last)]
    assert [one.raw for one in scores] == pytest.approx(expected, abs=CLOSE)
    # The other place, where a batch is padded on the other side, is a trap: it holds another score.
    trap = heads[0, -1 if side == "right" else mask[0].sum() - 1, 0].item()
    assert abs(trap - scores[0].raw) > 100 * CLOSE


@pytest.mark.parametrize("pad_is_eos", [False, True])
def test_pooling_can_follow_sequence_classification_to_the_wrong_token(tmp_path, pad_is_eos):
    checkpoint = tiny.make(tmp_path, SKYWORK, pad_is_eos=pad_is_eos)
    theirs = transformers.LlamaForSequenceClassification.from_pretrained(checkpoint.folder, num_labels=1).eval()
    asked = [ResponseGroup(USER, RESPONSES)]

    (plain,) = load(checkpoint.folder, SKYWORK).score(asked)
    (followed,) = load(checkpoint.folder, with_changes(SKYWORK, pool="not_pad_last")).score(asked)

    with torch.inference_mode():
        expected = [theirs(torch.tensor([rendered(checkpoint, one)])).logits.item() for one in RESPONSES]
    assert [one.raw for one in followed] == pytest.approx(expected, abs=CLOSE)
    differs = [abs(one.raw - other) > 100 * CLOSE for one, other in zip(plain, expected, strict=True)]
    assert differs == [pad_is_eos] * 3


def test_a_token_is_appended_once_and_read(skywork):
    mark = 128004
    spec = with_changes(SKYWORK, append_token_id=mark, pool="token_id")
    whole = rendered(skywork, RESPONSES[0])
    ends = with_changes(spec, append_token_id=whole[-1])

    (appended,), (there,) = written(skywork, spec, RESPONSES[0]), written(skywork, ends, RESPONSES[0])
    score = load(skywork.folder, spec).score([ResponseGroup(USER, RESPONSES[:1])])[0][0]

    assert appended.ids == [*whole, mark]
    assert appended.reads == ((len(whole),),)
    assert there.ids == whole
    expected = (skywork.states([*whole, mark])[-1] @ skywork.tensors["score.weight"].T).item()
    assert score.raw == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_is_cut_is_told_and_the_appended_token_stays(skywork, side):
    whole = rendered(skywork, RESPONSES[2])
    cut = with_changes(SKYWORK, max_length=40, truncation_side=side)
    kept = whole[-40:] if side == "left" else whole[:40]

    (one,) = written(skywork, cut, RESPONSES[2])
    (ended,) = written(skywork, with_changes(cut, append_token_id=128004), RESPONSES[2])
    short, long = load(skywork.folder, cut).score([ResponseGroup(USER, ("", RESPONSES[2]))])[0]

    assert (one.ids, one.truncated) == (kept, True)
    assert len(ended.ids) == 40
    assert ended.ids[-1] == 128004
    assert (short.truncated, long.truncated, long.n_tokens) == (False, True, 40)
    expected = (skywork.states(kept)[-1] @ skywork.tensors["score.weight"].T).item()
    assert long.raw == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_step_that_is_cut_off_has_no_number(prm, side):
    model = load(prm.folder, PRM)
    (whole,) = model.score_steps([SOLUTION])
    writer = Writer(inspect(prm.folder, PRM), PRM)
    marks = [place for (place,) in writer.solution(SOLUTION).reads]
    length = len(writer.solution(SOLUTION).ids)
    most = marks[1] + 1 if side == "right" else length - marks[1]
    spec = with_changes(PRM, max_length=most, truncation_side=side)

    (cut,) = load(prm.folder, spec).score_steps([SOLUTION])

    if side == "right":
        assert [one.value for one in cut[:2]] == pytest.approx([one.value for one in whole[:2]], abs=CLOSE)
        assert (cut[2].value, cut[2].error) == (None, "It lies beyond the longest text that the model reads.")
    else:
        assert cut[0].value is None
        assert [one.error for one in cut[1:]] == ["", ""]


@pytest.mark.parametrize("most", [8, 20])
def test_when_every_step_is_cut_off_each_says_so(prm, most):
    (steps,) = load(prm.folder, with_changes(PRM, max_length=most)).score_steps([SOLUTION])

    assert [one.value for one in steps] == [None] * 3
    assert all("beyond the longest" in one.error for one in steps)


def test_a_solution_without_steps_is_no_error_of_the_others(prm):
    none, whole = load(prm.folder, PRM).score_steps([Solution(USER, ()), SOLUTION])

    assert none == []
    assert [one.error for one in whole] == [""] * 3


def test_a_template_that_hides_steps_gives_no_numbers(prm):
    hides = with_changes(PRM, template={**PRM.template.model_dump(), "chat": "{{ messages[0]['content'] }}"})

    (steps,) = load(prm.folder, hides).score_steps([SOLUTION])

    assert all("does not show every step" in one.error for one in steps)


def test_whose_beginning_of_text_there_is(skywork):
    text = "{{ messages[-1]['content'] }}"
    begins = "{{ bos_token }}" + text

    def ids(bos, chat):
        return written(skywork, with_changes(SKYWORK, bos=bos, template={"chat": chat}), "x")[0].ids

    bos, x = skywork.tokenizer.bos_token_id, skywork.tokenizer.encode("x", add_special_tokens=False)
    assert [ids("template", chat) for chat in (text, begins)] == [x, [bos, *x]]
    assert [ids("tokenizer", chat) for chat in (text, begins)] == [[bos, *x], [bos, *x]]
    assert [ids("none", chat) for chat in (text, begins)] == [x, x]


@pytest.mark.parametrize("bos", ["template", "tokenizer", "none"])
def test_steps_are_read_at_their_marks_whoever_begins_the_text(tmp_path, bos):
    begins = "{{ bos_token }}{{ messages[-1]['content'] }}"
    rule = {"chat": begins, "steps": {"layout": "joined", "token_id": 128004}}
    spec = with_changes(SKYWORK, bos=bos, template=rule, head={**SKYWORK.head.model_dump(), "kind": "linear_at_step"})
    checkpoint = tiny.make(tmp_path, spec)

    one = Writer(inspect(checkpoint.folder, spec), spec).solution(SOLUTION)

    assert [one.ids[place] for (place,) in one.reads] == [128004] * 3
    assert one.ids.count(checkpoint.tokenizer.bos_token_id) == (bos != "none")


def test_a_template_that_dates_itself_reads_the_same_every_day(skywork):
    dated = "{{ date_string if date_string is defined else strftime_now('%d %b %Y') }} {{ messages[-1]['content'] }}"

    (one,) = written(skywork, with_changes(SKYWORK, template={"chat": dated}), "x")

    assert skywork.tokenizer.decode(one.ids[1:]) == "26 Jul 2024 x"


def test_the_specs_system_prompt_gives_way_to_the_prompts_own(prm):
    writer = Writer(inspect(prm.folder, PRM), PRM)
    own = ({"role": "system", "content": "Be brief."}, *USER)

    ours, theirs = (prm.tokenizer.decode(writer.solution(Solution(one, ("x",))).ids) for one in (USER, own))

    assert PRM.system_prompt in ours
    assert PRM.system_prompt not in theirs
    assert "Be brief." in theirs


def test_a_conversation_that_the_template_refuses_leaves_the_others_their_scores(skywork):
    no_tools = "{% if m['role'] == 'tool' %}{{ raise_exception('No tools here.') }}{% endif %}"
    picky = "{% for m in messages %}" + no_tools + "{{ m['content'] }}{% endfor %}"
    spec = with_changes(SKYWORK, template={"chat": picky})
    tool = (*USER, {"role": "tool", "content": "42"})

    (bad,), (good,) = load(skywork.folder, spec).score([ResponseGroup(tool, ("x",)), ResponseGroup(USER, ("x",))])

    assert bad.raw is None
    assert "No tools here." in bad.error
    assert good.error == ""


def test_a_response_that_the_template_refuses_leaves_those_beside_it_their_own_scores(skywork):
    picky = (
        "{% if 'bad' in messages[-1]['content'] %}{{ raise_exception('No.') }}{% endif %}{{ messages[-1]['content'] }}"
    )
    spec = with_changes(SKYWORK, template={"chat": picky})
    model = load(skywork.folder, spec)

    (mixed,) = model.score([ResponseGroup(USER, ("bad", "One.", "bad", "Two, and more."))])
    (alone,) = model.score([ResponseGroup(USER, ("One.", "Two, and more."))])

    assert [bool(one.error) for one in mixed] == [True, False, True, False]
    assert [mixed[1].raw, mixed[3].raw] == pytest.approx([one.raw for one in alone], abs=CLOSE)


def test_a_template_that_shows_nothing_leaves_nothing_to_score(skywork):
    spec = with_changes(SKYWORK, template={"chat": "{# nothing #}"}, bos="none")

    ((score,),) = load(skywork.folder, spec).score([ResponseGroup(USER, ("x",))])

    assert score.error == "There is no text to score."


def test_our_own_marks_in_a_text_are_dropped(prm):
    writer = Writer(inspect(prm.folder, PRM), PRM)
    marks = "".join(chr(0xF6A00 + number) for number in range(4))

    plain, marked = (writer.solution(Solution(USER, (f"So{one}.", "Yes."))) for one in ("", marks))

    assert plain == marked


CONTROLS = ["<|eot_id|>", "<|begin_of_text|>", "<|start_header_id|>", "<s>", "</s>", "<unk>", "<extra_0>", "<|im_end|>"]
PIECE = st.sampled_from([*CONTROLS, " ", "\n", "\n\n", "a", "word", " ки", "ки", "<", "|>", "<|eot", "é", "😀", "1"])
TEXTS = st.lists(PIECE, max_size=8).map("".join)


@pytest.fixture(scope="module", params=[SKYWORK, PRM, SHEPHERD], ids=["llama", "qwen2", "mistral"])
def any_text(request, tmp_path_factory):
    spec = with_changes(
        SKYWORK, architecture=request.param.architecture, bos="template", max_length=4_096, has_own_code=False
    )
    checkpoint = tiny.make(tmp_path_factory.mktemp("any"), spec)
    return checkpoint, Writer(inspect(checkpoint.folder, spec), spec)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS)
def test_any_text_is_encoded_as_transformers_sanitizes_it(any_text, prompt, response):
    checkpoint, writer = any_text
    messages = [{"role": "user", "content": prompt}, {"role": "assistant", "content": response}]

    one = writer.response(tuple(messages[:1]), response)

    assert one.ids == checkpoint.tokenizer.apply_chat_template(
        messages, tokenize=True, return_dict=False, sanitize_control_tokens=True
    )


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS)
def test_no_text_brings_a_control_token(any_text, prompt, response):
    checkpoint, writer = any_text
    special = set(checkpoint.tokenizer.all_special_ids) | set(tiny.SPECIAL.get(writer.spec.architecture, {}).values())

    def counted(*texts):
        ids = writer.response(({"role": "user", "content": texts[0]},), texts[1]).ids
        return sum(one in special for one in ids if one != checkpoint.tokenizer.unk_token_id)

    assert counted(prompt, response) == counted("x", "x")


def test_a_checkpoint_whose_template_comes_beside_it_uses_that(skywork, tmp_path):
    made = tiny.make(tmp_path, SKYWORK)
    (made.folder / "chat_template.jinja").write_text("Beside: {{ messages[-1]['content'] }}")

    (one,) = written(made, SKYWORK, "x")

    assert made.tokenizer.decode(one.ids[1:]) == "Beside: x"


def test_several_templates_need_one_called_default(skywork, tmp_path):
    made = tiny.make(tmp_path, SKYWORK)
    config = made.folder / "tokenizer_config.json"
    named = [{"name": "default", "template": "D {{ messages[-1]['content'] }}"}, {"name": "rag", "template": "R"}]
    tiny.rewrite(config, chat_template=named)
    (one,) = written(made, SKYWORK, "x")
    tiny.rewrite(config, chat_template=named[1:])

    assert made.tokenizer.decode(one.ids[1:]) == "D x"
    with pytest.raises(CheckpointRefused, match="no chat template"):
        Writer(inspect(made.folder, SKYWORK), SKYWORK)
