"""What changes when someone sets up a project, asks people in, or gives them another role."""
