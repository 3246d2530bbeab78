"""Pictures, sound and films: what they are, what is taken off them, and where they lie. No table here."""
