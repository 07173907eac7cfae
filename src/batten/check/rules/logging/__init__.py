"""Where output goes, and how much of it is kept."""
