"""What holds for every layout: its rows are known, nothing it says is lost in silence, and what is wrong is named."""

import copy
import json

import pytest

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from annotation.imports.canonical import CanonicalItem, Refused, validate
from annotation.imports.fitting import fit
from annotation.services import forms
from annotation.services.layout_forms import FORMS, form_for
from tests.annotation.imports.layouts import LAYOUTS, Layout
from tests.annotation.imports.test_broken_rows import OTHERS, Path, changed, paths

UNLABELED = {"wildbench"}
SAYS_SOMETHING = (True, 7, -1, 2.5, "x", "[", '["x", null]', ["x"])
"""Values that hold something; what holds nothing may stand where nobody answered."""


def converter(name: str):
    return ADAPTERS[name].converter(LAYOUTS[name].options)


def item_of(name: str, row: dict) -> CanonicalItem:
    item = converter(name)(copy.deepcopy(row))
    validate(item)
    return item


def test_every_layout_has_its_row_here():
    assert set(LAYOUTS) == set(ADAPTERS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_whole_row_is_known_and_all_that_it_says_is_taken(name):
    row = LAYOUTS[name].row
    item = item_of(name, row)
    fitted, left_out = fit(item, forms.check(FORMS[form_for(name)].questions))

    found, why = sniff(columns_of([row]))

    assert found == name, why
    assert (bool(item.labels), left_out) == (name not in UNLABELED, 0)
    assert {one.annotator for one in fitted} == {label.annotator for label in item.labels}


@pytest.mark.parametrize("name", LAYOUTS)
def test_columns_that_a_row_needs_are_asked_for_by_name_and_the_others_may_be_missing(name):
    layout = LAYOUTS[name]

    refused = {column: reason(name, changed(layout.row, (column,))) for column in layout.row}

    assert {column for column, said in refused.items() if said} == set(layout.needs)
    for column in layout.needs:
        assert names(str(refused[column]), (column,), layout)


def reason(name: str, row: dict) -> str | None:
    try:
        item_of(name, row)
    except Refused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize("name", LAYOUTS)
def test_whatever_is_wrong_with_a_row_is_said_by_the_name_of_the_field(name):
    layout = LAYOUTS[name]
    broken = [(path, changed(layout.row, path, copy.deepcopy(other))) for path in paths(layout.row) for other in OTHERS]
    broken += [(path, changed(layout.row, path)) for path in paths(layout.row)]

    told = [(path, said) for path, row in broken if (said := reason(name, row))]

    assert len(told) > 5
    assert [(path, said) for path, said in told if not names(said, path, layout)] == []


def names(said: str, path: Path, layout: Layout) -> bool:
    """Whether a sentence names a field on this way, or says what it has become."""
    words = [word for part in path if isinstance(part, str) for word in layout.words_for(part)]
    return any(word.lower() in said.lower() for word in words)


@pytest.mark.parametrize("name", LAYOUTS)
def test_nothing_that_a_row_says_of_its_responses_is_lost_in_silence(name):
    layout = LAYOUTS[name]
    whole = told_by(item_of(name, layout.row))

    for path in paths(layout.row):
        if path[-1] in layout.silences:
            continue
        for other in SAYS_SOMETHING:
            row = changed(layout.row, path, copy.deepcopy(other))
            if reason(name, row) is None:
                told = told_by(item_of(name, row))
                shrunk = [now < before for now, before in zip(told, whole, strict=True)]
                assert not any(shrunk[:2] if isinstance(other, str) else shrunk), (path, other)


def told_by(item: CanonicalItem) -> tuple[int, int, int]:
    """How many labels there are, how many reasons for them, and how many characters these have: other words may well
    be fewer, but what is no text must not fall out of them."""
    reasons = [label.rationale for label in item.labels if label.rationale is not None]
    return len(item.labels), len(reasons), sum(map(len, reasons))


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_table_of_texts_or_of_floats_says_the_same_or_is_refused(name):
    row = LAYOUTS[name].row
    whole = item_of(name, row)
    texts = {column: cell if isinstance(cell, str) else written(cell) for column, cell in row.items()}
    floats = {column: float(cell) if type(cell) is int else cell for column, cell in row.items()}

    for other in (texts, floats):
        if reason(name, other) is None:
            found = item_of(name, other)
            assert (found.messages, found.responses) == (whole.messages, whole.responses)
            assert found.labels == whole.labels


def written(cell: object) -> str:
    """A cell of a CSV file."""
    return "" if cell is None else json.dumps(cell, ensure_ascii=False)
