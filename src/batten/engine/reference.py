"""An image's name."""


def split(reference: str) -> tuple[str, str]:
    """Repository and tag (or digest): the colon of a registry's port is none of a tag."""
    repository, at, digest = reference.partition("@")
    if at:
        return repository, digest
    head, slash, last = reference.rpartition("/")
    name, _, tag = last.partition(":")
    return f"{head}{slash}{name}", tag or "latest"


def registry(reference: str) -> str:
    """The host that keeps it; a name without one is Docker Hub's."""
    first, slash, _ = reference.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    return first if is_host else "registry-1.docker.io"
