"""What a plain engine makes of a restart policy."""

import pytest

from batten.model import Deploy, Restart, RestartPolicy, Service


@pytest.mark.parametrize(
    ("written", "restart"),
    [
        (None, Restart("no")),
        ("no", Restart("no")),
        ("always", Restart("always")),
        ("unless-stopped", Restart("unless-stopped")),
        ("on-failure", Restart("on-failure")),
        ("on-failure:5", Restart("on-failure", 5)),
    ],
)
def test_restart_is_read_as_the_engine_reads_it(written: str | None, restart: Restart) -> None:
    """Nothing written is no restart; a number after the colon bounds it."""
    assert restart == Service("x", restart=written).restarting


@pytest.mark.parametrize(
    ("policy", "restart"),
    [
        (RestartPolicy(max_attempts=5), Restart("no", 5)),
        (RestartPolicy("none"), Restart("no")),
        (RestartPolicy("on-failure", max_attempts=3), Restart("on-failure", 3)),
        (RestartPolicy("any"), Restart("always")),
    ],
)
def test_a_policy_below_deploy_overrides(policy: RestartPolicy, restart: Restart) -> None:
    """Also where it has no condition, which means no restart."""
    service = Service("x", restart="unless-stopped", deploy=Deploy(restart_policy=policy))
    assert restart == service.restarting


@pytest.mark.parametrize(
    ("restart", "seconds"),
    [
        (Restart("no"), 0),
        (Restart("no", 5), 0),
        (Restart("on-failure", 5), 3.1),
        (Restart("on-failure", 10), 102.3),
        (Restart("on-failure", 12), 222.3),
        (Restart("on-failure"), float("inf")),
        (Restart("always"), float("inf")),
    ],
)
def test_the_engine_waits_twice_as_long_each_time(restart: Restart, seconds: float) -> None:
    """From 100 ms to a minute, until its attempts are used up."""
    assert seconds == pytest.approx(restart.waits_s)
