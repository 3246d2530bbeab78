"""How good a checkpoint is on rows whose answer is known: points, subsets, intervals and differences. No Django here.

The points are those of the tools that the layouts come from, so that a figure here is the figure there. Where a tool
leaves something open (what is not answered, a tie of two scores), it counts as wrong.
"""
