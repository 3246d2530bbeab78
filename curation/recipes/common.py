"""Parameters that mean the same in every recipe that has them."""

from collections.abc import Mapping
from typing import Any

from curation.recipes.parameters import (
    BadParameters,
    Beside,
    Detectors,
    OneOf,
    Option,
    Parameter,
    Parameters,
    Several,
    Share,
    Switch,
    Whole,
)
from curation.recipes.records import ACCEPTED, IMPORTED, PEOPLE

KEEP, FOLD, DROP = "keep", "fold", "drop"
ANY, ALTERNATING = "any", "alternating"
JOIN = "join"
MAJORITY, SOFT, CONSENSUS = "majority", "soft", "consensus"
FOLLOWING = Beside("aggregator", CONSENSUS)

WITH_GOLD = Switch(
    name="with_gold",
    title="Items with a known answer, too",
    help="They check how well people label, so many answered them, and are left out of what is trained on.",
    is_common=True,
)
MIN_VOTES = Whole(
    name="min_votes",
    title="Votes at least",
    help="What fewer people said is left out.",
    default=1,
    low=1,
    high=256,
    is_common=True,
)
MIN_AGREEMENT = Share(
    name="min_agreement",
    title="Agreement at least, in percent",
    help="The winner's share of the votes. 0 takes every majority.",
    is_common=True,
)
SOURCES = Several(
    name="sources",
    title="Whose labels count",
    options=(Option(PEOPLE, "People of this project"), Option(IMPORTED, "Labels that came with imports")),
    is_common=True,
)
TAKE_ACCEPTED = Switch(
    name="accepted",
    title="Answers of judges that were accepted, too",
    help="Where no person has answered. label_source says accepted.",
    is_common=True,
)
SYSTEM = OneOf(
    name="system",
    title="System turns",
    help="RewardBench refuses system turns.",
    options=(
        Option(KEEP, "Keep them"),
        Option(FOLD, "Fold them into the first user turn"),
        Option(DROP, "Leave such items out"),
    ),
    is_common=True,
)
TURNS = OneOf(
    name="turns",
    title="Other turns",
    help="Some trainers need strict turns.",
    options=(Option(ANY, "As they are"), Option(ALTERNATING, "Only user and assistant in turn")),
    is_common=True,
)
CHATS = OneOf(
    name="chats",
    title="Prompts of several turns, where a format has one text",
    help="User: …, a blank line, Assistant: … and so on. A prompt of one user turn is that turn's text alone.",
    options=(Option(JOIN, "Join the turns, each with its role before it"), Option(DROP, "Leave such items out")),
    is_common=True,
)


def _aggregator(*more: Option) -> OneOf:
    return OneOf(
        name="aggregator",
        title="From several answers to one",
        help="The consensus knows how reliable each annotator is; an analysis finds it.",
        options=(Option(MAJORITY, "What most said"), *more, Option(CONSENSUS, "The consensus of an analysis")),
    )


AGGREGATOR = _aggregator()
AGGREGATOR_OF_PAIRS = _aggregator(
    Option(SOFT, "The side that more votes favor, ties counting half, with its probability")
)
MIN_CONFIDENCE = Share(
    name="min_confidence",
    title="Confidence at least, in percent",
    help="Where the consensus decides. What it is less sure of is left out.",
    is_common=True,
    beside=FOLLOWING,
)
MIN_LABELS = Whole(
    name="min_labels",
    title="Labels behind the consensus at least",
    help="Where the consensus decides.",
    default=1,
    low=1,
    high=256,
    is_common=True,
    beside=FOLLOWING,
)
ANALYSIS = Whole(
    name="analysis",
    title="Which analysis, by its number",
    help="Where the consensus decides. 0: the newest that is done.",
    default=0,
    low=0,
    high=2**31 - 1,
    is_common=True,
    beside=FOLLOWING,
)
ALL, CONFIRMED = "all", "confirmed"
LEAVE_OUT = Detectors(
    name="leave_out",
    title="Leave out what these detectors found",
    help="An item, or the label of one annotator. Nothing is left out unless you choose it.",
    is_common=True,
)
FINDINGS = OneOf(
    name="findings",
    title="Which of their findings",
    help="What nobody has reviewed is left out only where a detector has passed this project's own test.",
    options=(
        Option(ALL, "All but those that a reviewer refuted"),
        Option(CONFIRMED, "Those alone that a reviewer confirmed"),
    ),
    is_common=True,
    beside=Beside("leave_out"),
)
LEAVING_OUT: tuple[Parameter, ...] = (LEAVE_OUT, FINDINGS)
"""What is left out because of what was found."""
WEIGHTS = Switch(
    name="weights",
    title="A column with the weights that labels came with",
    help="The mean of source.weight over the annotations behind a row, for implicit feedback; 1 where none says so.",
    is_common=True,
)

VOTES: tuple[Parameter, ...] = (MIN_VOTES, MIN_AGREEMENT, SOURCES)
"""Whose votes count, and what they must reach."""
FOLLOW: tuple[Parameter, ...] = (MIN_CONFIDENCE, MIN_LABELS, ANALYSIS)
"""Which consensus decides, and what it must reach."""
DECIDING: tuple[Parameter, ...] = (*VOTES, AGGREGATOR, *FOLLOW, *LEAVING_OUT)
"""From several answers to one."""
DECIDING_PAIRS: tuple[Parameter, ...] = (*VOTES, TAKE_ACCEPTED, AGGREGATOR_OF_PAIRS, *FOLLOW, *LEAVING_OUT)
"""The same of two responses."""
ONE_TEXT: tuple[Parameter, ...] = (SYSTEM, CHATS)
"""What becomes of a prompt in formats that have one text for it."""


def has_weights(parameters: Parameters) -> bool:
    """Whether rows carry the weights of their annotations, which come with their circumstances."""
    chosen: Any = parameters["weights"]
    return bool(chosen)


def follows(parameters: Parameters) -> bool:
    """Whether a consensus decides."""
    return parameters.get("aggregator") == CONSENSUS


def takes_accepted(parameters: Mapping[str, Any]) -> bool:
    """Whether accepted answers of judges count; of a release from before there were any, no."""
    return parameters.get(TAKE_ACCEPTED.name) is True


def sources_of(parameters: Mapping[str, Any]) -> frozenset[str]:
    """Whose answers count, by their origins."""
    return frozenset(parameters["sources"]) | ({ACCEPTED} if takes_accepted(parameters) else frozenset())


def refuse_half_a_consensus(parameters: Parameters) -> None:
    """The consensus counts whoever labeled, so no source can be left out of it. Raises BadParameters."""
    if follows(parameters) and set(parameters["sources"]) != {PEOPLE, IMPORTED}:
        raise BadParameters("The consensus counts people and imported labels alike: sources names both, or neither.")
    if follows(parameters) and takes_accepted(parameters):
        raise BadParameters("The consensus is that of people: leave accepted answers out, or let the majority decide.")


QUESTIONS = ("question", "questions", "winner")
"""The parameters that name what a recipe reads."""


def questions_read(parameters: Parameters) -> list[str]:
    """The keys of the questions that a recipe reads."""
    named = [parameters.get(name) or [] for name in QUESTIONS]
    return [key for keys in named for key in ([keys] if isinstance(keys, str) else keys)]
