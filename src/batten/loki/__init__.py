"""`batten-loki`: a small log store that speaks Loki's HTTP API, for where no image can be pulled."""

__version__ = "0.1.0"
