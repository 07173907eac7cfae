"""What can be wrong with a push as a whole."""


class PushError(Exception):
    """The whole push is refused; `status` is the HTTP status that says so."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
