"""How a checkpoint is called, as data: the text around prompt and response, where the score stands, what may be cut."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from modelhooks.heads import HeadSpec, PairDifference, Strict, TensorName, TokenId, VocabSoftmaxLast, reads_steps

# The bodies that have been tried, against plain transformers: in packed rows, and encoders in padded batches.
Architecture = Literal["llama", "qwen2", "qwen3", "mistral", "gemma", "gemma2", "internlm2", "deberta-v2"]
ENCODERS = ("deberta-v2",)

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
TemplateText = Annotated[str, StringConstraints(max_length=20_000)]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}\.safetensors$")]


class StepRule(Strict):
    """How steps stand in the text and where each one's score is read.

    "joined": all steps in one assistant turn, each followed by `token_id` (put in by id, so that the same word in a
    step's own text is no mark) and, before the next, by `between`. "turns": each step a user turn, answered by
    `answer`; the score is read at the token before the answer.
    """

    layout: Literal["joined", "turns"]
    token_id: TokenId | None = None
    between: Annotated[str, StringConstraints(max_length=20)] = ""
    answer: Annotated[str, StringConstraints(max_length=20)] = ""
    # Whether prompt and first step are tokenized apart from each other.
    is_cut_from_prompt: bool = False

    @model_validator(mode="after")
    def _has_a_mark(self) -> Self:
        if self.layout == "joined" and self.token_id is None:
            raise ValueError("joined steps need the id of the token that marks a step's end")
        if self.layout == "turns" and not self.answer:
            raise ValueError("steps in turns need the word that answers them")
        return self


class PairParts(Strict):
    """Two responses as parts of their own behind the prompt, each part as the tokenizer writes a text.

    `source` is a Jinja template over `messages`, `candidate` one over `messages` and a `response`. `marks` are the
    words that begin prompt, first and second response. Lengths in tokens: a prompt has at most `source_max_length`,
    what is left of the spec's `max_length` the two responses share.
    """

    source: TemplateText
    candidate: TemplateText
    marks: tuple[Line, Line, Line]
    source_max_length: Annotated[int, Field(ge=8, le=1_000_000)]


class Template(Strict):
    """The text that the model reads.

    `chat` is a Jinja template over `messages`; without it the checkpoint's own is used. `pair` makes the one user turn
    that shows two responses out of `messages`, `first` and `second`; `parts` is for models that read them apart.
    `steps` is for models of steps.
    """

    chat: TemplateText | None = None
    pair: TemplateText | None = None
    parts: PairParts | None = None
    steps: StepRule | None = None


class ModelSpec(Strict):
    """Everything about a checkpoint that its files do not say by themselves.

    Units: `max_length` in tokens. `bos` says whose beginning-of-text token there is: what the template writes, what the
    tokenizer adds by itself (the template's is taken away), or none. `pool` is the token whose hidden state the head
    reads: the last one that is no padding by mask; the last one whose id is not the padding's (what sequence
    classification in transformers does: another token, where padding and end of text share an id); or the last one with
    the id `append_token_id`, which is appended where it does not end the text already.
    """

    name: Line
    revision: Line
    architecture: Architecture
    # The checkpoint asks for code of its own, which is never run: the plain architecture and the head replace it.
    has_own_code: bool = False
    head: HeadSpec
    template: Template = Template()
    system_prompt: TemplateText | None = None
    bos: Literal["template", "tokenizer", "none"] = "template"
    append_token_id: TokenId | None = None
    pool: Literal["mask_last", "not_pad_last", "token_id"] = "mask_last"
    max_length: Annotated[int, Field(ge=8, le=1_000_000)]
    truncation_side: Literal["left", "right"] = "right"
    head_files: Annotated[tuple[FileName, ...], Field(max_length=4)] = ()
    # Tensors in the files that scoring has no use for, such as the language model's head below a value head.
    ignored_tensors: Annotated[tuple[TensorName, ...], Field(max_length=64)] = ()
    score_range: tuple[float, float] | None = None
    licence: Line
    commercial_use: bool | None
    source: Line
    # What of this nobody has compared with the publisher's own files or code.
    unverified: Annotated[tuple[Line, ...], Field(max_length=16)] = ()

    @property
    def is_pairwise(self) -> bool:
        """Whether it reads two responses at once."""
        return self.template.pair is not None or self.template.parts is not None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if reads_steps(self.head) != (self.template.steps is not None):
            raise ValueError("a head that reads steps and a template that marks them go together")
        is_choice = isinstance(self.head, VocabSoftmaxLast) and len(self.head.token_ids) == 2
        if self.template.pair is not None and not is_choice:
            raise ValueError("a template for two responses goes with the softmax of two words")
        in_parts = self.template.parts is not None
        if len({in_parts, isinstance(self.head, PairDifference), self.architecture in ENCODERS}) > 1:
            raise ValueError("an encoder, two responses in parts and the difference of them go together")
        if self.template.parts is not None and self.template.parts.source_max_length >= self.max_length:
            raise ValueError("a prompt leaves its responses some of the length")
        if self.pool == "token_id" and self.append_token_id is None:
            raise ValueError("pooling at a token needs the id of the token that is appended")
        if self.append_token_id is not None and reads_steps(self.head):
            raise ValueError("a token is appended to whole responses, not to steps")
        return self
