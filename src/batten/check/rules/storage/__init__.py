"""Where data is kept, and whether it is still there tomorrow."""
