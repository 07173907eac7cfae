"""What lies on disk between a container and Loki."""

from batten.driver.spool.drop import Drop
from batten.driver.spool.frames import count_lines, resync
from batten.driver.spool.segment import Segment
from batten.driver.spool.spool import Spool
from batten.driver.spool.stream import Stream

__all__ = ["Drop", "Segment", "Spool", "Stream", "count_lines", "resync"]
