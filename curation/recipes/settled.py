"""Where a reviewer overturned what others said, the reviewer's answer is what the item's labels are."""

from collections.abc import Callable, Sequence

from curation.recipes.common import MIN_LABELS, MIN_VOTES, follows, questions_read
from curation.recipes.contract import Build, Outcome
from curation.recipes.parameters import Parameters
from curation.recipes.records import NOTHING, AnnotationRecord, ItemRecord, Overturned

FEW = (MIN_VOTES.name, MIN_LABELS.name)
"""What asks for many people: one who looked at what all of them said is enough."""


def by_reviewers(plain: Callable[[Parameters], Build]) -> Callable[[Parameters], Build]:
    """The recipe's own builder, told of reviewers' answers alone where there are such."""

    def builder(parameters: Parameters) -> Build:
        build = plain(parameters)
        asked = {**parameters, **{name: 1 for name in FEW if name in parameters}}
        # A builder that remembers items is asked about all of them, unless what is settled is asked for less.
        build_settled = build if asked == parameters else plain(asked)
        read = frozenset(questions_read(parameters))

        def built(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
            overturned = overturned_of(item, parameters)
            if overturned == NOTHING:
                return build(item, annotations)
            keys = settled(annotations, overturned)
            heard = [_alone(one, overturned, keys) for one in annotations if one.id not in overturned.withdrawn]
            return (build_settled if keys & read else build)(item, heard)

        return built

    return builder


def overturned_of(item: ItemRecord, parameters: Parameters) -> Overturned:
    """What reviewers settled; where a consensus decides, as it knew it."""
    return (item.known.overturned if item.known else NOTHING) if follows(parameters) else item.overturned


def settled(annotations: Sequence[AnnotationRecord], overturned: Overturned) -> frozenset[str]:
    """The questions that a reviewer answered for all."""
    answer = next((one for one in annotations if one.id == overturned.settling and one.is_current), None)
    return frozenset(key for key, value in answer.answers.items() if value is not None) if answer else frozenset()


def _alone(annotation: AnnotationRecord, overturned: Overturned, keys: frozenset[str]) -> AnnotationRecord:
    """The annotation without its answers to what is settled, unless it is the one that settles."""
    if annotation.id == overturned.settling or not keys:
        return annotation
    return annotation._replace(answers={key: value for key, value in annotation.answers.items() if key not in keys})
