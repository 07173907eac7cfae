"""Takes a Docker Compose stack to production and proves that it holds."""

__version__ = "0.1.0"
