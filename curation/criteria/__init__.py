"""Whether the criteria of a rubric are worth asking, from verdicts on responses of which people prefer one.

Pure functions on arrays with a seed. One method a file. Nothing here knows Django, and nothing changes a rubric: what
is found is looked at by people. Methods: docs/methods.md, "What criteria are worth".
"""
