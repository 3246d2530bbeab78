"""Which models there are, what they have said, and the runs that ask them."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jobs.models import Job
from projects.models import Project


class Contract(models.TextChoices):
    """What a checkpoint can be asked (`modelhooks.contracts`); the names are stored."""

    REWARD = "reward", "Scores responses"
    ATTRIBUTES = "attributes", "Scores attributes of responses"
    STEPS = "steps", "Scores steps"
    PREFERENCE = "preference", "Says which of two is better"
    RUBRIC = "rubric", "Answers a rubric"
    LIKENESS = "likeness", "Compares responses with a reference"
    VERIFICATION = "verification", "Says whether a response is right"
    GENERATION = "generation", "Writes responses"
    RANKING = "ranking", "Puts responses in order"
    RATING = "rating", "Rates responses on a scale"
    WRITING = "writing", "Writes rubrics"


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    def of(self, project: Project) -> Self:
        """Those that may be asked in this project: the installation's, and its own, without versions of a judge that
        this project does not use."""
        put_by = JudgeVersion.objects.filter(project=project, is_in_use=False, checkpoint=models.OuterRef("pk"))
        known = self.filter(models.Q(project__isnull=True) | models.Q(project=project))
        return known.filter(~models.Exists(put_by))


class Checkpoint(models.Model):
    """Weights, or a server, and how to call them. Never changed: another way to call it is another checkpoint.

    `backend` names an entry of `modelhooks.catalog`, which also checks `options`. Folders and endpoints in them are
    names; what they stand for is a setting of the deployment.
    """

    name = models.CharField(max_length=100, unique=True)
    contract = models.CharField(max_length=20, choices=Contract.choices)
    backend = models.CharField(max_length=30)
    options = models.JSONField(default=dict)
    licence = models.CharField(max_length=200, blank=True)
    commercial_use = models.BooleanField(null=True, help_text="Whether its licence allows it; null: not known.")
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        related_name="checkpoints",
        help_text="Whose it is alone, where it was trained on a project's labels; null: the installation's.",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)
    check_job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    is_healthy = models.BooleanField(null=True, help_text="What the last check found; null: not checked yet.")
    health = models.CharField(max_length=500, blank=True, help_text="What the last check found, in a sentence.")
    fingerprint = models.CharField(max_length=64, blank=True, help_text="As the last check loaded it.")

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(contract__in=Contract.values), name="checkpoint_contract_known")
        ]

    def __str__(self) -> str:
        return self.name


class Opinion(models.Model):
    """What a model answered to one input, kept so that nothing is computed twice.

    `fingerprint` stands for everything on the model's side that changes an answer, `digest` for everything that was
    asked. Rows are only ever added; whoever comes second with the same two takes what is there.
    """

    fingerprint = models.CharField(max_length=64, db_collation="C")
    digest = models.BinaryField(max_length=32)
    output = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fingerprint", "digest"], name="opinion_once")]


class Run(models.Model):
    """One execution of a hook: what is asked, of which checkpoint, about what.

    `question` is the key of the form's question that it answers, where it answers one. `parameters` are the hook's own.
    The job knows how far it is and why it ended; `fingerprint` is what the checkpoint was when the run began to work.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="runs", db_index=False)
    hook = models.CharField(max_length=40)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="runs")
    question = models.CharField(max_length=40, blank=True)
    parameters = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    is_planned = models.BooleanField(default=False, help_text="Whether its chunks are written.")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="run_by_project")]

    def __str__(self) -> str:
        return f"run {self.pk}"


class JudgeVersion(models.Model):
    """One version of what a project tells a judge of pairs: a checkpoint that differs from the others of the same judge
    in its instructions alone, and where these came from.

    The first one is the judge as it was found, which may be the installation's; the others are the project's own. One
    of them is in use; the others are asked in trials alone (docs/decisions/0030).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    judge = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, related_name="+", help_text="The first version's checkpoint."
    )
    number = models.PositiveIntegerField(help_text="Counts the versions of a judge in a project, from 1.")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    run = models.OneToOneField(
        Run, on_delete=models.PROTECT, null=True, related_name="+", help_text="That wrote it; null: a person did."
    )
    diagnosis = models.TextField(blank=True, help_text="What its writer found wrong with the version before.")
    provenance: Any = models.JSONField(
        default=dict, help_text="The report and the items that it was written from, and the groups of their prompts."
    )
    is_in_use = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["project", "judge", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "judge", "number"], name="judge_version_once"),
            models.UniqueConstraint(fields=["project", "checkpoint"], name="judge_version_of_a_checkpoint_once"),
            models.UniqueConstraint(
                fields=["project", "judge"], condition=models.Q(is_in_use=True), name="judge_version_in_use_once"
            ),
            models.CheckConstraint(
                condition=models.Q(number=1, parent__isnull=True, run__isnull=True, checkpoint=models.F("judge"))
                | models.Q(number__gt=1, parent__isnull=False),
                name="judge_version_comes_from_one_before",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def instructions(self) -> str:
        """What the judge is told; empty for nothing."""
        return str(self.checkpoint.options.get("instructions", ""))


class Chunk(models.Model):
    """What of a run is computed at once, and what that took. `subjects` are ids that the hook understands.

    An attempt is written down before it begins, so a chunk that ends its worker is known afterwards: it is halved until
    what ends the worker stands alone.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    subjects = ArrayField(models.BigIntegerField())
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True, help_text="Why the last attempt failed.")
    finished_at = models.DateTimeField(null=True)
    computed = models.PositiveIntegerField(default=0, help_text="Inputs that the model was asked.")
    reused = models.PositiveIntegerField(default=0, help_text="Inputs whose answer was known.")
    usage = models.JSONField(default=dict, help_text="Tokens, requests (modelhooks.contracts.Usage) and their cost.")
    outcome = models.JSONField(default=dict, help_text="What became of the answers, as counts by words of the hook.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="chunk_once")]
        indexes = [
            models.Index(
                fields=["run", "attempts", "number"], name="chunk_open", condition=models.Q(finished_at__isnull=True)
            )
        ]


class Failure(models.Model):
    """A subject that a run gave up, and why. Retrying takes the row away."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="failures", db_index=False)
    subject = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "subject"], name="failure_once")]


class Probed(models.Model):
    """What a checkpoint made of one of our own probes (`modelhooks.judging.probe_set`), in a run of the hook `probe`.

    Rows are only ever added, one for a probe of a run.
    """

    class Said(models.TextChoices):
        RIGHT = "right", "Put the right response first"
        OTHER = "other", "Put the other one first"
        TIE = "tie", "Put them level"
        NONE = "none", "Did not decide"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="probed", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="Of the probe, from 1, in the set that the run's digest names.")
    said = models.CharField(max_length=10, choices=Said.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="probed_once"),
            models.CheckConstraint(
                condition=models.Q(said__in=["right", "other", "tie", "none"]), name="probed_said_known"
            ),
        ]


class Embedding(models.Model):
    """A text as a point, kept so that nothing is embedded twice. Rows are only ever added.

    `vector` is little-endian float32, as many as the embedder has dimensions.
    """

    fingerprint = models.CharField(max_length=64, db_collation="C", help_text="The embedder's.")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the text.")
    vector = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fingerprint", "digest"], name="embedding_once")]


class Evaluation(models.Model):
    """Pairs of a question with the answers as they stood, on which heads are measured. Never trained on or changed.

    `number` counts the sets of one question: a wider one can be drawn later, from prompts that were always kept back.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    question = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    with_imported = models.BooleanField(help_text="Whether labels that came with imports count as votes.")
    last_annotation = models.BigIntegerField(help_text="The newest annotation when it was frozen.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "question", "number"], name="evaluation_once")]


class FrozenPair(models.Model):
    """One pair of an evaluation. `subject` is an id that the setting HEAD_LABELS understands."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="pairs", db_index=False)
    subject = models.BigIntegerField()
    group = models.CharField(max_length=64)
    p = models.FloatField(help_text="The share of votes for the first response; a tie is half a vote for each.")
    annotations = ArrayField(models.BigIntegerField(), help_text="The answers that these votes are.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "subject"], name="frozen_pair_once"),
            models.CheckConstraint(condition=models.Q(p__gte=0, p__lte=1), name="frozen_pair_is_a_share"),
        ]


class HeadQuerySet(models.QuerySet["Head"]):
    def told(self) -> Self:
        """With all that is told of a version, and without what only a worker reads."""
        found = self.select_related("project", "job", "created_by", "evaluation", "checkpoint", "scorer", "predecessor")
        return found.defer("weights", "frozen_scores", "predecessor__weights", "predecessor__frozen_scores")


class Head(models.Model):
    """One version of the reward head that a project trains for a question: from what, how good, and what came of it.

    Written when it is asked for and filled in once, by its job. `weights` are numbers and nothing else, `rest` says
    what they are (`modelhooks.head.files`).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="heads", db_index=False)
    number = models.PositiveIntegerField(help_text="Counts the versions of the project, over all questions.")
    question = models.CharField(max_length=40)
    parameters: Any = models.JSONField(help_text="What was chosen (modelhooks.services.heads.Wishes).")
    last_annotation = models.BigIntegerField(help_text="It learns from no later annotation than this one.")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, null=True, related_name="heads")
    predecessor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", help_text="Who was in office, and was compared."
    )
    finished_at = models.DateTimeField(null=True)
    is_promoted = models.BooleanField(null=True)
    verdict = models.CharField(max_length=500, blank=True)
    pairs = models.PositiveIntegerField(null=True, help_text="That it was trained on.")
    prompts = models.PositiveIntegerField(null=True)
    votes = models.PositiveIntegerField(null=True)
    annotators = models.PositiveIntegerField(null=True)
    report: Any = models.JSONField(null=True, help_text="What is known of it (modelhooks.services.training.report).")
    code: Any = models.JSONField(null=True, help_text="Versions of Goldpan and of the libraries it was fitted with.")
    embedder = models.CharField(max_length=64, blank=True, help_text="The embedder's fingerprint.")
    weights = models.BinaryField(null=True)
    rest: Any = models.JSONField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Over weights and embedder.")
    frozen_scores = models.BinaryField(
        null=True, help_text="Its log-odds of the evaluation's pairs by subject: little-endian float64."
    )
    checkpoint = models.OneToOneField(Checkpoint, on_delete=models.PROTECT, null=True, related_name="head")
    scorer = models.OneToOneField(Checkpoint, on_delete=models.PROTECT, null=True, related_name="+")

    objects = HeadQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="head_number_once"),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, is_promoted__isnull=True, weights__isnull=True)
                | models.Q(
                    finished_at__isnull=False,
                    is_promoted__isnull=False,
                    weights__isnull=False,
                    rest__isnull=False,
                    report__isnull=False,
                    evaluation__isnull=False,
                    checkpoint__isnull=False,
                ),
                name="head_finished_whole",
            ),
        ]
        indexes = [models.Index(fields=["project", "question", "-number"], name="head_by_question")]

    def __str__(self) -> str:
        return f"head {self.number}"


class Retraining(models.Model):
    """After how many new answers to a question a head is trained again, and in whose name."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    question = models.CharField(max_length=40)
    every = models.PositiveIntegerField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "question"], name="retraining_once"),
            models.CheckConstraint(condition=models.Q(every__gte=1), name="retraining_after_some"),
        ]
