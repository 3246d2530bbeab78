"""The pages of this floor. A view finds, asks once, answers; it knows no rule."""
