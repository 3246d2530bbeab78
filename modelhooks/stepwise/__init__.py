"""What a step of a solution is worth, found out by finishing it many times, or by reading it in both directions."""
