"""Files of a release: written as a stream, with the same bytes for the same rows."""
