"""The instructions of a judge of pairs, mended by the pairs on which people and the judge part.

Whether the new ones are better is for held-out labels to say (*MPO*, 2025, from its abstract, has a second model write
the judge's prompt anew from what the judge got wrong); prompt, form and sieve are ours.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelhooks.contracts import Misled, Reworded, Rewording
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.fences import texts_of
from modelhooks.judging.leaks import leak
from modelhooks.judging.several import messages_of, texts_of_pairs, with_pairs
from modelhooks.options import LONGEST_INSTRUCTIONS
from modelhooks.prompts import prompt

NAME = "rewording-1"
# Changes whenever the same sentence would be kept or left out otherwise than before: part of the fingerprint.
SIEVE = 1
LONG = f"The instructions are longer than {LONGEST_INSTRUCTIONS:,} characters."
NOTHING = "It wrote no instructions that may be used."
_END = re.compile(r"(?<=[.!?])[ \t]+")


class Rewriting(Answer):
    """What is at fault, and all of the instructions anew."""

    case: str
    diagnosis: str
    instructions: str


@dataclass(frozen=True)
class Reworder:
    """Mends instructions."""

    setting: Setting

    @property
    def fingerprint(self) -> str:
        """Whatever changes what is written."""
        return self.setting.fingerprint(NAME, writer="rewording", sieve=SIEVE, most=LONGEST_INSTRUCTIONS)

    def reword(self, rewordings: Sequence[Rewording]) -> list[Reworded]:
        """Each judge's instructions as its errors suggest."""
        heard = hear(self.setting, [self._question(one) for one in rewordings])
        return [_reworded(one, said) for one, said in zip(rewordings, heard, strict=True)]

    def _question(self, one: Rewording) -> Question[Rewriting]:
        pairs = texts_of_pairs(one.errors, [_decided(each) for each in one.errors])
        told = ("the instructions so far", one.instructions) if one.instructions else ("", "")
        worded, words = with_pairs(prompt(NAME), pairs), {"most": str(LONGEST_INSTRUCTIONS)}
        texts = {**pairs, "instructions": told}
        return question(self.setting, worded, Rewriting, messages_of(one.errors), texts=texts, words=words)


def _decided(one: Misled) -> str:
    return f"It decided: {one.said}\n{one.reasons}".strip()


def _reworded(one: Rewording, heard: Heard[Rewriting]) -> Reworded:
    found = next(iter(heard.found), None)
    text, refused = ("", {}) if found is None else sifted(found.instructions, one)
    reason = heard.trouble or (LONG if len(text) > LONGEST_INSTRUCTIONS else "" if text else NOTHING)
    diagnosis = found.diagnosis if found else ""
    return Reworded("" if reason else text, diagnosis, refused, reason, heard.texts, heard.usage, heard.error)


def sifted(text: str, about: Rewording) -> tuple[str, Mapping[str, int]]:
    """The text without sentences that give a shown response away, and how many were left out for which reason. What
    stood there before was somebody's decision, also where it happens to say what a response says."""
    responses = [response for pair in about.errors for response in (pair.better, pair.worse)]
    known = "\n".join(said for pair in about.errors for said in texts_of(pair.prompt))
    refused: Counter[str] = Counter()
    lines = []
    for line in text.strip().splitlines():
        kept = []
        for sentence in _END.split(line):
            if sentence not in about.instructions and (why := leak(sentence, responses, known)):
                refused[why] += 1
            else:
                kept.append(sentence)
        if any(kept) or not line.strip():
            lines.append(" ".join(kept))
    mended = "\n".join(lines).strip()
    return (mended if any(map(str.isalpha, mended)) else ""), dict(refused)
