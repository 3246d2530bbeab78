"""What the endpoints of checkpoints and runs take and answer, for OpenAPI."""

from typing import Any

from rest_framework import serializers

from jobs.models import State
from modelhooks.catalog import ADDED
from modelhooks.embedders import DEFAULT, EMBEDDERS
from modelhooks.models import Contract
from modelhooks.services.checkpoints import LONGEST_LICENCE, LONGEST_NAME
from projects.api.strict import StrictSerializer


def _options_in_words() -> str:
    """What each backend takes, for the document: read from the catalog."""
    told = [f"{key}: {', '.join(one.options_type.model_fields) or 'none'}." for key, one in ADDED.items()]
    return "\n\n".join(["What the backend wants to know; names only, never paths or addresses.", *told])


class CheckpointBody(StrictSerializer):
    name = serializers.CharField(max_length=LONGEST_NAME)
    backend = serializers.ChoiceField(list(ADDED))
    contract = serializers.ChoiceField(Contract.values)
    options = serializers.DictField(required=False, help_text=_options_in_words())
    licence = serializers.CharField(max_length=LONGEST_LICENCE, required=False, allow_blank=True)
    commercial_use = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether the licence allows it; null: not known."
    )


class CheckpointShape(serializers.Serializer[Any]):
    """A model and how it is called. It never changes; `is_healthy` says what the last check found."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    backend = serializers.CharField()
    contract = serializers.ChoiceField(Contract.values)
    options = serializers.DictField()
    licence = serializers.CharField(allow_blank=True)
    commercial_use = serializers.BooleanField(allow_null=True)
    fingerprint = serializers.CharField(allow_blank=True, help_text="Of what the last check loaded.")
    is_healthy = serializers.BooleanField(allow_null=True, help_text="null: not checked yet.")
    health = serializers.CharField(allow_blank=True, help_text="What the last check found, in a sentence.")
    is_being_checked = serializers.BooleanField()
    checked_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)


class RunShape(serializers.Serializer[Any]):
    """One execution of a hook: a checkpoint, asked about many items."""

    id = serializers.IntegerField()
    project = serializers.SlugField()
    hook = serializers.CharField()
    checkpoint = serializers.IntegerField()
    checkpoint_name = serializers.CharField()
    question = serializers.CharField(allow_blank=True, help_text="The key of the form's question that it answers.")
    parameters = serializers.DictField()
    fingerprint = serializers.CharField(allow_blank=True, help_text="Of the model, once it was loaded.")
    state = serializers.ChoiceField(State.choices)
    message = serializers.CharField(allow_blank=True, help_text="What came of it, or why nothing did.")
    done = serializers.IntegerField(help_text="Items that were answered or given up so far.")
    total = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    cost = serializers.FloatField(allow_null=True, help_text="So far; null where the model's server has no price.")
    currency = serializers.CharField(allow_blank=True, help_text="Which the cost is in, as the deployment says.")


class RunReport(RunShape):
    failed = serializers.IntegerField(help_text="Items that it gave up; `failures/` says why.")
    rate = serializers.FloatField(allow_null=True, help_text="Items a second since this attempt began.")
    seconds_left = serializers.FloatField(allow_null=True)
    chunks = serializers.IntegerField()
    chunks_done = serializers.IntegerField()
    computed = serializers.IntegerField(help_text="Inputs that the model was asked.")
    reused = serializers.IntegerField(help_text="Inputs whose answer was known.")
    prompt_tokens = serializers.IntegerField()
    completion_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField()
    requests = serializers.IntegerField()
    outcome = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of a run that makes items: responses and items, counted by words."
    )


class FailureShape(serializers.Serializer[Any]):
    subject = serializers.IntegerField(help_text="The item's id.")
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class HeadShape(serializers.Serializer[Any]):
    """A version of a project's reward head: from what it was trained, what it is worth, whether it is in office."""

    number = serializers.IntegerField()
    question = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    message = serializers.CharField(allow_blank=True)
    done = serializers.IntegerField(help_text="Pairs whose responses are embedded.")
    total = serializers.IntegerField(allow_null=True)
    parameters = serializers.DictField()
    is_promoted = serializers.BooleanField(allow_null=True, help_text="null: not trained, or not yet.")
    verdict = serializers.CharField(allow_blank=True, help_text="Why it was promoted or not, in a sentence.")
    pairs = serializers.IntegerField(allow_null=True, help_text="That it was trained on.")
    prompts = serializers.IntegerField(allow_null=True)
    votes = serializers.IntegerField(allow_null=True)
    annotators = serializers.IntegerField(allow_null=True)
    evaluation = serializers.IntegerField(allow_null=True, help_text="The number of the frozen set.")
    predecessor = serializers.IntegerField(allow_null=True, help_text="The number of the version in office then.")
    report = serializers.DictField(
        allow_null=True,
        help_text="Accuracies with intervals (share, low, high, pairs, prompts) on the frozen pairs and cross-fitted, "
        "each beside length alone; the learning curve, calibration, ties, and what it speaks about.",
    )
    code = serializers.DictField(allow_null=True, help_text="Versions of what it was fitted with.")
    embedder = serializers.CharField(allow_blank=True, help_text="The embedder's fingerprint.")
    fingerprint = serializers.CharField(allow_blank=True)
    checkpoint = serializers.IntegerField(allow_null=True, help_text="The checkpoint that prefers one of two.")
    scorer = serializers.IntegerField(allow_null=True, help_text="The checkpoint that rates responses.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class HeadBody(StrictSerializer):
    question = serializers.CharField(max_length=40, help_text="The key of a preference question of the form in force.")
    embedder = serializers.ChoiceField(list(EMBEDDERS), default=DEFAULT)
    with_imported = serializers.BooleanField(default=False, help_text="Whether labels that came with files count.")
    widen = serializers.BooleanField(
        default=False, help_text="Whether a wider evaluation set is frozen first, of all that is kept back by now."
    )
    target = serializers.FloatField(
        min_value=0.55, max_value=0.99, default=0.9, help_text="How often it has to be right where it speaks."
    )
    seed = serializers.IntegerField(min_value=0, max_value=10**6, default=0)
