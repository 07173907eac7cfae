"""How much a service may take, and what is kept for it."""
