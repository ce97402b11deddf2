"""A production start refuses a missing or weak setting, and says which; the README lists them all."""

import re
from pathlib import Path

import pytest

import config

GOOD = {
    "APP_ENV": "production", "SECRET_KEY": "k3y-" + "aB9xQ2mZ7pLw" * 4, "DATABASE_URL": "postgresql://u:p@db/t",
    "BASE_URL": "https://techfinder.example", "DATA_DIR": "/tmp", "SMTP_URL": "smtp://mail:25", "MAIL_FROM": "post@techfinder.example",
}


def test_a_full_set_of_settings_is_taken():
    found = config.load(GOOD)
    assert found.production and found.database_url.startswith("postgresql+psycopg://") and found.trusted_hosts == ("techfinder.example",)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "BASE_URL", "DATA_DIR", "SMTP_URL", "MAIL_FROM"])
def test_a_missing_setting_stops_a_production_start_by_name(name):
    with pytest.raises(config.SettingError, match=name):
        config.load({k: v for k, v in GOOD.items() if k != name})


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(config.SettingError) as refused:
        config.load({"APP_ENV": "production", "DATA_DIR": "/tmp"})
    assert all(name in str(refused.value) for name in config.REQUIRED if name != "DATA_DIR") and "DATA_DIR" not in str(refused.value)


@pytest.mark.parametrize(("name", "value"), [
    ("SECRET_KEY", "short"), ("SECRET_KEY", "a" * 40), ("BASE_URL", "http://techfinder.example"), ("PORT", "none"), ("PORT", "70000"), ("DEMO", "maybe"),
    ("APP_ENV", "prod"), ("DATABASE_URL", "mysql://u:p@db/t"), ("SMTP_URL", "mail.example.org"), ("MAIL_FROM", "Techfinder"),
    ("METRICS_TOKEN", "metrics"), ("LOG_LEVEL", "loud"),
])
def test_a_weak_setting_stops_a_production_start_by_name(name, value):
    with pytest.raises(config.SettingError, match=name):
        config.load({**GOOD, name: value})


def test_all_that_is_weak_or_wrong_is_named_at_once_with_what_is_missing():
    wrong = {"SECRET_KEY": "short", "BASE_URL": "http://techfinder.example", "SMTP_URL": "mail.example.org", "PORT": "none", "DEMO": "maybe"}
    with pytest.raises(config.SettingError) as refused:
        config.load({k: v for k, v in {**GOOD, **wrong}.items() if k != "MAIL_FROM"})
    lines = str(refused.value).strip().split("\n")
    assert len(lines) == len(wrong) + 1 and all(any(name in line for line in lines) for name in (*wrong, "MAIL_FROM"))


def test_a_misspelt_kind_of_start_hides_nothing():
    with pytest.raises(config.SettingError) as refused:
        config.load({**GOOD, "APP_ENV": "prod", "SECRET_KEY": "short"})
    assert "APP_ENV" in str(refused.value) and "SECRET_KEY" in str(refused.value)


def test_the_readme_lists_every_setting():
    root = Path(config.__file__).parent
    used = set(re.findall(r'env(?:\.get\(|, )"([A-Z_]+)"', (root / "config.py").read_text()))
    readme = set(re.findall(r"`([A-Z_]{4,})`", (root / "README.md").read_text()))
    assert used and used <= readme, used - readme
