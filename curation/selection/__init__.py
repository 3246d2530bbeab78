"""What to ask people next: pure functions on arrays with a seed.

One method a file. Nothing here knows Django. Methods: docs/methods.md.
"""
