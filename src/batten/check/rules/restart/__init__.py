"""What happens when a service stops."""
