"""What the API answers, as types of plain dictionaries. A server that is newer than its client may send more fields."""

from typing import Any, TypedDict


class Project(TypedDict):
    """A project as the list of them has it."""

    slug: str
    name: str
    description: str
    role: str
    overlap: int
    lease_minutes: int
    created_at: str


class Item(TypedDict):
    """A prompt with its responses, model names included."""

    id: int
    project: str
    key: str
    group: str
    messages: list[dict[str, Any]]
    responses: list[dict[str, Any]]
    principle: str
    rubric: list[dict[str, Any]]
    language: str
    tags: list[str]
    source: dict[str, Any]
    accepted: list[dict[str, Any]]
    created_at: str


class Annotator(TypedDict):
    """A person of the installation, the run of a model, or a name that came with the annotation."""

    person: int | None
    run: int | None
    name: str


class Annotation(TypedDict):
    """Who said what about an item, in the item's own response order."""

    id: int
    project: str
    item: int
    form_version: int
    annotator: Annotator
    answers: dict[str, Any]
    order: str
    shown: list[int] | None
    seconds: float | None
    guideline_version: int | None
    source: dict[str, Any]
    supersedes: int | None
    reason: str
    accepted: dict[str, Any] | None
    created_at: str


class Import(TypedDict):
    """How far a file is. Once done, `ok + duplicate + refused = total`."""

    id: str
    project: str
    state: str
    message: str
    format: str
    options: dict[str, Any]
    file_name: str
    file_size: int
    file_sha256: str
    total: int
    ok: int
    duplicate: int
    refused: int
    labels: int
    labels_left_out: int
    created_at: str
    finished_at: str | None


class RefusedRow(TypedDict):
    """A row that was not taken: its number from 1, why, and how it begins."""

    number: int
    reason: str
    excerpt: str


class Work(TypedDict):
    """An item to label, blind, its responses in the order shown to this person."""

    lease: dict[str, str]
    item: dict[str, Any]
    form: int
    questions: list[dict[str, Any]]
    answers: dict[str, Any]


class Submitted(TypedDict):
    """The annotation that the answers became; `replayed` where the same request had been stored before."""

    annotation: int
    item: int
    replayed: bool


class Checkpoint(TypedDict):
    """A model and how it is called; `is_healthy` says what the last check found."""

    id: int
    name: str
    backend: str
    contract: str
    options: dict[str, Any]
    licence: str
    commercial_use: bool | None
    fingerprint: str
    is_healthy: bool | None
    health: str
    is_being_checked: bool
    checked_at: str | None
    created_at: str
    retired_at: str | None


class Run(TypedDict):
    """A checkpoint, asked about many items."""

    id: int
    project: str
    hook: str
    checkpoint: int
    checkpoint_name: str
    question: str
    parameters: dict[str, Any]
    fingerprint: str
    state: str
    message: str
    done: int
    total: int | None
    created_at: str
    finished_at: str | None
    cost: float | None
    currency: str


class RunReport(Run):
    """The same with what it took."""

    failed: int
    rate: float | None
    seconds_left: float | None
    chunks: int
    chunks_done: int
    computed: int
    reused: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    requests: int
    outcome: dict[str, Any]


class Failure(TypedDict):
    """What a run gave up, and why."""

    subject: str
    reason: str
    created_at: str


class Draft(TypedDict):
    """Where a version stands that was made."""

    rubric: int
    name: str
    version: int


class Attempt(TypedDict):
    """What became of one pair in a run that wrote rubrics."""

    item: int
    key: str
    better: int
    outcome: str
    reason: str
    is_unexplained: bool
    margin: float | None
    criteria: list[dict[str, str]]
    created_at: str


class Line(TypedDict):
    """A criterion with the words that it rests on."""

    item: int
    key: str
    annotation: int | None
    annotator: str | None
    number: int
    text: str
    kind: str
    holds: bool | None
    quote: str
    details: dict[str, Any]
    created_at: str


class ListedReport(TypedDict):
    """A version held against labels by what one judge said."""

    id: int
    checkpoint: int
    judge: str
    fingerprint: str
    run: int
    question: str
    pairs: int
    prompts: int
    created_at: str


class Report(ListedReport):
    """The same with what each criterion is worth, in words and figures."""

    headline: str
    says: str
    change: str
    criteria: list[dict[str, Any]]
    unnamed: list[str]
    figures: dict[str, Any]


class Release(TypedDict):
    """A frozen result. Its files are there once `state` is done, and never change."""

    id: str
    project: str
    number: int
    note: str
    state: str
    message: str
    done: int
    total: int | None
    recipes: list[dict[str, Any]]
    formats: list[str]
    splits: dict[str, int]
    gates: list[dict[str, Any]] | None
    last_annotation: int
    created_at: str
    frozen_at: str | None
    withdrawn_at: str | None


class ReleaseFile(TypedDict):
    """A file of a release."""

    path: str
    url: str
    size: int
    sha256: str
    media_type: str
    rows: int | None


class ReleaseWithFiles(Release):
    """The same with its files; pictures, sounds and films that rows show stand in the manifest alone."""

    manifest_url: str | None
    files: list[ReleaseFile]
    files_beside: int
