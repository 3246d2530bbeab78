"""How far people who answered a version agree on each criterion, and the judge with them, as a page tells it."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from annotation.models import Annotation, Form, Item, RubricVersion
from annotation.services import rubric_publishing, rubrics
from curation.models import Removal, RubricReport
from curation.queries import rubrics as queries
from projects.access import Place
from tests.curation.rubrics.test_grading import DIGIT, REASON, STOP, graded, version_of

Make = Callable[..., list[Item]]
LEVELS = {"key": "how_good", "title": "How good it is", "scale": 3, "anchors": ["poor", "fair", "good"]}
PEOPLE = ("Ana", "Ben")


@pytest.fixture
def planted(pairs: Make) -> list[Item]:
    """Forty pairs, of which one response gives a reason and the other ends with a full stop."""
    return pairs(40, better="7, because 3 and 4 are 7", worse="7 it is.")


@pytest.fixture
def says(olga: Place, person: Callable[[str], User]) -> Callable[..., Annotation]:
    """What somebody answers to the criteria, straight to the table: by key a value for each response."""

    def give(item: Item, form: Form, who: str = "Ana", **values: Any) -> Annotation:
        verdicts = {key: [one and {"value": one} for one in row] for key, row in values.items()}
        own = Annotation.objects.filter(item=item, author=person(who)).order_by("-pk").first()
        return Annotation.objects.create(
            project=olga.project,
            item=item,
            form=form,
            author=person(who),
            answers={**(own.answers if own else {}), "rubric": {"verdicts": verdicts}},
            shown=[0, 1],
            guideline_version=1,
            supersedes=own,
        )

    return give


def reasons(item: Item) -> list[str]:
    """Whether each response gives a reason."""
    return ["yes" if "because" in item.text_of(place) else "no" for place in (0, 1)]


def flipped(values: list[str]) -> list[str]:
    return ["no" if value == "yes" else "yes" for value in values]


def people_of(report: RubricReport, key: str) -> Any:
    return report.figures["criteria"][key]["people"]


def published(place: Place, *criteria: dict[str, Any], **more: Any) -> tuple[RubricVersion, Form]:
    version = version_of(place, *criteria)
    return version, rubric_publishing.publish(place, version, **more)


def test_people_and_the_judge_who_say_the_same_agree_and_those_who_contradict_each_other_do_not(
    olga: Place, planted: list[Item], says: Callable[..., Annotation]
) -> None:
    version, form = published(olga, REASON, STOP)
    for number, item in enumerate(planted):
        for who in PEOPLE:
            either = ["yes" if (number >> place) % 2 == (who == "Ben") else "no" for place in (0, 1)]
            says(item, form, who, reason=reasons(item), stop=either)

    report = graded(olga, version)

    alike, apart = people_of(report, "reason"), people_of(report, "stop")
    assert (alike["measure"], alike["shared"], alike["responses"]) == ("AC1", 80, 80)
    assert (alike["among_people"]["value"], alike["with_judge"]["value"]) == (1, 1)
    assert (apart["among_people"]["value"], apart["with_judge"]["value"]) == (-1, 0)


def test_levels_are_held_in_their_order(olga: Place, planted: list[Item], says: Callable[..., Annotation]) -> None:
    version, form = published(olga, LEVELS)
    for number, item in enumerate(planted):
        low, high = (1, 3) if number % 2 else (3, 1)
        says(item, form, "Ana", how_good=[low, high])
        says(item, form, "Ben", how_good=[low, 2])

    found = people_of(graded(olga, version), "how_good")

    assert found["measure"] == "AC2"
    assert found["plain_among_people"]["value"] == pytest.approx((1 + 0.75) / 2)  # next levels are nearly the same


def test_what_does_not_apply_is_no_label_and_what_one_person_says_is_no_agreement(
    olga: Place, planted: list[Item], says: Callable[..., Annotation]
) -> None:
    version, form = published(olga, REASON, STOP)
    for item in planted:
        says(item, form, "Ana", reason=reasons(item), stop=["na", "na"])

    report = graded(olga, version)

    assert people_of(report, "stop") is None
    assert people_of(report, "reason")["among_people"] is None
    assert (people_of(report, "reason")["shared"], people_of(report, "reason")["responses"]) == (0, 80)
    assert people_of(report, "reason")["with_judge"]["value"] == 1


def test_only_answers_to_this_version_count_under_whatever_form_they_were_given(
    olga: Place, planted: list[Item], says: Callable[..., Annotation]
) -> None:
    first, form = published(olga, REASON)
    for item in planted[:10]:
        says(item, form, "Ana", reason=flipped(reasons(item)))
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=[REASON, DIGIT])
    newer = rubric_publishing.publish(olga, second)
    for item in planted[10:30]:
        says(item, newer, "Ana", reason=reasons(item), digit=["yes", "yes"])

    before, now = graded(olga, first), graded(olga, second)

    assert (people_of(before, "reason")["responses"], people_of(before, "reason")["with_judge"]["value"]) == (20, -1)
    assert (people_of(now, "reason")["responses"], people_of(now, "reason")["with_judge"]["value"]) == (40, 1)


def test_a_changed_answer_counts_once_and_a_removed_one_not_at_all(
    olga: Place, planted: list[Item], says: Callable[..., Annotation], person: Callable[[str], User]
) -> None:
    version, form = published(olga, REASON)
    for item in planted:
        says(item, form, "Ana", reason=flipped(reasons(item)))
        says(item, form, "Ana", reason=reasons(item))
        says(item, form, "Ben", reason=flipped(reasons(item)))
    Removal.objects.create(project=olga.project, person=person("Ben"), reason="He asked for it.", by=olga.user)

    found = people_of(graded(olga, version), "reason")

    assert (found["shared"], found["responses"], found["with_judge"]["value"]) == (0, 80, 1)


def test_responses_that_the_judge_never_saw_tell_of_people_alone(
    olga: Place, planted: list[Item], says: Callable[..., Annotation], add_item: Callable[..., Item]
) -> None:
    version, form = published(olga, REASON)
    three = add_item("because", "no", "because so")
    for who in PEOPLE:
        says(three, form, who, reason=["yes", "no", "yes"])

    found = people_of(graded(olga, version), "reason")

    assert (found["shared"], found["responses"], found["with_judge"]) == (3, 0, None)
    assert found["among_people"]["value"] == 1


def test_where_nobody_answered_it_or_two_responses_were_compared_nothing_is_told(
    olga: Place, planted: list[Item], says: Callable[..., Annotation]
) -> None:
    version, form = published(olga, REASON, target="item")
    Annotation.objects.create(
        project=olga.project,
        item=planted[0],
        form=form,
        author=olga.user,
        answers={"rubric": {"verdicts": {"reason": {"value": "a"}}}},
        shown=[0, 1],
    )

    assert people_of(graded(olga, version), "reason") is None


def test_the_page_shows_figures_from_twenty_responses_on_and_says_who_reads_it_otherwise(
    olga: Place, planted: list[Item], says: Callable[..., Annotation], client: Any
) -> None:
    version, form = published(olga, REASON, STOP)
    for number, item in enumerate(planted):
        for who in PEOPLE:
            says(item, form, who, reason=flipped(reasons(item)), **({"stop": ["yes", "no"]} if number < 3 else {}))

    report = graded(olga, version)
    reason, stop = queries.evidence(version, report).rows
    client.force_login(olga.user)
    page = client.get(f"/projects/answers/rubrics/{version.rubric.number}/versions/1/evidence/").content.decode()

    assert reason.people == [
        ("People agree", "1.00 (1.00–1.00) AC1, 80 responses"),
        ("Judge with people", "−1.00 (−1.00 to −1.00) AC1, 80 responses"),
    ]
    assert "The judge reads it otherwise than people do." in reason.notes
    assert stop.people[0] == ("People agree", "6 responses with answers of two people; from 20 on it is told")
    assert "The judge reads it otherwise" not in " ".join(stop.notes)
    assert "−1.00 (−1.00 to −1.00) AC1, 80 responses" in page


def test_people_who_do_not_read_a_criterion_alike_are_told(
    olga: Place, planted: list[Item], says: Callable[..., Annotation]
) -> None:
    version, form = published(olga, REASON)
    for item in planted:
        says(item, form, "Ana", reason=reasons(item))
        says(item, form, "Ben", reason=flipped(reasons(item)))

    (row,) = queries.evidence(version, graded(olga, version)).rows

    assert "People do not read it alike: its words may be unclear." in row.notes
