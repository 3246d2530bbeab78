"""The reward head: a logistic preference model on frozen embeddings, trained from a project's own labels.

Pure functions on arrays with a seed; nothing here knows a database or loads a network. Method: docs/methods.md, "The
reward head".
"""
