"""Pages of this floor: checkpoints, which belong to the installation, and runs, which belong to a project."""
