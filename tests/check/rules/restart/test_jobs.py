"""What is meant to end, and what is not."""

from collections.abc import Callable

import pytest

from batten.check import Stack, every_rule

MakeStack = Callable[..., Stack]


def found(rule: str, stack: Stack) -> list[str | None]:
    """The services that a rule has something to say about."""
    return [finding.service for finding in every_rule()[rule].find(stack)]


@pytest.mark.parametrize(
    ("service", "is_job"),
    [
        ("{}", True),
        ("{command: bin/migrate}", True),
        ('{ports: ["80:80"]}', False),
        ("{healthcheck: {test: [CMD, x]}}", False),
        ("{command: sh -c 'migrate && exec sleep infinity'}", False),
        ("{command: [sh, -c, 'until ping; do sleep 1; done; migrate; exit 0']}", True),
        ("{command: [sh, -c, 'migrate; tail -f /dev/null']}", False),
        ("{command: [sh, -c, 'while true; do migrate; sleep 60; done']}", False),
    ],
)
def test_a_name_counts_where_nothing_speaks_against_it(
    stack: MakeStack, service: str, *, is_job: bool
) -> None:
    """A `migrate` that serves, is asked about its health or loops is none that ends."""
    text = f"services:\n  migrate:\n    <<: {service}\n    image: example/web:1\n"
    assert is_job is stack(text).services["migrate"].is_job


def test_a_part_of_a_word_is_no_name(stack: MakeStack) -> None:
    """`initiative` and `seedbox` are services like any other."""
    made = stack("services: {initiative: {image: a/a:1}, seedbox: {image: a/a:1}}")
    assert ["initiative", "seedbox"] == found("no-restart-policy", made)


def test_the_overlay_decides(stack: MakeStack) -> None:
    """A policy in production answers for a base that has none, and the other way round."""
    base = "services: {web: {image: a/a:1}, job: {image: a/a:1, restart: always}}"
    overlay = """
      services:
        web: {restart: always, depends_on: {job: {condition: service_completed_successfully}}}
        job: {restart: on-failure}
    """
    made = stack(base)
    assert ["web"] == found("no-restart-policy", made)
    made = stack(base, overlay)
    assert [] == found("no-restart-policy", made)
    assert [] == found("job-restarted-for-ever", made)


@pytest.mark.parametrize(
    ("needs", "attempts", "flagged"),
    [
        ("postgres:17", 5, True),
        ("postgres:17", 8, False),
        ("redis:7", 5, False),
        ("redis:7", 2, True),
        ("example/other:1", 2, False),
    ],
)
def test_attempts_are_compared_with_what_is_waited_for(
    stack: MakeStack, needs: str, attempts: int, *, flagged: bool
) -> None:
    """Of another application nobody knows how long it takes, so nothing is said."""
    made = stack(
        f"services: {{web: {{image: a/a:1, restart: 'on-failure:{attempts}', depends_on: [other]}}, "
        f"other: {{image: '{needs}', restart: always}}}}"
    )
    assert flagged is bool(found("attempts-used-up-too-soon", made))


def test_a_reset_restart_counts_for_nothing(stack: MakeStack) -> None:
    """What the hint says is what silences the rule."""
    base = "services: {web: {image: a/a:1, restart: always}}"
    policy = "deploy: {restart_policy: {condition: on-failure}}"
    both = stack(base, f"services: {{web: {{{policy}}}}}")
    reset = stack(base, f"services:\n  web:\n    restart: !reset null\n    {policy}\n")
    assert ["web"] == found("restart-overridden-by-deploy", both)
    assert [] == found("restart-overridden-by-deploy", reset)


def test_what_is_never_restarted_uses_no_attempts_up(stack: MakeStack) -> None:
    """A policy without condition is one defect, not two."""
    made = stack("""
      services:
        web:
          image: a/a:1
          depends_on: [db]
          deploy: {restart_policy: {max_attempts: 5}}
        db: {image: 'postgres:17', restart: always}
    """)
    assert ["web"] == found("restart-policy-without-condition", made)
    for rule in ("attempts-used-up-too-soon", "no-restart-policy", "restart-delay-ignored"):
        assert [] == found(rule, made)


def test_a_set_up_that_is_asked_about_its_health_may_end(stack: MakeStack) -> None:
    """Elastic's own stack has one: others wait until it is healthy, and it ends when they are."""
    made = stack("""
      services:
        setup: {image: 'elasticsearch:8.15.0', command: bash -c x, healthcheck: {test: [CMD, x]}}
        es01:
          image: elasticsearch:8.15.0
          restart: always
          depends_on: {setup: {condition: service_healthy}}
    """)
    assert [] == found("no-restart-policy", made)
