"""What the backend is told through its environment."""

import importlib

import pytest

settings = importlib.import_module("backend.settings")


def test_defaults() -> None:
    """Nothing has to be set."""
    assert settings.Settings() == settings.Settings.from_environment({})


def test_each_variable_is_read() -> None:
    """A setting comes from the variable of its name in capitals, as the kind it is."""
    environment = {"REDIS_HOST": "cache", "REDIS_PORT": "6380", "TIMEOUT": "0.5"}
    given = settings.Settings.from_environment(environment)
    assert ("cache", 6380, 0.5) == (given.redis_host, given.redis_port, given.timeout)


def test_an_empty_variable_is_an_unset_one() -> None:
    """Compose passes `${VAR:-}` on as an empty text."""
    assert settings.Settings() == settings.Settings.from_environment({"REDIS_PORT": ""})


def test_a_number_that_is_none_is_named() -> None:
    """The message names the variable."""
    with pytest.raises(ValueError, match="`REDIS_PORT` is not a number: six"):
        settings.Settings.from_environment({"REDIS_PORT": "six"})


def test_passwords_are_not_shown() -> None:
    """A settings object in a log gives no secret away."""
    secrets = {
        "POSTGRES_PASSWORD": "s3cret1",
        "REDIS_PASSWORD": "s3cret2",
        "S3_SECRET_KEY": "s3cret3",
    }
    assert "s3cret" not in repr(settings.Settings.from_environment(secrets))
