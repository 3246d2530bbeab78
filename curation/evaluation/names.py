"""What layouts, pages and mathematics call the same. Nothing here loads numpy, which the web process has no use for."""

ROWS, SUBSETS = "rows", "subsets"
"""The two means: over rows, and over subsets."""
TIED, REF = "tied", "ref"
"""The rows of a prompt in the subset Ties: with several right responses, and with one."""
