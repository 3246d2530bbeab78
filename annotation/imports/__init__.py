"""Bringing files in: reading rows, turning them into canonical items, storing them."""
