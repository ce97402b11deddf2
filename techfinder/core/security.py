"""What every response carries and every request must pass: headers, content security policy, trusted hosts."""

import secrets
from typing import Any
from urllib.parse import urlsplit
from wsgiref.headers import Headers

from flask import Flask, Response, abort, g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map

PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=(), interest-cohort=()"
HSTS = "max-age=63072000; includeSubDomains"


class RowNumber(IntegerConverter):
    """A number in an address that a row can have: a larger one is no address of ours (404), and never reaches the database."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": 2**63 - 1, **kwargs})


def csp_nonce() -> str:
    """The nonce of this response, for `<script nonce>`."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_security_policy(nonce: str, tile_host: str) -> str:
    """No inline code, nothing from other hosts but map tiles."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"img-src 'self' data: {tile_host}",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def safe_next(target: str | None, default: str) -> str:
    """`target` if it is a path of our own, else `default`: open redirects cannot be made."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return default
    if any(ord(c) < 32 for c in target) or urlsplit(target).netloc:
        return default
    return target


def add_to_files(headers: Headers, production: bool) -> None:
    """The headers of static files, which are answered before the application: read as what they are, by our own pages."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if production:
        headers["Strict-Transport-Security"] = HSTS


def init_security(app: Flask) -> None:
    """Add the headers to every response."""
    settings = app.config["SETTINGS"]
    app.url_map.converters["int"] = RowNumber

    @app.before_request
    def _no_nul() -> None:
        """No browser sends a NUL and PostgreSQL stores none: no address has one, and in what people ask for it is left out.
        In a form, our fields leave it out themselves."""
        if "\0" in request.path:
            abort(404)
        if any("\0" in value for values in request.args.listvalues() for value in values):
            cleaned = [(key, value.replace("\0", "")) for key, value in request.args.items(multi=True)]
            request._get_current_object().__dict__["args"] = ImmutableMultiDict(cleaned)  # type: ignore[attr-defined]

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", content_security_policy(csp_nonce(), settings.tile_host))
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        headers["Permissions-Policy"] = PERMISSIONS
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if settings.production:
            headers["Strict-Transport-Security"] = HSTS
        if request.endpoint != "static" and "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store" if g.get("private", True) else "private, max-age=0, must-revalidate"
            headers.add("Vary", "Cookie")
        return response
