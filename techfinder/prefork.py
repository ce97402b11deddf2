"""What gunicorn does once, before it forks the processes that answer (`--config python:techfinder.prefork --preload`).

The application, the words of the matching engine, the newest index and the pages that everybody asks for are loaded in the
parent: they come up in one go, the children share that memory, and nobody waits for a first question.
"""

import gc
import logging
import socket
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from techfinder.core.db import db
from techfinder.discovery.engine import finder
from techfinder.exchange.demo_load.cli import say_how_to_sign_in

SILENT_S = 60  # how long a connection may say nothing
PAGES = ("/", "/aanbod?q=techniek&postcode=3511")
log = logging.getLogger(__name__)


def when_ready(server: Any) -> None:
    """gunicorn's hook: the address is bound and the application loaded, nobody is forked yet."""
    for listener in server.LISTENERS:
        wait_for_the_question(listener.sock)
    app = server.app.wsgi()
    warm(app)
    if app.config["SETTINGS"].demo:
        with app.app_context():
            say_how_to_sign_in()
            let_go()
    gc.collect()
    gc.freeze()  # what is here now stays: a child need not look through it again, nor copy it


def wait_for_the_question(listener: socket.socket) -> None:
    """A browser opens connections ahead, and says nothing on them for a while: where the system can (Linux), it hands one over
    only when a question has come in, so that none keeps a thread waiting."""
    if listener.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_DEFER_ACCEPT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_S)


def post_worker_init(_worker: Any) -> None:
    """gunicorn's hook, in the child: a page makes thousands of objects that die with it; looking after every 700 is waste."""
    gc.set_threshold(20_000, 20, 20)


def warm(app: Flask) -> None:
    """Load what every process needs. Without an index or a database there is less to load; the children come up all the same."""
    with app.app_context():
        try:
            if finder().warm():
                address = urlsplit(app.config["SETTINGS"].base_url)
                for page in PAGES:
                    app.test_client().get(page, base_url=f"{address.scheme}://{address.netloc}")
        except Exception:
            log.warning("the first pages could not be made before the start", exc_info=True)
        finally:
            let_go()


def let_go() -> None:
    """A connection must not be shared by two processes."""
    db.session.remove()
    db.engine.dispose()
