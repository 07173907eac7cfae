"""The reference stack's backend is no part of the package: its folder goes on the path here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "docker" / "images" / "backend"))
