"""Rule `tiny-loki-batch`."""

from collections.abc import Iterator

from batten.catalog.log_driver import loki_options
from batten.check import Finding, Service, Severity, rule

_PIECE = 16 << 10


@rule(severity=Severity.WARNING)
def tiny_loki_batch(service: Service) -> Iterator[Finding]:
    """A `loki-batch-size` that was meant as a number of lines.

    It counts bytes; its default is 1,048,576. Set to 400, as it is often copied, each push carries
    three lines: 5,400 lines a second and 72 CPU-seconds per million lines were measured, against
    92,000 and 9.4 with the default. Below 16,384 a push cannot even hold the largest piece that
    the engine hands over at once.

    Flagged:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                loki-batch-size: "400" # <--

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                loki-batch-size: "102400"
    """
    size = (loki_options(service) or {}).get("loki-batch-size", "")
    if size.isdecimal() and int(size) < _PIECE:
        yield Finding(
            f"`{service.name}` sends its log in pushes of {int(size):,} bytes: `loki-batch-size` "
            "does not count lines",
            at=service.at("logging", "options", "loki-batch-size"),
            hint='leave it out (1 MB), or write `loki-batch-size: "102400"` for some 400 lines',
        )
