"""Tables that set-up makes and every process opens, beside the compiled kernel (`python -m techfinder.matching.compiling`).

File: 8 bytes magic, 16 bytes mark (of all that the table was made of), the table, 16 bytes BLAKE2b of everything before.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

FOLDER = Path(__file__).parent / "__pycache__"
MAGIC = b"TFKEPT01"
MARK = 16
HEAD, TAIL = len(MAGIC) + MARK, 16


def kept(path: Path, mark: bytes, make: Callable[[], bytes]) -> bytes:
    """The whole file when it is unharmed and of this mark; else one made now, and written again if the folder allows that."""
    with suppress(OSError):
        data = path.read_bytes()
        if data[:HEAD] == MAGIC + mark and blake2b(memoryview(data)[:-TAIL], digest_size=TAIL).digest() == data[-TAIL:]:
            return data
    data = MAGIC + mark + make()
    data += blake2b(data, digest_size=TAIL).digest()
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        made.write_bytes(data)
        made.replace(path)
    return data
