"""`create_app`: extensions, blueprints, error pages."""

import time
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NoReturn

from flask import Flask, abort, current_app, g, has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import config
from techfinder import cli, wiring
from techfinder.accounts.login import init_login
from techfinder.core import (
    audit,
    changes,
    clock,
    db,
    files,
    health,
    jobs,
    language,
    logging,
    messages,
    periodic,
    resume,
    security,
    text,
    throttle,
    web,
)
from techfinder.core.language import reader_language
from techfinder.core.permissions import Access, access
from techfinder.discovery.engine import init_finder
from techfinder.discovery.tending import init_tending

TABLES = (
    "regions", "accounts", "notifications", "organisations", "offers", "support_requests",
    "discovery", "conversations", "moderation",
)  # fmt: skip
BLUEPRINTS = (*TABLES, "home")
REGISTERED_BY_IMPORT = (audit, changes, files, jobs, messages, periodic, resume, throttle)
HASHED_FOREVER = 31_536_000  # seconds: vendor files carry their version in the address


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application. Raises `config.SettingError` with a sentence when a setting is missing or weak."""
    settings = settings or config.load()
    app = Flask(
        "techfinder", root_path=str(config.ROOT / "techfinder"),
        template_folder=str(config.ROOT / "templates"), static_folder=str(config.ROOT / "static"),
    )
    logging.configure(settings.log_level, settings.production)
    _configure(app, settings)
    db.db.init_app(app)
    Migrate(app, db.db, directory=str(config.ROOT / "migrations"), render_as_batch=True)
    Babel(app, locale_selector=web.select_locale, default_translation_directories=str(config.ROOT / "techfinder/translations"))
    language.init_language(app)
    Bootstrap5(app)  # for its macros; we serve the files ourselves
    app.view_functions["bootstrap.static"] = _nothing_here
    security.init_security(app)
    web.init_web(app)
    app.register_blueprint(health.bp)
    for package in TABLES:
        import_module(f"techfinder.{package}.models")
    for package in (*BLUEPRINTS, "exchange"):
        if find_spec(f"techfinder.{package}.messages"):
            import_module(f"techfinder.{package}.messages")
    for package in BLUEPRINTS:
        app.register_blueprint(import_module(f"techfinder.{package}.views").bp)
    init_login(app)
    wiring.connect_all(app)
    init_finder(app)
    init_tending(app)
    cli.register(app)
    _templates(app)
    _time_requests(app)
    if settings.proxy_count:
        n = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=app.static_folder, prefix="static/", autorefresh=not settings.production,
        max_age=HASHED_FOREVER if settings.production else 0, allow_all_origins=False,
        add_headers_function=lambda headers, _path, _url: security.add_to_files(headers, settings.production),
    )
    return app


@access(Access.PUBLIC)
def _nothing_here(filename: str) -> NoReturn:
    """An extension's address that we do not use."""
    abort(404)


def _configure(app: Flask, settings: config.Settings) -> None:
    postgres = settings.database_url.startswith("postgresql")
    if postgres:
        import_module("techfinder.core.postgres")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=(
            {"pool_size": 5, "max_overflow": 10, "pool_use_lifo": True}  # the same few stay busy, and remember
            if postgres
            else {"connect_args": {"timeout": db.BUSY_TIMEOUT_MS / 1000}}
        )
        | {"hide_parameters": settings.production},  # a database error is logged without what somebody typed
        MAX_CONTENT_LENGTH=settings.max_body,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=1000,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        SESSION_COOKIE_NAME="__Host-session" if settings.production else "session",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=30 * 24 * 3600,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=True,
        BABEL_DEFAULT_LOCALE="nl",
        BABEL_DEFAULT_TIMEZONE="Europe/Amsterdam",
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=0,
        ASSET_STAMP=str(int(time.time())) if not settings.production else None,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.sort_keys = False  # type: ignore[attr-defined]


def _templates(app: Flask) -> None:
    app.jinja_env.filters.update(text.FILTERS)

    @cache
    def static_url(name: str) -> str:
        return f"/static/{name}?v={_asset_version()}"

    app.jinja_env.globals.update(  # globals, not context: imported macros see them too
        csp_nonce=security.csp_nonce, settings=app.config["SETTINGS"], has_endpoint=lambda name: name in app.view_functions,
        unread_count=wiring.unread_count, static_url=static_url, get_locale=get_locale,
    )

    @app.context_processor
    def _values() -> dict[str, Any]:
        return {
            "actor": wiring.viewer(web.actor()), "locale": reader_language(),
            "theme": session.get("theme") if has_request_context() else None,
            "now": clock.now(), "today": clock.today(),
        }


def _asset_version() -> str:
    """Changes whenever a file of ours changes, so that browsers may keep them."""
    app = current_app
    if "ASSET_VERSION" not in app.config:
        files = (config.ROOT / "static").rglob("*.*")
        app.config["ASSET_VERSION"] = f"{int(max((f.stat().st_mtime for f in files), default=0)):x}"
    return str(app.config["ASSET_VERSION"])


def _time_requests(app: Flask) -> None:
    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _end(response: Any) -> Any:
        ms = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
        if ms > 500 and request.endpoint:
            web.log.info("slow: %s took %.0f ms", request.endpoint, ms, extra={"route": request.endpoint, "ms": round(ms)})
        return response
