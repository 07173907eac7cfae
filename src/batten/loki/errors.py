"""What a request can be told.

RequestError     a message and an HTTP status
└── BadRequest   400: what was asked is wrong or not supported, and the message names it

The store's own errors are in `store/errors.py`, a push's in `ingest/errors.py`; `server/app.py`
gives each its status.
"""


class RequestError(Exception):
    """A message for whoever asked, with the HTTP status that goes with it."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class BadRequest(RequestError):
    """What was asked is wrong or not supported; the message names it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 400)
