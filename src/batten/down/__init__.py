"""Stops a stack and takes its containers away; its data only when that is said."""

from batten.down.run import down

__all__ = ["down"]
