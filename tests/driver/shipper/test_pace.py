from batten.driver.shipper.pace import Pace

MIB = 1 << 20


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """The time now."""
        return self.now


def test_unlimited_until_loki_says_otherwise() -> None:
    """A Loki without limits is pushed to as fast as it answers."""
    pace = Pace(Clock())
    pace.sent(1 << 40)
    assert 0.0 == pace.wait_s()


def test_it_keeps_a_little_under_the_limit_that_loki_names() -> None:
    """Over ten seconds no more goes out than Loki takes."""
    clock = Clock()
    pace = Pace(clock)
    pace.slower(4 * MIB)
    sent = 0
    for _ in range(1000):
        clock.now += 0.01
        while not pace.wait_s():
            pace.sent(MIB)
            sent += MIB
    assert 0.9 * 40 * MIB < sent <= 42 * MIB


def test_without_a_named_limit_it_finds_one() -> None:
    """Each 429 makes it slower, each second without one a little faster."""
    clock = Clock()
    pace = Pace(clock)
    for _ in range(10):
        clock.now += 0.1
        pace.sent(MIB)
    pace.slower()
    first = pace.rate or 0.0
    assert 4 * MIB < first < 8 * MIB
    clock.now += 1
    pace.slower()
    assert (pace.rate or 0.0) < first
    second = pace.rate or 0.0
    pace.sent(20 * MIB)
    clock.now += 5
    pace.wait_s()
    assert (pace.rate or 0.0) > second


def test_answers_to_one_burst_count_once() -> None:
    """Pushes that were on their way together say the same thing once."""
    clock = Clock()
    pace = Pace(clock)
    pace.slower(4 * MIB)
    before = pace.rate
    pace.slower(4 * MIB)
    assert before == pace.rate
