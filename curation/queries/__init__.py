"""What pages and endpoints want to know, read only."""
