"""What can go wrong in the store.

StoreError
├── BadRegex      a regular expression that RE2 does not take              (the query is wrong: 400)
├── TooLarge      a query needs more memory or space than it may have      (the query is too big: 400)
├── TimedOut      a query took longer than it may                          (504)
├── Cancelled     whoever asked has gone                                   (499)
└── Unavailable   nothing can be stored or read now; what was acknowledged is safe    (503)
"""


class StoreError(Exception):
    """A message for a person: what was wrong and what to do next."""


class BadRegex(StoreError):
    """A regular expression that RE2 does not take."""


class TooLarge(StoreError):
    """A query needs more memory or space than it may have."""


class TimedOut(StoreError):
    """A query took longer than it may."""


class Cancelled(StoreError):
    """Whoever asked has gone."""


class Unavailable(StoreError):
    """Nothing can be stored or read now; what was acknowledged is safe."""
