"""The environment is read whole, and every fault is named at once."""

from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings import MailServer, Settings

PRODUCTION = {
    "APP_ENV": "production",
    "BASE_URL": "https://support.example",
    "MONDAY_CLIENT_ID": "id",
    "MONDAY_CLIENT_SECRET": "secret",
    "MONDAY_SIGNING_SECRET": "another secret",
    "SECRET_KEYS": "a-key",
}

FORUM = {
    "FEATURE_REQUEST_CHANNEL": "forum",
    "FORUM_URL": "https://forum.example",
    "FORUM_API_KEY": "a-forum-key",
    "FORUM_API_USER": "synerity",
    "FORUM_CATEGORY": "7",
}


def test_the_forums_key_is_not_shown() -> None:
    settings = Settings.from_env({**PRODUCTION, **FORUM})
    assert settings.forum is not None
    assert settings.forum.key not in repr(settings)


def test_development_needs_no_settings(tmp_path: Path) -> None:
    settings = Settings.from_env({"VAR_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path / 'synerity.db'}"
    assert settings.clock_file == tmp_path / "clock.json"


def test_production_has_no_clock_to_move() -> None:
    assert Settings.from_env(PRODUCTION).clock_file is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"BASE_URL": "http://support.example"}, "BASE_URL"),
        ({"MONDAY_API_URL": "http://api.monday.com/v2"}, "MONDAY_API_URL"),
        ({"MONDAY_AUTH_URL": "http://auth.monday.com"}, "MONDAY_AUTH_URL"),
        ({"MONDAY_CLIENT_ID": ""}, "MONDAY_CLIENT_ID"),
        ({"MONDAY_CLIENT_SECRET": ""}, "MONDAY_CLIENT_SECRET"),
        ({"MONDAY_SIGNING_SECRET": ""}, "MONDAY_SIGNING_SECRET"),
        ({"SECRET_KEYS": " , "}, "SECRET_KEYS"),
        ({"CLOCK_FILE": "var/clock.json"}, "CLOCK_FILE"),
        ({"APP_ENV": "staging"}, "APP_ENV"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"MONDAY_TIMEOUT_SECONDS": "soon"}, "MONDAY_TIMEOUT_SECONDS"),
        ({"SWEEP_SECONDS": "1"}, "SWEEP_SECONDS"),
        ({"MONDAY_OAUTH_FLOW": "3"}, "MONDAY_OAUTH_FLOW"),
        ({"LANE_LEASE_SECONDS": "10"}, "LANE_LEASE_SECONDS"),
        ({"FEATURE_REQUEST_CHANNEL": "pigeon"}, "FEATURE_REQUEST_CHANNEL"),
        ({"FEATURE_REQUEST_CHANNEL": "mail"}, "FEATURE_REQUEST_ADDRESS is not set"),
        ({"FEATURE_REQUEST_CHANNEL": "mail", "FEATURE_REQUEST_ADDRESS": "a b@c"}, "FEATURE_REQUEST_ADDRESS"),
        ({"FEATURE_REQUEST_CHANNEL": "forum"}, "FORUM_URL is not set"),
        ({**FORUM, "FORUM_URL": "http://forum.example"}, "FORUM_URL"),
        ({**FORUM, "FORUM_API_USER": ""}, "FORUM_API_USER is not set"),
        ({**FORUM, "FORUM_CATEGORY": "ideas"}, "FORUM_CATEGORY"),
        ({**FORUM, "FORUM_API_KEY": "two\nlines"}, "FORUM_API_KEY"),
        ({"SMTP_URL": "https://mail.example"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example:none"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example"}, "MAIL_FROM"),
        ({"SMTP_URL": "smtp://user:secret@mail.example", "MAIL_FROM": "a@b.example"}, "in clear"),
        ({"MAIL_FROM": "support"}, "MAIL_FROM"),
        ({"MAIL_LISTEN": "http://127.0.0.1:25"}, "MAIL_LISTEN"),
        ({"VENDOR_SUPPORT_ADDRESS": "monday.com"}, "VENDOR_SUPPORT_ADDRESS"),
        ({"ESCALATION_LEVELS": "owner@synerity.example"}, "ESCALATION_LEVELS"),
        ({"ESCALATION_LEVELS": "owner@synerity.example 0"}, "ESCALATION_LEVELS"),
        ({"ESCALATION_LEVELS": "owner 60"}, "'owner'"),
        ({"ESCALATION_LEVELS": "owner@synerity.example 60, 60"}, "must have addresses"),
    ],
)
def test_a_fault_is_told_by_the_variables_name(change: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_env({**PRODUCTION, **change})


def test_levels_of_escalations_are_people_with_minutes() -> None:
    written = "Owner@synerity.example 60, manager@synerity.example  deputy@synerity.example 120,"
    levels = Settings.from_env({**PRODUCTION, "ESCALATION_LEVELS": written}).escalation_levels
    assert [(level.addresses, level.minutes) for level in levels] == [
        (("owner@synerity.example",), 60),
        (("manager@synerity.example", "deputy@synerity.example"), 120),
    ]
    assert Settings.from_env(PRODUCTION).escalation_levels == ()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1", MailServer("127.0.0.1", 25, "none", None, None)),
        ("smtp+starttls://a%40b:p%2Fw@m.example", MailServer("m.example", 587, "starttls", "a@b", "p/w")),
        ("smtps://m.example:2465", MailServer("m.example", 2465, "tls", None, None)),
    ],
)
def test_a_mail_server_is_named_by_an_address(url: str, server: MailServer) -> None:
    assert Settings.from_env({"SMTP_URL": url}).mail_server == server
    assert "p/w" not in repr(server)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"APP_ENV": "production", "BASE_URL": "nowhere"})
    for name in ("BASE_URL", "MONDAY_CLIENT_ID", "MONDAY_SIGNING_SECRET", "SECRET_KEYS"):
        assert name in caught.value.message


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_an_ordinary_postgresql_address_is_understood(scheme: str) -> None:
    settings = Settings.from_env({**PRODUCTION, "DATABASE_URL": f"{scheme}://u:p@db/support"})
    assert settings.database_url == "postgresql+psycopg://u:p@db/support"
