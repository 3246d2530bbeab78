"""Where formulas begin and end: `$…$`, `$$…$$`, `\\(…\\)` and `\\[…\\]`.

Dollars follow mdit-py-plugins' dollarmath in its strict setting, so that "$5 and $10" stays money.
"""

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath.index import math_block_dollar, math_inline_dollar

INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}

_dollar_block = math_block_dollar(allow_labels=False)
_dollars = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)


def add_to(parser: MarkdownIt) -> None:
    parser.inline.ruler.before("escape", "math_brackets", brackets)
    parser.inline.ruler.before("escape", "math_dollars", dollars)
    parser.block.ruler.before("fence", "math_block", dollar_block, INTERRUPTS)
    parser.block.ruler.before("fence", "math_bracket_block", bracket_block, INTERRUPTS)


def dollars(state: StateInline, silent: bool) -> bool:
    """A formula unless a letter follows at once: `$HOME/$USER` is a path."""
    if state.src[state.pos] != "$":
        return False
    start = state.pos
    if not _dollars(state, True):
        return False
    if state.pos < state.posMax and state.src[state.pos].isalnum():
        state.pos = start
        return False
    if not silent:
        state.pos = start
        _dollars(state, False)
        double = state.tokens[-1].type == "math_inline_double"
        state.tokens[-1].type = "math_display" if double else "math_inline"
    return True


def dollar_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """dollarmath's block, which on its own leaves its traces when it is only asked whether it could begin here."""
    count, line = len(state.tokens), state.line
    found = _dollar_block(state, start_line, end_line, silent)
    if silent:
        del state.tokens[count:]
        state.line = line
    return found


def brackets(state: StateInline, silent: bool) -> bool:
    opening = state.src[state.pos : state.pos + 2]
    if opening not in ("\\(", "\\["):
        return False
    closing = "\\)" if opening == "\\(" else "\\]"
    end = state.src.find(closing, state.pos + 2, state.posMax)
    content = state.src[state.pos + 2 : end]
    if end < 0 or not content.strip():
        return False
    if not silent:
        token = state.push("math_inline" if opening == "\\(" else "math_display", "math", 0)
        token.content, token.markup = content, opening
    state.pos = end + 2
    return True


def bracket_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    r"""`\[` at the start of a line up to a line that ends with `\]`, blank lines excluded."""
    if state.is_code_block(start_line) or not _line(state, start_line).startswith("\\["):
        return False
    last = _closing_line(state, start_line, end_line)
    if last is None:
        return False
    if not silent:
        body = state.getLines(start_line, last + 1, state.tShift[start_line], False).strip()
        token = state.push("math_block", "math", 0)
        token.content, token.markup, token.block = body[2:-2], "\\[", True
        token.map = [start_line, last + 1]
        state.line = last + 1
    return True


def _closing_line(state: StateBlock, start_line: int, end_line: int) -> int | None:
    for line in range(start_line, end_line):
        text = _line(state, line)
        closes = text.endswith("\\]") and (line > start_line or len(text) > 4)
        if closes:
            return line
        if not text or "\\]" in text or state.sCount[line] < state.blkIndent:
            return None
    return None


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
