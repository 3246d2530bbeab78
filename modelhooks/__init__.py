"""Judges and reward models: text in, an opinion out. Empty until the first hook moves in."""
