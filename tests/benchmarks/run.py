"""`make bench`: every measurement that is there, one after the other; exit code 1 when one of them falls short.

SIZES="5000 50000" chooses the numbers of offers; without it each measurement has its own. A measurement is a module beside this one
with `measure(offers: int) -> int`, which prints its figures and returns an exit code; each runs in a process of its own,
so that what one has cached helps no other.

    make bench SIZES="1000000"                          ours alone: peers end at 200,000, Whoosh at 50,000
    make bench SIZES="200000" ENGINES="ours,plain Whoosh"   by name beyond that
"""

import os
import subprocess
import sys

MEASUREMENTS = {"engine": (50_000, 200_000), "searches": (50_000,), "pages": (50_000,)}
MOST = {"searches": 200_000, "pages": 100_000}  # offers, whatever is asked
RUN = "import sys; from tests.benchmarks.{name} import measure; sys.exit(measure({size}))"


def main() -> int:
    """Run them."""
    asked = [int(size) for size in os.environ.get("SIZES", "").replace(",", " ").split()]
    code = 0
    for name, usual in MEASUREMENTS.items():
        for size in [size for size in asked or usual if size <= MOST.get(name, size)]:
            print(f"\n== {name}, {size} offers", flush=True)
            code |= subprocess.run([sys.executable, "-c", RUN.format(name=name, size=size)], check=False).returncode != 0
    return code


if __name__ == "__main__":
    sys.exit(main())
