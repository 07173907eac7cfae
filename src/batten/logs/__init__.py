"""The lines that a stack's services wrote: read from Loki, or from the engine's copy."""

from batten.logs.line import LogLine, Sample
from batten.logs.place import NoPlace, Place
from batten.logs.request import Request

__all__ = ["LogLine", "NoPlace", "Place", "Request", "Sample"]
