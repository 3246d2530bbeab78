"""What commands that start a run of a model have in common: who asks whom, and following it to the end."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser, OutputWrapper
from django.utils import timezone

from jobs.following import StillOpen, to_its_end
from jobs.models import Job, State
from jobs.watching import Watched
from modelhooks.api.runs import report_of
from modelhooks.models import Checkpoint, Run
from modelhooks.queries import runs as queries
from ui import safe_json
from ui.money import priced

SHOWN = 3  # reasons that are told at once


def add_arguments(parser: CommandParser, wishes: Iterable[str], most: int) -> None:
    """What every such command takes."""
    parser.add_argument("project", help="the project's address, such as answers")
    parser.add_argument("--checkpoint", required=True, metavar="NAME", help="see goldpan checkpoint list")
    parser.add_argument("--items", default="", metavar="FILTERS", help='as in the address of the list: "state=open"')
    parser.add_argument("--limit", type=int, default=most, help="the first so many items only")
    parser.add_argument(
        "--set", action="append", default=[], dest="wishes", metavar="NAME=VALUE",
        help=f"what may be chosen: {', '.join(wishes)}; repeatable",
    )  # fmt: skip
    parser.add_argument("--as", dest="email", help="who asks; by default who started the project")
    parser.add_argument("--no-work", action="store_true", help="leave the work to a worker, and only follow it")
    parser.add_argument("--timeout", type=float, default=86_400, help="seconds to wait (default: a day)")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")


def follow(run: Run, options: Mapping[str, Any], out: OutputWrapper) -> None:
    """Wait for the run's end and tell it. Raises CommandError where it ended early."""
    with Watched(lambda: _so_far(run)):
        ended = _followed(run, options)
    told = report_of(ended)
    out.write(json.dumps(told, default=str) if options["as_json"] else _sentences(ended, told))
    if ended.job.state != State.DONE:
        raise CommandError(ended.job.message or "The run ended early, and nothing says why.")


def checkpoint_of(name: str) -> Checkpoint:
    """The checkpoint of this name. Raises CommandError."""
    found = Checkpoint.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no checkpoint {name}; goldpan checkpoint list names them.")
    return found


def wishes_of(texts: Iterable[str], known: Iterable[str]) -> dict[str, Any]:
    """What --set says. Raises CommandError."""
    return dict(_wish(text, tuple(known)) for text in texts)


def _wish(text: str, known: tuple[str, ...]) -> tuple[str, Any]:
    """`margin=0.5`: the value is JSON where it can be read as such, else the words themselves."""
    name, equals, value = text.partition("=")
    if not equals or name not in known:
        raise CommandError(f"--set takes NAME=VALUE with one of {', '.join(known)}, not {text}.")
    try:
        return name, safe_json.loads(value.encode())
    except safe_json.JsonRefused:
        return name, value


def _followed(run: Run, options: Mapping[str, Any]) -> Run:
    """The run once its job has ended; we work on it ourselves while no worker holds it, unless told not to."""
    try:
        to_its_end(run.job, does_work=not options["no_work"], seconds=options["timeout"])
    except StillOpen:
        raise CommandError(f"The run is not done after {options['timeout']:.0f} seconds. It goes on.") from None
    return Run.objects.select_related("job", "checkpoint", "project").get(pk=run.pk)


def _sentences(run: Run, told: Mapping[str, Any]) -> str:
    reasons = queries.report(run, timezone.now()).reasons
    tokens = told["prompt_tokens"] + told["completion_tokens"]
    cost = f"{told['computed']:,} computed, {told['reused']:,} known before, {tokens:,} tokens"
    money = f", {priced(told['cost'])}" if told["cost"] is not None else ""
    lines = [f"Run {run.pk}: {queries.headline(run, told['failed'], timezone.now())}. {cost}{money}."]
    lines += [f"  {count:,} {words}" for words, count in told["outcome"].items()]
    return "\n".join([*lines, *(f"  {count:,}: {reason}" for reason, count in reasons[:SHOWN])])


def _so_far(run: Run) -> str:
    job = Job.objects.get(pk=run.job_id)
    return f"{job.done:,} of {job.total:,} answered" if job.total else ""
