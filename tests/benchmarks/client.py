"""A cheap HTTP client: it shares the machine with what it measures, so it does no more than it must.

One connection for each request, as from a reverse proxy that keeps none open.
"""

import asyncio
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

TIMEOUT_S = 40
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')


@dataclass(frozen=True)
class Answer:
    """What came back; `status` 0: the connection broke, so nobody knows what happened."""

    status: int
    location: str = ""
    cookie: str = ""
    text: str = ""
    tries: int = 1

    @property
    def token(self) -> str:
        """The CSRF token of the page's forms."""
        found = _TOKEN.search(self.text)
        return found[1] if found else ""

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.text)

    @property
    def version(self) -> int:
        """The version of the row that the page's form shows."""
        found = _VERSION.search(self.text)
        return int(found[1]) if found else 0


@dataclass(frozen=True)
class Browser:
    """Somebody's cookie and token, at an internet address of their own."""

    address: str
    cookie: str = ""
    token: str = ""


Fields = Mapping[str, str | list[str]]


def _request(method: str, path: str, port: int, browser: Browser, fields: Fields | None) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", f"X-Forwarded-For: {browser.address}",
        "User-Agent: load",
    ]  # fmt: skip
    if browser.cookie:
        lines.append(f"Cookie: {browser.cookie}")
    body = b""
    if fields is not None:
        body = urlencode({"csrf_token": browser.token, **fields}, doseq=True).encode()
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _answer(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    words = status.split(" ", 2)
    if len(words) < 2 or not words[1].isdigit():
        return Answer(0)
    headers = [line.partition(": ") for line in lines]
    cookie = next((value.split(";")[0] for name, _, value in headers if name.lower() == "set-cookie" and value.startswith("session=")), "")
    location = next((value for name, _, value in headers if name.lower() == "location"), "")
    return Answer(int(words[1]), location, cookie, body.decode("utf-8", "replace"))


async def send(method: str, path: str, port: int, browser: Browser, fields: Fields | None = None) -> Answer:
    """Ask once."""
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setblocking(False)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await loop.sock_connect(connection, ("127.0.0.1", port))
                await loop.sock_sendall(connection, _request(method, path, port, browser, fields))
                parts = []
                while part := await loop.sock_recv(connection, 1 << 18):
                    parts.append(part)
        except (OSError, TimeoutError):
            return Answer(0)
    return _answer(b"".join(parts))


async def sign_in(port: int, email: str, password: str, address: str) -> Browser:
    """As a person does it: the page with the form, then address and password. Raises `RuntimeError` when refused."""
    path = "/account/inloggen/wachtwoord"
    page = await send("GET", path, port, Browser(address))
    browser = Browser(address, page.cookie, page.token)
    answer = await send("POST", path, port, browser, {"email": email, "password": password})
    if answer.status != 302 or not answer.cookie:
        raise RuntimeError(f"{email} could not sign in: {answer.status}")
    browser = Browser(address, answer.cookie, page.token)
    mine = await send("GET", "/account", port, browser)
    return Browser(address, answer.cookie, mine.token or page.token)


def answers(port: int, path: str = "/healthz") -> bool:
    """Whether the site is up."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
