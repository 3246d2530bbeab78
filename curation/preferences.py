"""What reward heads learn from, once reviewers have had their say: what one settled by an overturn counts alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from django.db.models.fields.json import KeyTextTransform, KeyTransform

from annotation.models import Annotation
from annotation.preferences import SHARES, Preferences
from curation import overturns
from curation.overturns import Overturns
from modelhooks.labels import Voted
from projects.models import Project


class Reviewed(Preferences):
    """People's answers, of which those that reviewers overturned are no votes, and none that a reviewer took back.

    Overturns are read as they stand now: an answer up to `last` that was taken back since is none either.
    """

    def voted(
        self,
        project: Project,
        question: str,
        *,
        last: int,
        with_imported: bool,
        among: Sequence[int] | None = None,
    ) -> Iterator[Voted]:
        """Every pair with a vote that stood when `last` was the newest annotation, by item; or those of some items,
        which are few."""
        decided = overturns.standing(project, last_review=overturns.newest(project), last_annotation=last)
        found = super().voted(project, question, last=last, with_imported=with_imported, among=among)
        if decided == overturns.NONE:
            yield from found
            return
        said = _winners(question, decided)
        for one in found:
            heard = _heard(one, said, decided)
            if heard:
                yield heard


def _winners(question: str, decided: Overturns) -> Mapping[int, str]:
    """What reviewers said, of the answers that settle or were taken back: annotation to winner."""
    ids = [*decided.settling.values(), *decided.withdrawn]
    found = Annotation.objects.filter(pk__in=ids, answers__has_key=question)
    named = found.annotate(winner=KeyTextTransform("winner", KeyTransform(question, "answers")))
    return {pk: winner for pk, winner in named.values_list("pk", "winner") if winner}


def _heard(one: Voted, said: Mapping[int, str], decided: Overturns) -> Voted | None:
    """The votes that count; None where none does."""
    settling = decided.settling.get(one.subject, 0)
    if settling in said:
        return _alone(one, settling, said[settling])
    back = [annotation for annotation in one.annotations if annotation in decided.withdrawn]
    left = len(one.annotations) - len(back)
    if not back:
        return one
    if not left:
        return None
    kept = [place for place, annotation in enumerate(one.annotations) if annotation not in back]
    total = one.p * len(one.annotations) - sum(SHARES[said[annotation]] for annotation in back)
    return replace(
        one,
        p=total / left,
        voters=tuple(one.voters[place] for place in kept),
        annotations=tuple(one.annotations[place] for place in kept),
    )


def _alone(one: Voted, settling: int, winner: str) -> Voted | None:
    """A reviewer's vote in place of all; None where they are unsure."""
    if winner not in SHARES:
        return None
    place = one.annotations.index(settling)
    return replace(one, p=SHARES[winner], voters=(one.voters[place],), annotations=(settling,))
