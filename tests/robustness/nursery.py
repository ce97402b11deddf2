"""Keeps one process tending the index, whatever kills it: `python -m tests.robustness.nursery FILE`; its number is in FILE.

What systemd does with the worker, without the second that a start takes. It compacts after every change, so that a kill
falls into every part of writing a generation.
"""

import os
import sys
from pathlib import Path

import wsgi
from techfinder.discovery import tending
from techfinder.matching import indexer


def main() -> None:
    """Until killed itself."""
    tending.TICK_S = tending.AFTER_TROUBLE_S = 0.02
    indexer.COMPACT_MIN, indexer.COMPACT_SHARE, indexer.COMPACT_PAUSE_S = 0, 0.0, 0.0
    file = Path(sys.argv[1])
    while True:
        child = os.fork()
        if not child:
            tending.Tending(wsgi.app).run()
        made = file.with_suffix(".new")
        made.write_text(str(child))
        made.replace(file)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
