"""Pages of this floor, a file for each subject."""
