"""What runs in the child process: strangers' bytes are parsed and decoded here and nowhere else.

It imports nothing of Goldpan but its own modules, so that it starts fast and holds little.
"""
