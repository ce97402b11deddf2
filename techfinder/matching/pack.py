"""A file of named arrays, written once, checked on opening, and held in memory that processes share (`shared.py`).

Layout: 8 bytes magic, 8 bytes header length, the header (JSON: arrays with dtype, shape, offset, and `meta`), the arrays at
multiples of 64 bytes, and 16 bytes BLAKE2b over everything before them.
"""

import json
import os
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import numpy as np

from techfinder.matching.shared import content

MAGIC = b"TFPACK01"
ALIGN = 64


class Damaged(Exception):
    """A file of the index is not what was written: missing, short, altered, or of another version."""


def write_pack(path: Path, arrays: Mapping[str, np.ndarray], meta: Mapping) -> None:
    """Write and fsync."""
    listed, offset = {}, 0
    for name, array in arrays.items():
        listed[name] = {"dtype": array.dtype.str, "shape": array.shape, "offset": offset}
        offset += -(-array.nbytes // ALIGN) * ALIGN
    header = json.dumps({"arrays": listed, "meta": meta}).encode()
    header += b" " * (-(len(header) + 16) % ALIGN)
    digest = blake2b(digest_size=16)
    with open(path, "wb") as file:

        def put(data: bytes | memoryview) -> None:
            digest.update(data)
            file.write(data)

        put(MAGIC + len(header).to_bytes(8, "little") + header)
        for array in arrays.values():
            put(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
            put(b"\0" * (-array.nbytes % ALIGN))
        file.write(digest.digest())
        file.flush()
        os.fsync(file.fileno())


def read_pack(path: Path) -> tuple[dict[str, np.ndarray], dict]:
    """The arrays (read-only) and the meta; raises Damaged."""
    try:
        with open(path, "rb") as file:
            data = content(file)
        if data is None or data[:8] != MAGIC:
            raise Damaged(f"{path.name}: checksum")
        view = memoryview(data)
        length = int.from_bytes(view[8:16], "little")
        header = json.loads(bytes(view[16 : 16 + length]))
        start, arrays = 16 + length, {}
        for name, a in header["arrays"].items():
            dtype, count = np.dtype(a["dtype"]), int(np.prod(a["shape"], dtype=np.int64))
            flat = np.frombuffer(data, dtype, count, start + a["offset"]) if count else np.zeros(0, dtype)
            arrays[name] = flat.reshape(a["shape"])
        return arrays, header["meta"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{path.name}: {error}") from error
