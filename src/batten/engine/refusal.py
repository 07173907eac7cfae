"""An engine that says no, or nothing."""

import re

from batten.errors import DiskFull, EngineError, NotAllowed


class Refused(EngineError):
    """The engine understood and said no; `status` is HTTP's, `reason` its own words."""

    hint_for_users: str | None = None

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(f"the Docker engine refuses: {reason}", hint=self.hint_for_users)
        self.reason = reason
        self.status = status

    @property
    def not_found(self) -> bool:
        """What was asked for is not there, or no longer."""
        return self.status == 404


class Forbidden(Refused, NotAllowed):
    """What stands between this user and the engine, or between the engine and a registry, forbids it."""

    hint_for_users = (
        "an authorization plugin or a socket proxy stands in between: ask who set it up"
    )


class Silent(EngineError):
    """The engine took longer to answer than it was given."""


def refusal(reason: str, status: int | None = None) -> EngineError:
    """The error that fits what the engine said; its status is missing inside a stream."""
    # A proxy in between answers with a page.
    reason = " ".join(re.sub(r"<[^>]*>", " ", reason).split()) if "<html" in reason else reason
    reason = reason.strip()
    if is_disk_full(reason):
        return DiskFull(
            f"the disk of the Docker engine has no room left: {reason}",
            hint="`docker system df` shows what takes it; `docker builder prune` and "
            "`docker image prune` free what nothing uses",
        )
    return (Forbidden if status == 403 else Refused)(reason, status)


def is_disk_full(text: str) -> bool:
    """Whether an engine or a command in a build says that there is no room left."""
    return "no space left on device" in text.lower()
