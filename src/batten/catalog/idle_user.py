"""Users that an image has, and starts without."""

from batten.catalog.dockerfile import base_image, names_user
from batten.catalog.reference import Reference
from batten.model import Service

# Official images that start as root: https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md,
# https://grafana.com/docs/alloy/latest/configure/nonroot/
_USERS = {"node": "node", "grafana/alloy": "alloy"}


def idle_user(service: Service) -> str | None:
    """A user of its image, or of the one its own is built on, that it does not start as."""
    if service.build is None:
        image = service.image
    else:
        image = None if names_user(service.build) else base_image(service.build)
    return _USERS.get(Reference.parse(image).path) if image else None
