"""nginx and Apache httpd: servers that stand at the edge."""

from batten.catalog import contents, tier
from batten.catalog.reference import Reference
from batten.catalog.sizing import MIB
from batten.catalog.software import Exporter, Kind, Root, Software, Stop, Test
from batten.model import Service

_HEALTH = ("CMD-SHELL", "curl -s -o /dev/null http://127.0.0.1:80")


def _health(service: Service) -> Test | None:
    """Port 80, unless a configuration of one's own may say otherwise.

    `nginx -t` is no question: it fails while any upstream's name does not resolve.
    """
    told = any(mount.target.startswith("/etc/nginx") for mount in service.volumes)
    plain = Reference.parse(service.image or "").path == "nginx"
    return _HEALTH if plain and not told else None


SOFTWARE = (
    Software(
        name="nginx",
        title="nginx",
        kind=Kind.EDGE,
        tier=tier.EDGE,
        images=(
            "jwilder/nginx-proxy",
            "nginxproxy/nginx-proxy",
            "jc21/nginx-proxy-manager",
            "linuxserver/swag",
        ),
        names=("nginx", "openresty"),
        programs=("nginx", "openresty"),
        ports=(80, 443),
        floor=16 * MIB,
        health=_health,
        inside=contents.images(
            {
                "nginx": contents.DEBIAN.plus("curl"),
                "nginxinc/nginx-unprivileged": contents.DEBIAN.plus("curl"),
            },
            "nginx",
        ),
        # SIGQUIT finishes open requests; SIGTERM cuts them off.
        stop=Stop("SIGQUIT", 30, clean=True),
        config=("/etc/nginx*",),
        root=Root.STAYS,
        capabilities=("CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID"),
        exporter=Exporter("nginx/nginx-prometheus-exporter:1.5.1", 9113),
    ),
    Software(
        name="httpd",
        title="Apache httpd",
        kind=Kind.EDGE,
        tier=tier.EDGE,
        names=("httpd",),
        programs=("httpd", "httpd-foreground", "apache2-foreground", "apache2ctl"),
        floor=32 * MIB,
        inside=contents.images({"httpd": contents.DEBIAN}),
        stop=Stop("SIGWINCH", 30, clean=True),
        root=Root.STAYS,
    ),
)
