"""Starts a stack in order and waits until it holds."""

from batten.up.run import Options, Outcome, up

__all__ = ["Options", "Outcome", "up"]
