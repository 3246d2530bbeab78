"""Children that do what might run away: limited by the kernel, asked one thing at a time, killed and replaced.

A child may parse what strangers wrote (its own code is trusted, its doors are closed all the same), or run it
(`lock.py` takes away everything but computing).
"""
