"""Settings: read from the environment once, typed, and checked before anything starts.

Every setting stands in the README's table (a test compares the two). In production missing and weak settings
stop the start with sentences that name them all; in development there are safe local defaults.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent
WEAK_SECRETS = {"secret", "changeme", "development", "dev", "test"}
SECRET_KEY_LENGTH = 32  # characters
DATABASES = r"(postgresql(\+psycopg)?://.|sqlite:///.)"
MAILERS = r"(smtps?://[^/]|file:.)"
SENDER = r"[^\r\n]*[^\s@<]@[^\s@>]+>?$"
METRICS_TOKEN = r"(|\S{16,})$"
REQUIRED = ("SECRET_KEY", "DATABASE_URL", "BASE_URL", "DATA_DIR", "SMTP_URL", "MAIL_FROM")  # in production
LEVELS = r"(DEBUG|INFO|WARNING|ERROR|CRITICAL)$"


class SettingError(Exception):
    """A setting is missing or cannot be used; the text says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """All settings. Times in seconds, sizes in bytes, distances in km."""

    production: bool
    secret_key: str
    database_url: str
    base_url: str
    data_dir: Path
    smtp_url: str
    mail_from: str
    port: int
    web_concurrency: int
    trusted_hosts: tuple[str, ...]
    proxy_count: int
    tile_url: str
    tile_attribution: str
    demo: bool
    metrics_token: str
    geocoder_online: bool
    max_body: int
    log_level: str

    @property
    def tile_host(self) -> str:
        """Scheme and host of the map tiles, for the content security policy."""
        return "/".join(self.tile_url.split("/")[:3])


def normal_database_url(url: str) -> str:
    """`postgres://` and `postgresql://` mean psycopg 3 here, whatever a host's panel hands out."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise SettingError(f"{name} must be a whole number, not {raw!r}.") from None
    if not low <= value <= high:
        raise SettingError(f"{name} must lie between {low} and {high}, not {value}.")
    return value


def _flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    raw = env.get(name, "").strip().lower()
    if raw in ("", None):
        return default
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off"):
        return False
    raise SettingError(f"{name} must be 1 or 0, not {raw!r}.")


def _or(env: Mapping[str, str], name: str, default: str) -> str:
    return env.get(name, "").strip() or default


def _refuse_missing(env: Mapping[str, str]) -> None:
    """All that production needs and does not have, in one sentence: nobody starts six times to hear six names."""
    missing = [name for name in REQUIRED if not env.get(name, "").strip()]
    if missing:
        names, verb, they = ", ".join(missing), "is" if len(missing) == 1 else "are", "it" if len(missing) == 1 else "they"
        raise SettingError(f"{names} {verb} missing. In production {they} must be set; see the README, section Settings.")


def _fits(name: str, value: str, pattern: str, sentence: str) -> str:
    """The value, when it looks as it must. The sentence says how; the value may hold a password and is not shown."""
    if not re.match(pattern, value):
        raise SettingError(f"{name} {sentence}")
    return value


def _is_production(env: Mapping[str, str]) -> bool:
    """A misspelt "prod" must not start a real site with the habits of development."""
    value = env.get("APP_ENV", "").strip().lower() or "development"
    if value not in ("production", "development"):
        raise SettingError(f"APP_ENV must be production or development, not {value!r}.")
    return value == "production"


def _development_secret(data_dir: Path) -> str:
    """One random key per development machine, kept beside its data so that sessions survive a restart."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with open(path, "x", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text(encoding="ascii")


def _strong(value: str) -> str:
    if len(value) < SECRET_KEY_LENGTH or value.lower() in WEAK_SECRETS or len(set(value)) < 10:
        raise SettingError(
            f"SECRET_KEY is too weak: use at least {SECRET_KEY_LENGTH} random characters, for example from "
            "`python -c 'import secrets; print(secrets.token_urlsafe(48))'`."
        )
    return value


class _Check:
    """Judges setting after setting and keeps what is wrong, so that nobody starts six times to hear six sentences."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def __call__(self, read: Callable[..., T], *given: Any, otherwise: T) -> T:
        """The setting, or `otherwise` when it cannot be used."""
        try:
            return read(*given)
        except SettingError as error:
            self.wrong.append(str(error))
            return otherwise

    def finish(self) -> None:
        """Raises `SettingError` with everything that is wrong."""
        if self.wrong:
            raise SettingError(self.wrong[0] if len(self.wrong) == 1 else "".join(f"\n- {sentence}" for sentence in self.wrong))


def _address(env: Mapping[str, str], production: bool) -> str:
    base_url = _or(env, "BASE_URL", f"http://127.0.0.1:{env.get('PORT', '8000')}").rstrip("/")
    if production and env.get("BASE_URL", "").strip() and not base_url.startswith("https://"):
        raise SettingError("BASE_URL must begin with https:// in production: cookies are sent over TLS only.")
    return base_url


def _secret(env: Mapping[str, str], production: bool, data_dir: Path) -> str:
    given = env.get("SECRET_KEY", "").strip()
    if production:  # a missing one is named with all that is missing
        return _strong(given) if given else ""
    return given or _development_secret(data_dir)


def load(env: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the environment. Raises `SettingError` with everything that is missing, weak or wrong."""
    check = _Check()
    production = check(_is_production, env, otherwise=True)
    if production:
        check(_refuse_missing, env, otherwise=None)
    data_dir = Path(_or(env, "DATA_DIR", str(ROOT / "var"))).resolve()
    base_url = check(_address, env, production, otherwise="")
    host = base_url.split("//", 1)[-1].split("/")[0].rsplit(":", 1)[0]
    hosts = tuple(h.strip() for h in env.get("TRUSTED_HOSTS", "").split(",") if h.strip())
    database_url = normal_database_url(_or(env, "DATABASE_URL", f"sqlite:///{data_dir / 'techfinder.sqlite3'}"))
    smtp_url = _or(env, "SMTP_URL", f"file:{data_dir / 'mail'}")
    mail_from = _or(env, "MAIL_FROM", "Techfinder <post@techfinder.example>")
    metrics_token = env.get("METRICS_TOKEN", "").strip()
    log_level = env.get("LOG_LEVEL", "").strip().upper() or "INFO"
    found = Settings(
        production=production,
        secret_key=check(_secret, env, production, data_dir, otherwise=""),
        database_url=check(
            _fits, "DATABASE_URL", database_url, DATABASES, "must begin with postgresql:// or sqlite:///.", otherwise="",
        ),
        base_url=base_url,
        data_dir=data_dir,
        smtp_url=check(
            _fits, "SMTP_URL", smtp_url, MAILERS, "must look like smtp://user:password@host:587, smtps://host or file:/folder.",
            otherwise="",
        ),
        mail_from=check(
            _fits, "MAIL_FROM", mail_from, SENDER, "must be a mail address, such as Techfinder <post@example.org>.", otherwise="",
        ),
        port=check(_integer, env, "PORT", 8000, 1, 65535, otherwise=0),
        web_concurrency=check(_integer, env, "WEB_CONCURRENCY", 2, 1, 64, otherwise=0),
        trusted_hosts=hosts or ((host,) if production else (host, "127.0.0.1", "localhost", "[::1]")),
        proxy_count=check(_integer, env, "PROXY_COUNT", 1 if production else 0, 0, 5, otherwise=0),
        tile_url=env.get("TILE_URL", "").strip()
        or "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/standaard/EPSG:3857/{z}/{x}/{y}.png",
        tile_attribution=env.get("TILE_ATTRIBUTION", "").strip() or "Kaartgegevens © Kadaster, CC BY 4.0",
        demo=check(_flag, env, "DEMO", False, otherwise=False),
        metrics_token=check(
            _fits, "METRICS_TOKEN", metrics_token, METRICS_TOKEN if production else "",
            "is too weak: use at least 16 random characters, or leave it out.", otherwise="",
        ),
        geocoder_online=check(_flag, env, "GEOCODER_ONLINE", False, otherwise=False),
        max_body=check(_integer, env, "MAX_BODY", 12_000_000, 100_000, 200_000_000, otherwise=0),
        log_level=check(_fits, "LOG_LEVEL", log_level, LEVELS, "must be DEBUG, INFO, WARNING or ERROR.", otherwise=""),
    )  # fmt: skip
    check.finish()
    return found
