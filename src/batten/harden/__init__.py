"""`batten harden`: writes the production overlay of any stack, and never edits its files."""

from batten.harden.run import Hardened, Plan, harden

__all__ = ["Hardened", "Plan", "harden"]
