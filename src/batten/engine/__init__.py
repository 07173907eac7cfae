"""The container engine, as Batten sees it: what runs, on what, and how it is asked."""

from batten.engine.cgroup import Usage
from batten.engine.client import Engine
from batten.engine.container import Container, PublishedPort
from batten.engine.host import Host
from batten.engine.image import Image
from batten.engine.listener import Listener, listeners
from batten.engine.logs import Output, Span
from batten.engine.one_shot import one_shots
from batten.engine.project import ComposeProject

__all__ = [
    "ComposeProject",
    "Container",
    "Engine",
    "Host",
    "Image",
    "Listener",
    "Output",
    "PublishedPort",
    "Span",
    "Usage",
    "listeners",
    "one_shots",
]
