"""Settings inside the process against the limits around it, and services against each other."""
