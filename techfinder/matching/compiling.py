"""`python -m techfinder.matching.compiling`: make kernels and lexicon once, at set-up, so that no process does while it serves.

Only functions whose signature is stated are kept, each with what it calls in it: where two processes keep the same one, they keep
the same. The kernel of `suggest` takes as long as all others together.
"""

import subprocess
import sys
from pathlib import Path

BESIDE_EACH_OTHER = (
    "import techfinder.matching.wording",
    "from techfinder.matching import answering, counting, lending, near_words, outlines, search_kernel, search_order, seeking\n"
    "from techfinder.matching.analysis import analyser\nanalyser()",
)


def outdated() -> list[Path]:
    """Compiled functions that are older than one of the kernel's modules: each holds what it calls in the others."""
    here = Path(__file__).parent
    kernels = [path for path in here.glob("*.py") if "@njit" in path.read_text(encoding="utf-8") and path.name != Path(__file__).name]
    newest = max(path.stat().st_mtime for path in kernels)
    return [path for path in (here / "__pycache__").glob("*.nb[ci]") if path.stat().st_mtime < newest]


def main() -> int:
    """0 when all was made."""
    for old in outdated():
        old.unlink(missing_ok=True)
    running = [subprocess.Popen([sys.executable, "-c", words]) for words in BESIDE_EACH_OTHER]
    return max([process.wait() for process in running])


if __name__ == "__main__":
    sys.exit(main())
