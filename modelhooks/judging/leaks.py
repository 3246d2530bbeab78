"""Whether a criterion gives away the responses that it was written from: then judging by it proves nothing.

A criterion that quotes one response is met by that response and by no other, and one that names "response A" tells the
judge what to say. Checked by words: what is asked of the writer, it does not always do.
"""

import re
from collections.abc import Iterator, Sequence

NAMES = "It names one of the responses."
QUOTES = "It quotes a response."

# So many in a row hardly any criterion shares with a response by chance: of 446 criteria that people wrote (BiGGen
# Bench, each held against its reference answer) 4 % do, and with five words 15 %. Of a short response half is enough.
MOST_WORDS = 8
SHORT = 5  # words; what has fewer is quoted by saying all of it
SIGN = 2 / 3  # of a word
FEWEST_QUOTED = 3  # characters between quotation marks
_NAMED = re.compile(
    r"\b[Rr]esponses? (?:A|B|[12]|one|two)\b"
    r"|\b(?:[Tt]he|[Tt]his) (?:first|second|other|former|latter|better|worse|preferred|rejected|chosen|winning|losing)"
    r" (?:response|answer|reply)\b"
    r"|\b(?:[Bb]oth|[Tt]he two) (?:responses|answers|replies)\b"
)
_QUOTED = re.compile(r"[“\"«„`]([^“”\"«»„`]+)[”\"»“`]|(?<!\w)[‘']([^‘’']+)[’'](?!\w)")
# A word, or a single sign of a script that puts no blanks between words.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+"
)
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
DIGITS = 3  # that make a number a quotation


def leak(criterion: str, responses: Sequence[str], known: str) -> str:
    """Why a criterion must not be judged by; empty where it may. `known` is what the prompt says: that is no secret."""
    if _NAMED.search(criterion):
        return NAMES
    return QUOTES if any(_is_quoted(criterion, response, known) for response in responses) else ""


def _is_quoted(criterion: str, response: str, known: str) -> bool:
    words, spoken = _words(criterion), _words(response)
    said, asked = _laid(spoken), _laid(_words(known))
    if not spoken:
        return False
    is_whole = said in _laid(words) and said not in asked
    least = min(MOST_WORDS, max(SHORT, len(spoken) / 2))
    return (
        is_whole
        or any(run in said and run not in asked for run in _runs(words, least))
        or any(run in said and run not in asked for run in _marked(criterion))
        or bool((_numbers(criterion) & _numbers(response)) - _numbers(known))
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _laid(words: Sequence[str]) -> str:
    """Words with a blank on each side, so that what is looked for begins and ends with a word."""
    return f" {' '.join(words)} "


def _runs(words: Sequence[str], least: float) -> Iterator[str]:
    """From each word on as few as weigh as much as a quotation; three single signs weigh two words."""
    for begin in range(len(words)):
        weight = 0.0
        for end in range(begin, len(words)):
            weight += SIGN if _is_sign(words[end]) else 1.0
            if weight >= least:
                yield _laid(words[begin : end + 1])
                break


def _is_sign(word: str) -> bool:
    return len(word) == 1 and ord(word) >= 0x0E00


def _marked(criterion: str) -> Iterator[str]:
    """What stands between quotation marks."""
    for one, other in _QUOTED.findall(criterion):
        if len((one or other).strip()) >= FEWEST_QUOTED:
            yield _laid(_words(one or other))


def _numbers(text: str) -> set[str]:
    """Numbers that are long enough to be an answer."""
    bare = (re.sub(r"[.,]", "", number) for number in _NUMBER.findall(text))
    return {number for number in bare if len(number) >= DIGITS}
