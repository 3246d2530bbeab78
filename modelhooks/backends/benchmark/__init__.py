"""How fast responses are scored, beside the ways that they are scored elsewhere: one run, one random model, all arms.

Figures of different runs on different days say little, since machines are busy; ratios within one run say much. Beside
each time stand the tokens that were computed, which no machine changes, and how far the scores are from the reference.
"""
