"""Labels from mapped columns: one verdict in a column, one column per outcome, or a list of votes."""

from collections.abc import Callable, Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import preference
from annotation.imports.adapters.contract import BadOptions, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.canonical import CanonicalLabel, Refused
from annotation.imports.canonical.answers import WINNERS
from annotation.imports.canonical.wording import describe, quoted

ReadLabels = Callable[[Row], list[CanonicalLabel]]
Values = Mapping[str, str | None]

USUAL: Values = {**{winner: winner for winner in WINNERS}, "A": "a", "B": "b", "model_a": "a", "model_b": "b"}


def winner_reader(options: Any) -> tuple[ReadLabels, tuple[str, ...]]:
    """Read `{"column", "values"?, "annotator"?}`, or `{"one_of": {column: winner}, "annotator"?}` of flags."""
    _is_object(options, "winner")
    only(options, "column", "values", "one_of", "annotator")
    annotator = text_option(options, "annotator", "imported")
    if "one_of" in options:
        return _flags_reader(options["one_of"], annotator)
    column = text_option(options, "column", "")
    if not column:
        raise BadOptions("The option winner names no column.")
    values = _values(options.get("values"))
    where = f"The winner in {column[:60]}"

    def read(row: Row) -> list[CanonicalLabel]:
        return _label(annotator, row.get(column), values, where)

    return read, (column,)


def votes_reader(options: Any) -> tuple[ReadLabels, tuple[str, ...]]:
    """Read `{"column", "annotator"?, "choice"?, "values"?}`: a list of objects with an annotator and a choice."""
    _is_object(options, "votes")
    only(options, "column", "annotator", "choice", "values")
    column = text_option(options, "column", "votes")
    who, what = text_option(options, "annotator", "annotator"), text_option(options, "choice", "choice")
    values = _values(options.get("values"))

    def read(row: Row) -> list[CanonicalLabel]:
        votes = opened(row.get(column))
        if votes is None or votes == "":
            return []
        if not isinstance(votes, list):
            raise Refused(f"The votes in {column[:60]} are {describe(votes)}, not a list.")
        return [label for vote in votes for label in _vote(vote, who, what, values)]

    return read, (column,)


def _vote(vote: Any, who: str, what: str, values: Values) -> list[CanonicalLabel]:
    if not isinstance(vote, dict) or who not in vote:
        raise Refused(f"A vote has no {who[:60]}.")
    return _label(vote[who], vote.get(what), values)


def _flags_reader(outcomes: Any, annotator: str) -> tuple[ReadLabels, tuple[str, ...]]:
    _is_object(outcomes, "one_of")
    for winner in outcomes.values():
        _is_winner(winner)

    def read(row: Row) -> list[CanonicalLabel]:
        said = [winner for column, winner in outcomes.items() if _written(row.get(column)) in {"1", "true", "True"}]
        if len(said) > 1:
            raise Refused("More than one outcome is marked as the winner.")
        return preference(annotator, said[0]) if said else []

    return read, tuple(outcomes)


def _label(annotator: Any, choice: Any, values: Values, where: str = "") -> list[CanonicalLabel]:
    """No label where there is no vote, or where the mapping says that the value means none."""
    written = _written(choice)
    if written == "":
        return []
    if written not in values:
        place = where or f"The vote of {quoted(annotator)}"
        raise Refused(f"{place} is {quoted(written)}; map it to a winner, or to null for no label.")
    winner = values[written]
    return preference(annotator, winner) if winner else []


def _written(value: Any) -> str:
    """A value as CSV and JSON both write it: 1 and 1.0 are "1", true is "true", null is ""."""
    if type(value) is str:
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else describe(value)


def _values(options: Any) -> Values:
    if options is None:
        return USUAL
    _is_object(options, "values")
    for winner in options.values():
        if winner is not None:
            _is_winner(winner)
    return {str(written): winner for written, winner in options.items()}


def _is_winner(winner: Any) -> None:
    if not isinstance(winner, str) or winner not in WINNERS:
        raise BadOptions(f"{quoted(winner)} is no winner; a, b, tie, both_bad and unsure are known.")


def _is_object(value: Any, name: str) -> None:
    if not isinstance(value, Mapping):
        raise BadOptions(f"The option {name} is {describe(value)}, not an object.")
