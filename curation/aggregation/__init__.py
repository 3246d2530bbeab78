"""What many labels say together, and how far whom can be believed: plain mathematics on arrays.

One method a file, its formula and source in the docstring, its line in docs/methods.md. Nothing here knows a database;
whoever calls turns answers into `Labels` and results into rows. The same arrays and seed give the same result.
"""
