"""A project to try things in, with truth that is known because it was planted: seeded, our own words throughout."""
