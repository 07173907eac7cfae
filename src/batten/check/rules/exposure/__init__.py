"""What can be reached, and what a container may do to its host."""
