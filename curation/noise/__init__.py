"""Which labels to doubt: detectors as pure functions on arrays with a seed.

One method a file, and every one answers with `proposals.Proposals`. Nothing here knows Django, and nothing changes a
label: a proposal is looked at by people unless `guard` says that it may stand alone. Methods: docs/methods.md.
"""
