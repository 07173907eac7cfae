"""Starts a stack in order and waits until it holds."""

from batten.up.run import Options, up

__all__ = ["Options", "up"]
