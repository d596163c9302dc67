"""One place for all settings, and the environment above it."""

import re
from dataclasses import FrozenInstanceError, fields

import pytest

from starmodel.errors import ConfigurationError
from starmodel.settings import Settings


def test_the_environment_counts_more() -> None:
    base = Settings(secret_key="base", session_max_age=60, respond="ack")
    assert Settings.from_environment(base, {}) == base
    assert Settings.from_environment(None, {}) == Settings()
    environment = {
        "STARMODEL_SECRET_KEY": " a secret ",
        "STARMODEL_OLD_SECRET_KEYS": "one, two,,",
        "STARMODEL_TRUSTED_ORIGINS": "https://a.example",
        "STARMODEL_SESSION_MAX_AGE": "3600",
        "STARMODEL_LIVE_KEEP_ALIVE": "0.5",
        "STARMODEL_RESPOND": "patch",
        "STARMODEL_DATASTAR_INTEGRITY": "",
        "SECRET_KEY": "not ours",
    }
    settings = Settings.from_environment(base, environment)
    assert settings == Settings(
        secret_key="a secret",
        old_secret_keys=("one", "two"),
        trusted_origins=("https://a.example",),
        session_max_age=3600,
        live_keep_alive=0.5,
        respond="patch",
    )
    assert base.secret_key == "base"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("STARMODEL_SESSION_MAX_AGE", "soon"),
        ("STARMODEL_SESSION_MAX_AGE", "-1"),
        ("STARMODEL_SESSION_MAX_AGE", "1.5"),
        ("STARMODEL_LIVE_KEEP_ALIVE", "0"),
        ("STARMODEL_LIVE_KEEP_ALIVE", "nan"),
        ("STARMODEL_LIVE_KEEP_ALIVE", "inf"),
        ("STARMODEL_RESPOND", "maybe"),
        ("STARMODEL_MEMORY", "shared"),
    ],
)
def test_what_does_not_fit_is_named(variable: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=variable) as caught:
        Settings.from_environment(None, {variable: text})
    assert re.search(r" must be ", str(caught.value))


def test_settings_do_not_change_and_keep_their_secrets() -> None:
    settings = Settings(
        secret_key="hunter2", old_secret_keys=("hunter1",), bus_url="redis://:hunter3@host"
    )
    assert "hunter" not in repr(settings)
    assert "session_max_age=1209600" in repr(settings)
    with pytest.raises(FrozenInstanceError):
        settings.secret_key = "x"  # pyright: ignore[reportAttributeAccessIssue]


def test_every_setting_is_described() -> None:
    assert Settings.__doc__ is not None
    for field in fields(Settings):
        assert re.search(rf"^ +{field.name}: ", Settings.__doc__, re.MULTILINE), field.name
