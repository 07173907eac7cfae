"""How a stack is: every service, what it uses, and what is enforced on it."""

from batten.status.log_lag import LogLag
from batten.status.read import read
from batten.status.service import Cpu, Memory, ServiceStatus
from batten.status.stack import StackStatus

__all__ = ["Cpu", "LogLag", "Memory", "ServiceStatus", "StackStatus", "read"]
