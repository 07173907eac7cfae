"""Somebody's own program, by the language it is written in."""

import re

from batten.catalog import commandline, tier
from batten.catalog.sizing import MIB, Demand, Part, Setting, go_demand, go_settings, mib
from batten.catalog.software import EndOfLife, Kind, Language, Software, Stop
from batten.model import Service

_OLD_SPACE = re.compile(r"--max[-_]old[-_]space[-_]size=(\d+)")


def node_demand(service: Service) -> Demand | None:
    """The old generation in megabytes; buffers and the program are on top."""
    options = service.environment.get("NODE_OPTIONS") or ""
    path: tuple[str, ...] = ("environment", "NODE_OPTIONS")
    found = _OLD_SPACE.findall(options)
    if not found:
        found, path = _OLD_SPACE.findall(" ".join(commandline.words(service))), ("command",)
    if not found:
        return None
    part = Part("--max-old-space-size", int(found[-1]) * MIB, path)
    return Demand((part,), 0.8, "buffers and the young generation come on top of the old space")


def node_settings(service: Service, limit: int) -> tuple[Setting, ...]:  # noqa: ARG001
    """Three quarters of the limit."""
    value = f"--max-old-space-size={mib(limit * 0.75)}"
    why = "three quarters of the memory limit, in MB"
    return (Setting("NODE_OPTIONS", value, why, in_environment=True),)


SOFTWARE = (
    Software(
        name="application",
        title="an application",
        kind=Kind.APPLICATION,
        tier=tier.APPLICATION,
        stop=Stop("SIGTERM", 30),
    ),
    Software(
        name="python",
        title="a Python application",
        kind=Kind.APPLICATION,
        tier=tier.APPLICATION,
        names=("python", "pypy", "django", "flask", "fastapi", "airflow", "gunicorn", "uvicorn"),
        programs=(
            "python",
            "gunicorn",
            "uvicorn",
            "hypercorn",
            "daphne",
            "celery",
            "flask",
            "fastapi",
            "uwsgi",
            "django-admin",
            "manage.py",
            "dramatiq",
            "rq",
            "poetry",
            "uv",
        ),
        variables=("DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED", "FLASK_APP", "FLASK_ENV"),
        language=Language.PYTHON,
        stop=Stop("SIGTERM", 30),
        # https://devguide.python.org/versions/
        ended=(
            EndOfLife("2", "2020-01-01"),
            EndOfLife("3.4", "2019-03-18"),
            EndOfLife("3.5", "2020-09-30"),
            EndOfLife("3.6", "2021-12-23"),
            EndOfLife("3.7", "2023-06-27"),
            EndOfLife("3.8", "2024-10-07"),
            EndOfLife("3.9", "2025-10-31"),
            EndOfLife("3.10", "2026-10-31"),
        ),
    ),
    Software(
        name="node",
        title="a Node application",
        kind=Kind.APPLICATION,
        tier=tier.APPLICATION,
        names=("node", "nodejs", "nextjs", "bun"),
        programs=("node", "npm", "npx", "yarn", "pnpm", "nodemon", "next", "pm2", "pm2-runtime"),
        variables=("NODE_ENV", "NODE_OPTIONS"),
        language=Language.NODE,
        demand=node_demand,
        settings=node_settings,
        # Node ended by SIGTERM without a handler exits 143.
        stop=Stop("SIGTERM", 30),
        # https://nodejs.org/en/about/previous-releases
        ended=(
            EndOfLife("8", "2019-12-31"),
            EndOfLife("10", "2021-04-30"),
            EndOfLife("12", "2022-04-30"),
            EndOfLife("13", "2020-06-01"),
            EndOfLife("14", "2023-04-30"),
            EndOfLife("15", "2021-06-01"),
            EndOfLife("16", "2023-09-11"),
            EndOfLife("17", "2022-06-01"),
            EndOfLife("18", "2025-04-30"),
            EndOfLife("19", "2023-06-01"),
            EndOfLife("20", "2026-04-30"),
            EndOfLife("21", "2024-06-01"),
            EndOfLife("23", "2025-06-01"),
            EndOfLife("25", "2026-06-01"),
        ),
    ),
    Software(
        name="go",
        title="a Go application",
        kind=Kind.APPLICATION,
        tier=tier.APPLICATION,
        names=("golang",),
        programs=("go", "air"),
        variables=("GOMEMLIMIT", "GOGC", "GOMAXPROCS"),
        language=Language.GO,
        demand=go_demand,
        settings=go_settings,
        stop=Stop("SIGTERM", 30),
    ),
)
