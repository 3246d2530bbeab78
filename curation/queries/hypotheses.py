"""Criteria that were guessed for a version, as its page tells them: those that labels speak for, and the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.models import RubricVersion
from curation.models import RubricReport
from curation.queries.rubrics import tells
from curation.rubrics import HYPOTHESES

MOST_LISTS = 3  # the newest ones

CLAIMED = ("Tells more", "good")
SAID_ALREADY = ("Said already", "")
NOT_SHOWN = ("Not shown to tell more", "")


@dataclass(frozen=True, slots=True)
class Guess:
    """One guessed criterion; `badge` and `figures` are empty where it was not tested."""

    key: str
    words: str
    badge: tuple[str, str] | None = None
    """Word and tone."""
    figures: str = ""
    note: str = ""
    is_claimed: bool = False
    is_pitfall: bool = False
    """Whether people prefer what does not meet it."""
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class Guesses:
    """What one run guessed, the most telling first where it was tested."""

    version: RubricVersion
    report: RubricReport | None
    """What the judge said of them who said of the version what is shown."""
    rows: list[Guess]
    pairs: int
    """By how many they were tested."""
    is_outdated: bool
    """Whether they were tested by a judge that answers otherwise since."""

    @property
    def claimed(self) -> int:
        return sum(one.is_claimed for one in self.rows)


def guesses(version: RubricVersion, report: RubricReport | None) -> list[Guesses]:
    """The newest lists of what was guessed for a version, each as the judge of this report tested it."""
    found = version.children.filter(rubric__project=version.rubric.project_id, run__hook=HYPOTHESES)
    lists = list(found.select_related("rubric", "run__checkpoint").order_by("-pk")[:MOST_LISTS])
    tests: dict[int, list[RubricReport]] = {}
    for test in RubricReport.objects.filter(version__in=lists).order_by("-pk"):
        tests.setdefault(test.version_id, []).append(test)
    newest = version.rubric.versions.order_by("-number")[0]
    return [_listed(one, version, report, tests.get(one.pk, []), newest) for one in lists]


def said_by(version: RubricVersion, words: str) -> bool:
    """Whether a criterion of the version says the same word for word."""
    return words.casefold() in {one["title"].casefold() for one in version.criteria}


def _listed(
    listed: RubricVersion,
    version: RubricVersion,
    report: RubricReport | None,
    tests: Sequence[RubricReport],
    newest: RubricVersion,
) -> Guesses:
    by_judge = [one for one in tests if report and one.checkpoint_id == report.checkpoint_id]
    test = next((one for one in by_judge if report and one.fingerprint == report.fingerprint), None)
    beyond: list[Mapping[str, Any]] = test.figures.get("beyond", []) if test else []
    words = {one["key"]: one["title"] for one in listed.criteria}
    titles = {one["key"]: one["title"] for one in version.criteria}
    rows = [_tested(one, words, titles, newest) for one in beyond] or [Guess(*one) for one in words.items()]
    pairs = beyond[0]["pairs"] if beyond else 0
    return Guesses(listed, test, rows, pairs, is_outdated=bool(by_judge) and test is None)


def _tested(
    one: Mapping[str, Any], words: Mapping[str, str], titles: Mapping[str, str], newest: RubricVersion
) -> Guess:
    same = titles.get(one["says_criterion"] or "") or words.get(one["says_guess"] or "")
    return Guess(
        key=one["key"],
        words=words[one["key"]],
        badge=CLAIMED if one["is_claimed"] else SAID_ALREADY if same else NOT_SHOWN,
        figures=tells(one, titles),
        note=f"Its verdicts are those of “{same}”, or their opposite, once errors of the judge are taken out."
        if same
        else "",
        is_claimed=one["is_claimed"],
        is_pitfall=one["leaning"] < 0,
        is_added=said_by(newest, words[one["key"]]),
    )
