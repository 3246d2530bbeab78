"""What pages, the API and exports need to know. Reads only."""
