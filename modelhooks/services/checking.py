"""The job that checks a checkpoint: it is loaded anew and asked something with a known answer; what came is written."""

from dataclasses import dataclass

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models.functions import Now

from audit.services import record
from jobs.models import Job
from jobs.runner import Progress, where
from modelhooks.asking import ASKING, error_of
from modelhooks.errors import InputRefused, LoadRefused, Unavailable
from modelhooks.known_pairs import KNOWN, Unreadable
from modelhooks.models import Checkpoint
from modelhooks.services.loading import forget, model_of

log = structlog.get_logger(__name__)
ANOTHER = " It is another than at the last check (weights, settings or version), so runs that were begun cannot go on."


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found, in a sentence; the fingerprint of what was loaded, empty where nothing was."""

    is_healthy: bool
    sentence: str
    fingerprint: str = ""


def run(job: Job, progress: Progress) -> str:
    """Check the checkpoint of this job, and write down what was found."""
    checkpoint = Checkpoint.objects.get(pk=job.args["checkpoint_id"])
    found = _examined(checkpoint)
    with transaction.atomic():
        progress.confirm()
        Checkpoint.objects.filter(pk=checkpoint.pk).update(
            is_healthy=found.is_healthy,
            health=found.sentence[:500],
            checked_at=Now(),
            fingerprint=found.fingerprint or checkpoint.fingerprint,
        )
        detail = {"is_healthy": found.is_healthy, "fingerprint": found.fingerprint}
        record("checkpoint.checked", subject=f"checkpoint:{checkpoint.pk}", actor_id=job.actor_id, detail=detail)
    return found.sentence


def _examined(checkpoint: Checkpoint) -> Found:
    """Load and ask. Whatever goes wrong becomes a sentence; only the clock and the machine may end this."""
    forget()  # what is warm may have been loaded from other files
    fingerprint = ""
    try:
        model = model_of(checkpoint)
        fingerprint = model.fingerprint
        said = _asked(checkpoint, model)
    except SoftTimeLimitExceeded:
        raise
    except Unavailable as error:
        return Found(False, f"What runs it cannot be reached. {error}", fingerprint)
    except (LoadRefused, InputRefused, Unreadable) as error:
        return Found(False, str(error), fingerprint)
    except Exception as error:  # a model of strangers may break in any way, and that is what a check finds out
        log.warning("checkpoint.broke", checkpoint=checkpoint.pk, error=type(error).__name__, where=where(error))
        return Found(False, f"It broke when it was {'asked' if fingerprint else 'loaded'} ({type(error).__name__}).")
    is_another = checkpoint.fingerprint not in {"", fingerprint}
    return Found(True, said + (ANOTHER if is_another else ""), fingerprint)


def _asked(checkpoint: Checkpoint, model: object) -> str:
    known, asking = KNOWN[checkpoint.contract], ASKING[checkpoint.contract]
    # A verifier of SQL knows nothing of multiplication: it brings what it can tell.
    inputs = getattr(model, "known_inputs", known.inputs)
    answers = asking.ask(model, inputs, {})
    if len(answers) != len(inputs):
        raise Unreadable(f"It was asked {len(inputs)} things and answered {len(answers)}.")
    for answer in answers:
        asking.read(asking.write(answer))  # as a run keeps it
        if error := error_of(answer):
            raise Unreadable(f"It gave no answer. {error}")
    return known.told(answers)
