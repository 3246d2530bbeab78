"""Servers that models run on elsewhere: the one door through which Goldpan calls out.

Where a server is and what its key is come from the deployment's settings, never from a project or an item. Every call
has an end: a deadline, a size, a cap on what it may cost. No redirect is followed and no proxy is taken from the
environment, so a key goes to the machine that it was set for and to no other.
"""
