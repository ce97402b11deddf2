"""`python -m techfinder.matching.compiled`: make kernel and lexicon once, at set-up, so that no process does while it serves."""

import os
import sys
from pathlib import Path

from techfinder.matching import (
    answering,
    counting,
    inverted,
    kernel,
    near_words,
    outlines,
    search_kernel,
    search_order,
    seeking,
    wording,
)
from techfinder.matching.analysis import analyser

FUNCTIONS = (
    answering.best, counting.counted, inverted.ceilings_of, inverted.laid, inverted.numbers, inverted.text_scores, inverted.together,
    kernel.run, near_words.marked, near_words.near, outlines.inside, outlines.outlined, search_kernel.counts, search_kernel.found,
    search_order.ahead, search_order.exact, seeking.judged, wording.answered,
)  # fmt: skip
READY = tuple(f.nopython_signatures for f in FUNCTIONS)
analyser()


def outdated() -> list[Path]:
    """Compiled functions that are older than one of the kernel's modules: each holds what it calls in the others."""
    here = Path(__file__).parent
    kernels = [path for path in here.glob("*.py") if "@njit" in path.read_text(encoding="utf-8")]
    newest = max(path.stat().st_mtime for path in kernels)
    return [path for path in (here / "__pycache__").glob("*.nb[ci]") if path.stat().st_mtime < newest]


if __name__ == "__main__" and "anew" not in sys.argv and (old := outdated()):
    for compiled in old:
        compiled.unlink(missing_ok=True)
    os.execv(sys.executable, [sys.executable, "-m", "techfinder.matching.compiled", "anew"])  # noqa: S606  (ourselves, anew)
