"""The job of a run: chunk after chunk, from what is known to what is stored. May be killed at any line.

Three transactions for a chunk: its attempt, the opinions that were new with what they took, and the answers together
with its end. Killed before the last one it is tried again and finds its opinions; killed after it there is nothing left
to do. How far the run is, is counted once in a turn and carried on in memory (`tally`): nobody else writes meanwhile.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import transaction
from django.db.models.functions import Now

from jobs import faults
from jobs.models import Job
from jobs.runner import Progress, where
from jobs.services import JobCancelled, JobDelayed, JobFailed, LeaseLost
from modelhooks import hooks
from modelhooks.asking import ASKING, Asking, error_of
from modelhooks.catalog import BACKENDS
from modelhooks.errors import InputRefused, LoadRefused, Unavailable
from modelhooks.means import Sighted
from modelhooks.models import Checkpoint, Chunk, Failure, Opinion, Run
from modelhooks.services import spending
from modelhooks.services.loading import model_of
from modelhooks.services.runs import add_chunks
from modelhooks.services.spending import Account
from modelhooks.services.tally import ATTEMPTS, Tally

log = structlog.get_logger(__name__)

CHARACTERS_AT_ONCE = 800_000  # about 200,000 tokens
HOPELESS = 20  # failures before anything worked
TURN = 0.8  # of the time that a job may take; then others have theirs
GONE = "The worker died each time it came to this."


@dataclass(frozen=True, slots=True)
class Work:
    """A run and all that it is done with."""

    run: Run
    hook: hooks.Hook
    asking: Asking
    model: Any
    progress: Progress
    tally: Tally


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a chunk's subjects: answers to all inputs of each, or why it cannot be asked about."""

    answers: Mapping[int, Sequence[Any]]
    refused: Mapping[int, str]
    is_out_of_money: bool = False


def run(job: Job, progress: Progress) -> str:
    """Do what is left of a run."""
    until = time.monotonic() + TURN * settings.CELERY_TASK_SOFT_TIME_LIMIT
    started = Run.objects.select_related("checkpoint", "project").get(pk=job.args["run_id"])
    hook = hooks.named(started.hook)
    _plan(started, hook, progress)
    model = _loaded(started.checkpoint)
    _settle(started, model.fingerprint)
    model = model.seeing(hook.pictures(started)) if isinstance(model, Sighted) else model
    work = Work(started, hook, ASKING[started.checkpoint.contract], model, progress, Tally.of(started))
    _report(work)
    while chunk := _take(work):
        progress.note_step()
        _attempt(work, chunk)
        _report(work)
        if time.monotonic() > until:
            raise SoftTimeLimitExceeded  # by ourselves, between two chunks: nothing is in flight
    _report(work)  # the last ones may have been given up when there was nothing left to take
    _close(work)
    return _summary(started, work.tally.total)


@transaction.atomic
def _close(work: Work) -> None:
    """Let the hook count what all of it comes to."""
    work.progress.confirm()
    work.hook.ended(work.run)
    faults.crash_here("run_closed")


def _report(work: Work) -> None:
    work.progress.report(work.tally.done, work.tally.total, is_part=True)


def _plan(started: Run, hook: hooks.Hook, progress: Progress) -> None:
    """Cut what is asked about into chunks, all of them or none."""
    if started.is_planned:
        return
    with transaction.atomic():
        progress.confirm()
        at_once = BACKENDS[started.checkpoint.backend].at_once
        for some in _portions_at_once(hook.subjects(started), at_once):
            add_chunks(started, some)
        started.is_planned = True
        started.save(update_fields=["is_planned"])


def _portions_at_once(subjects: Iterator[tuple[int, int]], at_once: int) -> Iterator[list[list[int]]]:
    portions = _portions(subjects, at_once)
    while some := list(islice(portions, 1_000)):
        yield some


def _portions(subjects: Iterator[tuple[int, int]], at_once: int) -> Iterator[list[int]]:
    """Ids in chunks of at most so many, and of about so many characters."""
    portion: list[int] = []
    characters = 0
    for subject, length in subjects:
        if portion and (len(portion) == at_once or characters + length > CHARACTERS_AT_ONCE):
            yield portion
            portion, characters = [], 0
        portion.append(subject)
        characters += length
    if portion:
        yield portion


def _loaded(checkpoint: Checkpoint) -> Any:
    try:
        return model_of(checkpoint)
    except LoadRefused as error:
        raise JobFailed(str(error)) from None
    except Unavailable as error:
        raise JobDelayed(str(error)) from None


def _settle(started: Run, fingerprint: str) -> None:
    """A run's answers come from one model. Raises JobFailed where this worker would load another one."""
    Run.objects.filter(pk=started.pk, fingerprint="").update(fingerprint=fingerprint)
    started.refresh_from_db(fields=["fingerprint"])
    if started.fingerprint != fingerprint:
        raise JobFailed(
            "This worker loads the checkpoint in another way than the one that began the run (device, precision, files "
            "or version), so its answers would differ. Start a new run."
        )


@transaction.atomic
def _take(work: Work) -> Chunk | None:
    """The next chunk, its attempt written down. What failed before comes last, and in halves.

    Raises JobFailed where the run should not go on.
    """
    work.progress.confirm()
    while chunk := Chunk.objects.filter(run=work.run, finished_at__isnull=True).order_by("attempts", "number").first():
        if chunk.attempts and len(chunk.subjects) > 1:
            _halve(work.run, chunk)
        elif chunk.attempts >= ATTEMPTS:
            chunk.reason = chunk.reason or GONE
            _give_up(work.run, dict.fromkeys(chunk.subjects, chunk.reason))
            _end(work, chunk)
            work.tally.given_up += len(chunk.subjects)
        else:
            _require_hope(work)
            spending.require_rest(work.run, work.tally)
            chunk.attempts, chunk.reason = chunk.attempts + 1, ""
            chunk.save(update_fields=["attempts", "reason"])
            return chunk
    return None


def _halve(started: Run, chunk: Chunk) -> None:
    """The first half stays where it is, so that what was paid for the whole is still counted."""
    middle = len(chunk.subjects) // 2
    add_chunks(started, [chunk.subjects[middle:]])
    chunk.subjects, chunk.attempts, chunk.reason = chunk.subjects[:middle], 0, ""
    chunk.save(update_fields=["subjects", "attempts", "reason"])


def _give_up(started: Run, reasons: Mapping[int, str]) -> None:
    failures = [Failure(run=started, subject=subject, reason=reason[:500]) for subject, reason in reasons.items()]
    Failure.objects.bulk_create(failures, ignore_conflicts=True)


def _end(work: Work, chunk: Chunk) -> None:
    Chunk.objects.filter(pk=chunk.pk).update(
        finished_at=Now(), reused=chunk.reused, outcome=chunk.outcome, reason=chunk.reason
    )
    work.tally.done += len(chunk.subjects)


def _require_hope(work: Work) -> None:
    """Raises JobFailed where whatever was tried failed so far: then it is not the items."""
    if work.tally.answered:
        return
    tried = Chunk.objects.filter(run=work.run, finished_at__isnull=True, attempts__gt=0)  # as the index has them
    failed = tried.exclude(reason="").order_by("attempts", "number")[:HOPELESS].count()
    if work.tally.given_up + failed >= HOPELESS:
        reasons = Chunk.objects.filter(run=work.run).exclude(reason="").order_by("pk").values_list("reason", flat=True)
        raise JobFailed(f"Nothing that was tried could be computed. The last reason: {reasons.last()}")


def _attempt(work: Work, chunk: Chunk) -> None:
    """Ask about a chunk and store the answers. What fails stays waiting, with its reason."""
    try:
        found = _answers(work, chunk)
    except SoftTimeLimitExceeded:
        _note_slowness(work, chunk)
        raise
    except (LeaseLost, JobCancelled, DatabaseError):
        raise
    except Unavailable as error:
        raise _delayed(chunk, str(error)) from None
    except Exception as error:  # whatever a model does wrong must not end the other items
        sentence = str(error) if isinstance(error, InputRefused) else f"The model broke ({type(error).__name__})."
        notes = {"run": work.run.pk, "chunk": chunk.number}
        log.warning("run.chunk_failed", **notes, error=type(error).__name__, where=where(error))
        Chunk.objects.filter(pk=chunk.pk).update(reason=sentence[:500])
        return
    _store(work, chunk, found)
    if found.is_out_of_money:
        raise spending.out_of_money(work.run, work.tally)


def _note_slowness(work: Work, chunk: Chunk) -> None:
    """One that had a whole turn is too large and comes next in halves; one that began late comes next as it is."""
    with suppress(DatabaseError), transaction.atomic():  # in the middle of a query there is no asking for another one
        work.progress.confirm()
        if work.progress.done > work.progress.start:
            Chunk.objects.filter(pk=chunk.pk).update(attempts=chunk.attempts - 1)
        elif len(chunk.subjects) > 1:
            _halve(work.run, chunk)
        else:
            sentence = f"It took longer than {settings.CELERY_TASK_SOFT_TIME_LIMIT} seconds."
            Chunk.objects.filter(pk=chunk.pk).update(reason=sentence)


def _delayed(chunk: Chunk, sentence: str) -> JobDelayed:
    """The attempt does not count: no item is to blame."""
    Chunk.objects.filter(pk=chunk.pk).update(attempts=chunk.attempts - 1)
    return JobDelayed(sentence)


def _answers(work: Work, chunk: Chunk) -> Found:
    """The answers to each subject's inputs: what was known, and what the model says to the rest."""
    collected = work.hook.collect(work.run, chunk.subjects)
    asked = {one.subject: one.inputs for one in collected if not one.refusal}
    digests = {subject: [_digest(work, one) for one in inputs] for subject, inputs in asked.items()}
    inputs = {
        digest: one for subject, several in asked.items() for digest, one in zip(digests[subject], several, strict=True)
    }
    answers = _known(work, list(inputs))
    new = {digest: one for digest, one in inputs.items() if digest not in answers}
    chunk.reused = len(inputs) - len(new)
    account = spending.account(work.run, work.model, work.tally)
    answers |= _computed(work, chunk, new, account)
    return Found(
        {subject: [answers[digest] for digest in several] for subject, several in digests.items()},
        {one.subject: one.refusal for one in collected if one.refusal},
        account.is_out,
    )


def _digest(work: Work, asked: Any) -> bytes:
    return work.asking.digest(work.run.checkpoint.contract, asked, work.run.parameters)


def _known(work: Work, digests: Sequence[bytes]) -> dict[bytes, Any]:
    found = Opinion.objects.filter(fingerprint=work.run.fingerprint, digest__in=digests)
    return {bytes(digest): work.asking.read(output) for digest, output in found.values_list("digest", "output")}


def _computed(work: Work, chunk: Chunk, new: Mapping[bytes, Any], account: Account) -> dict[bytes, Any]:
    """Ask the model, and keep what it says and cost before anything else is done with it. Errors are not kept."""
    if not new:
        return {}
    try:
        said = work.asking.ask(account.model, list(new.values()), work.run.parameters)
    except BaseException:  # what came of it is lost, and paid for
        spending.note(chunk, work.tally, account.used())
        raise
    found = dict(zip(new, said, strict=True))
    spending.note(chunk, work.tally, account.used(said))
    chunk.computed += len(new)
    faults.crash_here("run_computed")
    opinions = [
        Opinion(fingerprint=work.run.fingerprint, digest=digest, output=work.asking.write(answer))
        for digest, answer in found.items()
        if not error_of(answer)
    ]
    with transaction.atomic():
        work.progress.confirm()
        Opinion.objects.bulk_create(opinions, ignore_conflicts=True)
        chunk.save(update_fields=["computed"])  # with the opinions: they are never asked for again
    faults.crash_here("run_opinions_kept")
    return found | _known(work, list(new))  # where somebody else was first, theirs stands


@transaction.atomic
def _store(work: Work, chunk: Chunk, found: Found) -> None:
    """Store what was answered and end the chunk; a subject without an answer is tried again alone."""
    work.progress.confirm()
    Checkpoint.objects.select_for_update().get(pk=work.run.checkpoint_id)  # its runs store one after another
    errors = {subject: error for subject, answers in found.answers.items() if (error := _first_error(answers))}
    if errors and len(chunk.subjects) == 1:
        Chunk.objects.filter(pk=chunk.pk).update(reason=errors[chunk.subjects[0]][:500])
        return
    if errors:
        add_chunks(work.run, [[subject] for subject in errors])
        chunk.subjects = [subject for subject in chunk.subjects if subject not in errors]
        chunk.save(update_fields=["subjects"])
    answered = {subject: said for subject, said in found.answers.items() if subject not in errors}
    stored = work.hook.store(work.run, answered)
    chunk.outcome = dict(stored.counts)
    _give_up(work.run, {**found.refused, **stored.refused})
    _end(work, chunk)
    work.tally.answered += len(answered.keys() - stored.refused.keys())
    faults.crash_here("run_chunk_stored")


def _first_error(answers: Sequence[Any]) -> str:
    return next((error for answer in answers if (error := error_of(answer))), "")


def _summary(started: Run, total: int) -> str:
    failed = Failure.objects.filter(run=started).count()
    return f"{total - failed:,} of {total:,} answered, {failed:,} given up." if failed else f"{total:,} answered."
