"""Pages of a project's people and guideline. Those that show items or their numbers are a floor above."""
