"""Which tokens may come next: those that keep an answer to the shape that was asked for, or any that are text.

xgrammar compiles a shape once for a vocabulary and then says of every token whether it may follow. It asks nobody for
anything: no compiler, no network. Masks are laid on by torch itself, since its own kernels for GPUs are built where
they run.
"""

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
import xgrammar

from modelhooks.judging.chat import Answer

VERSION = 1  # raise it when the same shape would let other texts through
THREADS = 4  # while a shape is compiled
SHAPES = 128  # that are kept
ESCAPE = "basic_escape ::= "
# Any escape but those of NUL and of halves of surrogate pairs, which no answer may have; what they would say can be
# written as it is. As little white space as `json.dumps` writes, so that no model is lost in it.
ESCAPES = (
    r"basic_escape ::= (([\"\\/bfnrt])"
    r' | ("u" "0" "0" "0" [1-9A-Fa-f]) | ("u" "0" "0" [1-9A-Fa-f] [0-9A-Fa-f])'
    r' | ("u" "0" [1-9A-Fa-f] [0-9A-Fa-f] [0-9A-Fa-f])'
    r' | ("u" [1-9A-CE-Fa-ce-f] [0-9A-Fa-f] [0-9A-Fa-f] [0-9A-Fa-f])'
    r' | ("u" [Dd] [0-7] [0-9A-Fa-f] [0-9A-Fa-f]))'
)


class Constraint:
    """What one text may be, as far as it is written."""

    def __init__(self, free: Any, compiled: xgrammar.CompiledGrammar | None) -> None:
        self._free = free
        self._matcher = compiled and xgrammar.GrammarMatcher(compiled, terminate_without_stop_token=True)

    def allowed(self) -> Any:
        """For each token of the vocabulary whether it may come next: booleans, on the CPU."""
        if self._matcher is None:
            return self._free
        bits = xgrammar.allocate_token_bitmask(1, len(self._free))
        self._matcher.fill_next_token_bitmask(bits)
        # The lowest bit is the first token's, on every machine that torch runs on.
        each = np.unpackbits(bits[0].numpy().view(np.uint8), count=len(self._free), bitorder="little")
        return torch.from_numpy(each).bool()

    def take(self, token: int) -> None:
        """It is written."""
        if self._matcher is not None and not self._matcher.accept_token(token):
            raise AssertionError(f"Token {token} was drawn where it may not stand.")

    @property
    def is_complete(self) -> bool:
        """Whether nothing more may come."""
        return self._matcher is not None and self._matcher.is_terminated()


class Vocabulary:
    """The tokens that a model writes: what each says, and which may follow.

    `width` is the number of tokens that the model weighs, some of which may be nothing at all. Control tokens are never
    written, but for those that end an answer.
    """

    def __init__(self, tokenizer: Any, width: int, controls: Collection[int], ends: Collection[int]) -> None:
        self.ends = frozenset(one for one in ends if one < width)
        read = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=width, stop_token_ids=sorted(self.ends))
        silent = {*controls, *self.ends}
        self._bytes = [b"" if number in silent else said for number, said in enumerate(read.decoded_vocab)]
        self._begins_with_a_space = read.add_prefix_space
        # No text of ours may hold a NUL, which no database stores.
        self._free = torch.tensor([bool(said) and b"\0" not in said for said in self._bytes])
        self._free[sorted(self.ends)] = True
        known = xgrammar.TokenizerInfo(
            self._bytes, xgrammar.VocabType.RAW, vocab_size=width, stop_token_ids=sorted(self.ends)
        )
        self._compiler = xgrammar.GrammarCompiler(known, max_threads=THREADS, cache_enabled=False)
        self._compiled = lru_cache(maxsize=SHAPES)(self._compile)

    def constraint(self, shape: type[Answer] | None) -> Constraint:
        """A fresh one for one text; without a shape, for any text."""
        return Constraint(self._free, None if shape is None else self._compiled(grammar(shape)))

    def text(self, tokens: Sequence[int]) -> str:
        """What they say together. Bytes that are no letter stand as the sign for that."""
        said = b"".join(self._bytes[token] for token in tokens)
        return (said.removeprefix(b" ") if self._begins_with_a_space else said).decode("utf-8", "replace")

    def word(self, token: int, *, is_first: bool) -> str:
        """What one of them says, at the beginning of a text or within it."""
        return self.text([token]) if is_first else self._bytes[token].decode("utf-8", "replace")

    def _compile(self, words: str) -> xgrammar.CompiledGrammar:
        return self._compiler.compile_grammar(xgrammar.Grammar.from_ebnf(words))


def grammar(shape: type[Answer]) -> str:
    """The shape as rules (EBNF): keys in their order, one way to write everything around the values."""
    schema = json.dumps(shape.model_json_schema())
    rules = str(xgrammar.Grammar.from_json_schema(schema, any_whitespace=False, strict_mode=True)).splitlines()
    if sum(rule.startswith(ESCAPE) for rule in rules) != 1:
        raise AssertionError("xgrammar writes the rules of texts otherwise than it did.")
    return "\n".join(ESCAPES if rule.startswith(ESCAPE) else rule for rule in rules)
