"""`make bench`: every measurement that is there, one after the other; exit code 1 when one of them falls short.

SIZES="5000 50000" chooses the numbers of offers (50,000 without it); a measurement is a module beside this one with
`measure(offers: int) -> int`, which prints its figures and returns an exit code.
"""

import os
import sys
from importlib import import_module
from importlib.util import find_spec

MEASUREMENTS = ("engine", "pages")


def main() -> int:
    """Run them."""
    sizes = [int(size) for size in os.environ.get("SIZES", "").replace(",", " ").split()] or [50_000]
    code = 0
    for name in MEASUREMENTS:
        if find_spec(f"tests.benchmarks.{name}") is None:
            continue
        measure = import_module(f"tests.benchmarks.{name}").measure
        for size in sizes:
            print(f"\n== {name}, {size} offers", flush=True)
            code |= measure(size)
    return code


if __name__ == "__main__":
    sys.exit(main())
