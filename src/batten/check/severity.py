"""How much a finding matters."""

import enum


class Severity(enum.StrEnum):
    """Error: it will fail or lose data. Warning: it may. Advice: it could be better."""

    ADVICE = "advice"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """Higher is worse."""
        return list(Severity).index(self)

    def reaches(self, other: "Severity") -> bool:
        """Whether it is as bad as `other`, or worse."""
        return self.rank >= other.rank
