"""Programs on a Java virtual machine, and what their heap may take."""

import re

from batten.catalog import commandline, contents, tier
from batten.catalog.sizing import MIB, Demand, Demands, Part, Setting, Settings, mib
from batten.catalog.software import Kind, Language, Software, Stop
from batten.model import Service
from batten.model.size import size

# The usual variables, in the order in which they win.
VARIABLES = (
    "_JAVA_OPTIONS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "JAVA_OPTS",
    "CATALINA_OPTS",
)
_HEAP = re.compile(r"-Xmx(\d+[kmgtKMGT]?)\b")


def heap(*variables: str, share: float = 0.75) -> Demands:
    """`-Xmx` in one of the variables or the command; metaspace, threads and buffers are on top."""

    def demand(service: Service) -> Demand | None:
        texts = [(name, service.environment.get(name) or "") for name in (*variables, *VARIABLES)]
        for name, text in texts:
            if found := _HEAP.findall(text):
                return _demand(found[-1], share, ("environment", name))
        found = _HEAP.findall(" ".join(commandline.words(service)))
        return _demand(found[-1], share, ("command",)) if found else None

    return demand


def heap_setting(variable: str, share: float) -> Settings:
    """`-Xms` and `-Xmx` alike, so that the memory is there from the start or not at all."""

    def settings(service: Service, limit: int) -> tuple[Setting, ...]:  # noqa: ARG001
        amount = f"{mib(limit * share)}m"
        value, why = f"-Xms{amount} -Xmx{amount}", f"{share:.0%} of the memory limit"
        return (Setting(variable, value, why, in_environment=True),)

    return settings


def percentage(service: Service, limit: int) -> tuple[Setting, ...]:  # noqa: ARG001
    """Three quarters of the container's limit; the machine's own default is one quarter."""
    return (
        Setting(
            "JAVA_TOOL_OPTIONS",
            "-XX:MaxRAMPercentage=75",
            "a heap of three quarters of the memory limit",
            in_environment=True,
        ),
    )


def _demand(amount: str, share: float, path: tuple[str, ...]) -> Demand:
    part = Part("-Xmx", size(amount) or 0, path)
    return Demand((part,), share, "metaspace, threads and direct buffers come on top of the heap")


SOFTWARE = (
    Software(
        name="jvm",
        title="a Java application",
        kind=Kind.APPLICATION,
        tier=tier.APPLICATION,
        names=(
            "openjdk",
            "temurin",
            "corretto",
            "amazoncorretto",
            "tomcat",
            "jetty",
            "zulu",
            "jre",
            "jdk",
            "java",
            "keycloak",
            "sonarqube",
            "jenkins",
            "nexus3",
        ),
        programs=("java", "catalina.sh", "gradle", "mvn", "sbt"),
        variables=("JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "SPRING_PROFILES_ACTIVE"),
        language=Language.JVM,
        floor=256 * MIB,
        demand=heap(),
        settings=percentage,
        inside=contents.unknown,
        start_s=60,
        # A JVM that is ended by SIGTERM exits 143.
        stop=Stop("SIGTERM", 30, clean=False),
    ),
)
