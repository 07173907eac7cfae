"""`python3 -m batten.loki` with Loki's own options: `-config.file=…`, `-health`, `-version`."""

import argparse
import sys
import urllib.error
import urllib.request
from pathlib import Path

from batten.loki import __version__, config

FILE = Path("/etc/loki/loki.yaml")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="loki", description=__doc__, allow_abbrev=False, formatter_class=_Wide
    )
    parser.add_argument("-config.file", "--config.file", dest="file", type=Path, default=None,
                        metavar="FILE", help=f"Loki's YAML; `{FILE}` where there is one")  # fmt: skip
    parser.add_argument("-verify-config", "--verify-config", dest="verify", action="store_true",
                        help="read the configuration, say what is ignored, and exit")  # fmt: skip
    parser.add_argument("-health", "--health", dest="health", action="store_true",
                        help="exit 0 when the server in this container is ready, else 1")  # fmt: skip
    parser.add_argument("-version", "--version", action="version",
                        version=f"batten-loki, version {__version__}")  # fmt: skip
    return parser.parse_args(arguments)


class _Wide(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=100)


def main(arguments: list[str] | None = None) -> int:
    """Serve, or answer one question; 1 with a message on stderr when that cannot be done."""
    options = _options(sys.argv[1:] if arguments is None else arguments)
    try:
        settings = _settings(options.file)
    except config.ConfigError as error:
        _complain(str(error))
        return 1
    if options.health:
        return _health(settings)
    from batten.loki.server.serve import configure_log, log, serve

    configure_log(settings.log_level)
    if settings.ignored:
        log.warning("settings that have no meaning here: %s", ", ".join(settings.ignored))
    if options.verify:
        return 0
    return serve(settings)


def _complain(message: str) -> None:
    sys.stderr.write(f"error: {message}\n")


def _settings(file: Path | None) -> config.Config:
    if file is None:
        return config.read(FILE) if FILE.exists() else config.Config()
    return config.read(file)


def _health(settings: config.Config) -> int:
    host = settings.host if settings.host not in {"", "0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104
    url = f"http://{host}:{settings.port}/ready"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError) as error:
        _complain(f"`{url}` does not answer: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
