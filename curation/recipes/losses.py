"""What the rows of a recipe leave behind, in sentences that its manifest, its card and docs/exports.md repeat."""

EVERYONE = "Each annotator's own answer: a row says what several came to, and names the annotations behind it."
SHOWN = "The order in which responses were shown, how long an answer took, and what it was before somebody changed it."
REST = "Answers to other questions than those it reads, and reasons in words."
ITEM = "Models, tags and sources of items."
TAGS = "Tags and sources of items."
TIES = "Ties, and pairs of which both are bad: they give no row."
STRENGTH = "How much better each annotator found it: `strength` is the mean, which no import reads."
FILES = "Items that show pictures, sound or films: they give no row."
ONE_TEXT = "Turns of a prompt: it is one text."
SEVERAL_TURNS = "Responses of several turns: they give no row."

OF_ROWS = (EVERYONE, SHOWN, REST, FILES)
"""Of every recipe that makes one answer of several."""
OF_PAIRS = (*OF_ROWS, TIES, STRENGTH, ITEM)
"""Of recipes of pairs that say nothing but who is better."""
