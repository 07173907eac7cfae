"""What Batten knows about software: one file each, asked by every verb."""

from batten.catalog.identify import identify, reference, software
from batten.catalog.idle_user import idle_user
from batten.catalog.reference import Reference
from batten.catalog.sizing import Connections, Demand, Part, Setting
from batten.catalog.software import EndOfLife, Kind, Language, Root, Secret, Software
from batten.catalog.tier import Tier
from batten.catalog.withdrawn import Withdrawal, withdrawal

__all__ = [
    "Connections",
    "Demand",
    "EndOfLife",
    "Kind",
    "Language",
    "Part",
    "Reference",
    "Root",
    "Secret",
    "Setting",
    "Software",
    "Tier",
    "Withdrawal",
    "identify",
    "idle_user",
    "reference",
    "software",
    "withdrawal",
]
