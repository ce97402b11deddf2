"""One mark for everything that shapes what is in an index, so that a change of it rebuilds every index by itself."""

from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
LIBRARIES = ("simplemma", "PyStemmer")
ONLY_ANSWERING = {  # modules that read an index and put nothing into it; every other one counts
    "adding.py", "addresses.py", "answering.py", "bitsets.py", "blend.py", "bounding.py", "brief.py", "checks.py", "compiled.py",
    "compiling.py", "counting.py", "engine.py", "explain.py", "facets.py", "fast.py", "filters.py", "fingerprint.py", "finishing.py",
    "fitting.py", "generations.py", "indexer.py", "judging.py", "keeper.py", "kernel.py", "lending.py", "matcher.py", "merging.py",
    "pairs.py", "phrasebook.py", "ranking.py", "search.py", "search_kernel.py", "search_order.py", "search_words.py", "seeking.py",
    "shared.py", "spelling.py", "suggestions.py", "windows.py", "wording.py",
}  # fmt: skip


def shaping() -> list[Path]:
    """The files of which an index is the outcome: lists of words, thesaurus, and the code from text to array to disk."""
    modules = [path for path in HERE.glob("*.py") if path.name not in ONLY_ANSWERING]
    names = HERE.parent / "geo" / "data" / "places.csv"  # of places: they are not taken apart
    return sorted([*modules, *(HERE / "data").glob("*.txt"), names])


def digest_of(paths: list[Path]) -> str:
    """32 hexadecimal digits of the names and contents of these files, and of the versions of the libraries."""
    digest = blake2b(digest_size=16)
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    for path in paths:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.name} {len(content)}\0".encode() + content)
    return digest.hexdigest()


@cache
def fingerprint() -> str:
    """The mark of this process's code and data: an index with another one is rebuilt, never read.

    A comment changes it too: a rebuild too many costs seconds, one too few costs wrong answers.
    """
    return digest_of(shaping())
