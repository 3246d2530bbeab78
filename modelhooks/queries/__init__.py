"""What pages of this floor need to know; reads only."""
