"""Every backend there is: what its checkpoints can be asked, what they have to say of themselves, and who loads them.

Plain data: importing this loads no model and no library for models. Whatever runs models imports `loader` by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, field_validator

from modelhooks.backends.remote.endpoint import Prices
from modelhooks.backends.verifier.kinds import KINDS as VERIFIERS
from modelhooks.embedders import EMBEDDERS
from modelhooks.heads import GatedAttributes, reads_steps
from modelhooks.options import NAME_OR_NONE, BackendOptions, Instructions, Name
from modelhooks.presets import presets
from modelhooks.specs import ModelSpec

OWN_SPEC = "goldpan.json"
Price = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] | None


class OptionsRefused(ValueError):
    """A checkpoint's options do not fit its backend; the text is a sentence."""


class FakeOptions(BackendOptions):
    """Two fake models with different seeds disagree."""

    seed: Annotated[str, StringConstraints(max_length=100)] = Field(default="", title="Seed")
    instructions: Instructions = Field(
        default="", title="Instructions", description="It knows the criteria of the fake writer, and nothing else."
    )


class WeightsOptions(BackendOptions):
    """Weights in a folder: where, and in which type they are computed."""

    folder: Name = Field(title="Folder", description="Below the deployment's folder of models (GOLDPAN_MODELS).")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto", title="Type of weights", description="auto: bfloat16 on a GPU, float32 elsewhere."
    )


class FolderOptions(WeightsOptions):
    """A checkpoint in a folder, and how it is called."""

    preset: Annotated[str, StringConstraints(max_length=200)] = Field(
        default="",
        title="Preset",
        description=f"How a public model is called. Empty: the folder says it itself, in {OWN_SPEC}.",
        json_schema_extra={"enum": ["", *sorted(presets())]},  # to be picked on the page
    )

    @field_validator("preset")
    @classmethod
    def _is_known(cls, preset: str) -> str:
        if preset and preset not in presets():
            raise ValueError("there is no such preset")
        return preset

    @property
    def only_contract(self) -> str:
        return contract_of(presets()[self.preset]) if self.preset else ""


class LanguageModelOptions(FolderOptions):
    """A causal language model in a folder, asked how likely it finds the item's reference after each response."""

    @property
    def only_contract(self) -> str:
        return "likeness"


class LikenessOptions(BackendOptions):
    """How near a response comes to the item's reference."""

    measure: Literal["chrf", "bleu", "word_overlap"] = Field(default="chrf", title="Measure")


class PricedOptions(BackendOptions):
    """What a server's tokens cost. Empty: what the deployment says of its endpoint (GOLDPAN_ENDPOINT_…_PRICE)."""

    prompt_price: Price = Field(
        default=None, title="Price of a million tokens read", description="Empty: as the deployment has it."
    )
    completion_price: Price = Field(
        default=None, title="Price of a million tokens written", description="Empty: as the deployment has it."
    )

    def prices(self, known: Prices) -> Prices:
        """These prices, and where none is said those of the endpoint. What is read from a server's memory is billed
        as what is read, where the price of that is said here."""
        return Prices(
            known.prompt if self.prompt_price is None else self.prompt_price,
            known.completion if self.completion_price is None else self.completion_price,
            known.cached if self.prompt_price is None else None,
        )


class ChatOptions(PricedOptions):
    """A chat model on a server."""

    endpoint: Name = Field(title="Endpoint", description="One of the deployment's chat servers (GOLDPAN_ENDPOINTS).")
    pictures: bool = Field(
        default=False,
        title="It is shown the pictures of prompts",
        description="The endpoint must see them, too (GOLDPAN_ENDPOINT_…_IMAGES). No: such items are given up.",
    )


class JudgingOptions(BackendOptions):
    """How a chat model judges, wherever it runs."""

    style: Literal["critique", "direct", "principles", "rethink"] = Field(
        default="critique", title="How pairs are asked", description="What is written before the verdict on a pair."
    )
    allows_tie: bool = Field(default=True, title="A pair may be a tie")
    samples: Annotated[int, Field(ge=1, le=16)] = Field(
        default=1,
        title="Samples",
        description="Of ratings, rubrics and steps, and seatings of lists (two at least); a run says it for pairs.",
    )
    temperature: Annotated[float, Field(ge=0, le=2)] = Field(default=0.0, title="Temperature")
    longest: Annotated[int, Field(ge=64, le=32_768)] = Field(
        default=2_048, title="Longest answer", description="In tokens, thoughts included."
    )
    instructions: Instructions = Field(
        default="",
        title="Instructions",
        description="What those who are judged for care about, in plain sentences. A project can find better ones.",
    )


# Fields stand on the page in the order of the types from the last to the first: where a model is, then what it does.
class JudgeOptions(JudgingOptions, ChatOptions):
    """A chat model on a server, asked in words."""


class LocalJudgeOptions(JudgingOptions, WeightsOptions):
    """A chat model in a folder, asked in words."""


class GeneratorOptions(ChatOptions):
    """A chat model on a server, which writes responses. How they are drawn is for each run to say."""


class LocalGeneratorOptions(WeightsOptions):
    """A chat model in a folder, which writes responses. How they are drawn is for each run to say."""


class WritingOptions(BackendOptions):
    """How a chat model writes rubrics, wherever it runs."""

    temperature: Annotated[float, Field(ge=0, le=2)] = Field(
        default=0.7,
        title="Temperature",
        description="Of what is written. Judged is at 0, and at this where several votes are asked for.",
    )
    longest: Annotated[int, Field(ge=256, le=32_768)] = Field(
        default=4_096, title="Longest answer", description="In tokens, thoughts included."
    )


class WriterOptions(WritingOptions, ChatOptions):
    """A chat model on a server, which writes rubrics; it, or another one, judges by what it wrote."""

    judge_endpoint: Annotated[str, StringConstraints(pattern=NAME_OR_NONE)] = Field(
        default="",
        title="Endpoint that judges",
        description="Another chat server, which says whether the rubrics hold. Empty: the one that writes.",
    )


class LocalWriterOptions(WritingOptions, WeightsOptions):
    """A chat model in a folder, which writes rubrics and judges by what it wrote."""


class ServedOptions(PricedOptions):
    """A reward model on a server."""

    endpoint: Name = Field(title="Endpoint", description="One of the deployment's vLLM or SGLang servers of rewards.")


class HeadOptions(BackendOptions):
    """A reward head that a project trained."""

    head: Annotated[int, Field(ge=1)] = Field(title="Version", description="The id of a project's reward head.")
    embedder: Annotated[str, StringConstraints(max_length=40)] = Field(title="Embedder")

    @property
    def only_queue(self) -> str:
        return EMBEDDERS[self.embedder].queue if self.embedder in EMBEDDERS else ""


@dataclass(frozen=True, slots=True)
class Backend:
    """One way to run a model. `loader` is the dotted name of a function from options to what answers.

    `at_once` is how many subjects a chunk holds at most: few, where one takes seconds and money. `is_trained` where its
    checkpoints come from training, and from nobody's hand. `reads_prompts` says whether an answer depends on the prompt
    at all.
    """

    title: str
    contracts: frozenset[str]
    options_type: type[BackendOptions]
    loader: str
    queue: str
    at_once: int = 256
    is_trained: bool = False
    reads_prompts: bool = True


JUDGED = frozenset({"preference", "ranking", "rating", "rubric", "steps", "reward"})
BACKENDS: dict[str, Backend] = {
    "transformers": Backend(
        "A checkpoint in a folder",
        frozenset({"reward", "attributes", "steps", "preference"}),
        FolderOptions,
        "modelhooks.backends.folder.load",
        "gpu",
    ),
    "likelihood": Backend(
        "Likelihood of a reference",
        frozenset({"likeness"}),
        LanguageModelOptions,
        "modelhooks.backends.folder.load_language_model",
        "gpu",
    ),
    "reference": Backend(
        "Likeness to a reference",
        frozenset({"likeness"}),
        LikenessOptions,
        "modelhooks.backends.reference.load",
        "gpu",  # sacrebleu is installed where models run
        reads_prompts=False,
    ),
    "judge": Backend(
        "A judge on a chat server",
        JUDGED,
        JudgeOptions,
        "modelhooks.backends.served.load_judge",
        "cpu",
        at_once=16,
    ),
    "generator": Backend(
        "A generator on a chat server",
        frozenset({"generation"}),
        GeneratorOptions,
        "modelhooks.backends.served.load_generator",
        "cpu",
        at_once=8,
    ),
    "writer": Backend(
        "A writer of rubrics on a chat server",
        frozenset({"writing"}),
        WriterOptions,
        "modelhooks.backends.served_writer.load",
        "cpu",
        at_once=4,  # each asks many questions
    ),
    "local_judge": Backend(
        "A judge in a folder",
        JUDGED,
        LocalJudgeOptions,
        "modelhooks.backends.local.load_judge",
        "gpu",
        at_once=16,
    ),
    "local_generator": Backend(
        "A generator in a folder",
        frozenset({"generation"}),
        LocalGeneratorOptions,
        "modelhooks.backends.local.load_generator",
        "gpu",
        at_once=8,
    ),
    "local_writer": Backend(
        "A writer of rubrics in a folder",
        frozenset({"writing"}),
        LocalWriterOptions,
        "modelhooks.backends.local.load_writer",
        "gpu",
        at_once=4,  # each asks many questions
    ),
    "served": Backend(
        "A reward model on a server",
        frozenset({"reward"}),
        ServedOptions,
        "modelhooks.backends.served.load_reward",
        "cpu",
        at_once=64,
    ),
    "fake": Backend(
        "Fake, for trying things out",
        frozenset(
            {
                "reward",
                "attributes",
                "steps",
                "preference",
                "rubric",
                "likeness",
                "verification",
                "generation",
                "ranking",
                "rating",
                "writing",
            }
        ),
        FakeOptions,
        "modelhooks.backends.fake.load",
        "cpu",
    ),
    "head": Backend(
        "Reward head",
        frozenset({"preference", "reward"}),
        HeadOptions,
        "modelhooks.backends.trained_head.load",
        "gpu",
        is_trained=True,
    ),
    **{
        f"verifier_{kind}": Backend(
            f"Verifier: {one.title}",
            frozenset({"verification"}),
            one,
            "modelhooks.backends.verifier.load",
            "cpu",
            at_once=one.at_once,
            reads_prompts=False,
        )
        for kind, one in VERIFIERS.items()
    },
}


def checked(backend: str, contract: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as they are stored. Raises OptionsRefused."""
    known = BACKENDS.get(backend)
    if known is None:
        raise OptionsRefused(f"There is no backend “{backend[:40]}”. Known are {', '.join(BACKENDS)}.")
    if contract not in known.contracts:
        raise OptionsRefused(f"{known.title} cannot be asked that; it knows {', '.join(sorted(known.contracts))}.")
    try:
        found = known.options_type.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "options"
        raise OptionsRefused(f"{place}: {first['msg']}.") from None
    if found.only_contract not in {"", contract}:
        raise OptionsRefused(f"Called like that it answers “{found.only_contract}”, not “{contract}”.")
    return found.model_dump(mode="json")


ADDED = {name: one for name, one in BACKENDS.items() if not one.is_trained}
"""Those whose checkpoints somebody adds."""


def takes_instructions(backend: str) -> bool:
    """Whether such a checkpoint can be told how to judge."""
    return backend in BACKENDS and "instructions" in BACKENDS[backend].options_type.model_fields


def queue_of(backend: str, options: Mapping[str, Any]) -> str:
    """The queue of the workers that can run such a checkpoint."""
    known = BACKENDS[backend]
    return known.options_type.model_validate(dict(options)).only_queue or known.queue


def contract_of(spec: ModelSpec) -> str:
    """What a checkpoint that is called like this can be asked."""
    if spec.is_pairwise:
        return "preference"
    if reads_steps(spec.head):
        return "steps"
    return "attributes" if isinstance(spec.head, GatedAttributes) else "reward"
