"""What every response carries and every request must pass: headers, content security policy, trusted hosts."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=(), interest-cohort=()"


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


def init_security(app: Flask) -> None:
    """Add the headers to every response."""
    settings = app.config["SETTINGS"]

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
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if request.endpoint != "static" and "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store" if g.get("private", True) else "private, max-age=0, must-revalidate"
            headers.add("Vary", "Cookie")
        return response
