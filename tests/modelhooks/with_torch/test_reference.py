"""Likeness to a reference, against sacrebleu's own corpus call and values worked by hand."""

import pytest
import sacrebleu

from modelhooks.backends.reference import ReferenceScorer, word_overlap
from modelhooks.contracts import Candidate

RESPONSE = "The sky is blue because air scatters blue light."
REFERENCE = "The sky is blue since air scatters short waves."


def scored(measure, response, reference):
    (score,) = ReferenceScorer(measure).liken([Candidate((), response, reference)])
    return score


def test_a_copy_has_all_points_and_another_text_none():
    for measure in ("bleu", "chrf", "word_overlap"):
        assert scored(measure, RESPONSE, RESPONSE).raw == pytest.approx(100)
        assert scored(measure, "xyz", "Light.").raw == pytest.approx(0, abs=1e-6)


def test_bleu_and_chrf_are_those_of_sacrebleu():
    bleu = sacrebleu.sentence_bleu(RESPONSE, [REFERENCE], use_effective_order=True).score
    chrf = sacrebleu.sentence_chrf(RESPONSE, [REFERENCE]).score

    assert scored("bleu", RESPONSE, REFERENCE).raw == pytest.approx(bleu)
    assert scored("chrf", RESPONSE, REFERENCE).raw == pytest.approx(chrf)
    assert 20 < bleu < chrf < 80


def test_words_count_as_often_as_they_occur():
    assert word_overlap("a a b", "a b b") == pytest.approx(100 * 2 * 2 / 6)
    assert word_overlap("", "") == 100
    assert word_overlap("", "a") == 0
    assert word_overlap("ÄPFEL", "äpfel") == 100


def test_without_a_reference_there_is_no_number():
    score = scored("chrf", RESPONSE, None)

    assert score.raw is None
    assert "no reference" in score.error


def test_a_measure_says_exactly_how_it_measures():
    assert "version:2.6.0" in ReferenceScorer("bleu").signature
    assert "|eff:yes|" in ReferenceScorer("bleu").signature
    assert len({ReferenceScorer(measure).fingerprint for measure in ("bleu", "chrf", "word_overlap")}) == 3
    with pytest.raises(ValueError, match="no measure"):
        ReferenceScorer("rouge")
