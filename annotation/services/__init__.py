"""What changes when someone does something on this floor: one verb, one transaction."""
