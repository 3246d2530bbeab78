"""Judges that are asked in words: prompts, what must come back, and what to make of it. Pure functions over a chat."""
