"""A process that changes an index until it is killed: `python -m tests.matching.crash DIRECTORY FIRST`.

Change number n publishes offer n % 40 with the title "Robot n", or withdraws it when n is a multiple of 7; the number is
printed before the change is applied, so that the test knows what the truth was.
"""

import sys

from techfinder.matching.engine import Engine
from techfinder.matching.values import Corpus, Supply


def truth(no: int) -> Corpus:
    """All offers as of change `no`: what SQL would say."""
    offers: dict[int, Supply] = {}
    for n in range(1, no + 1):
        if n % 7 == 0:
            offers.pop(n % 40, None)
        else:
            offers[n % 40] = Supply(n % 40, 1, f"Robot {n}", "material", 1)
    return Corpus(tuple(offers.values()), (), no)


def catch_up(engine: Engine, no: int) -> None:
    """Lay the changes that the engine lacks over it."""
    now = {s.id: s for s in truth(no).supplies}
    touched = {n % 40 for n in range(engine.no + 1, no + 1)}
    engine.apply(no, supplies=[now[i] for i in touched & now.keys()], gone_supplies=touched - now.keys())


def main() -> None:
    directory, no = sys.argv[1], int(sys.argv[2])
    engine = Engine.open(directory, reload=lambda: truth(no))
    while True:
        catch_up(engine, no)
        engine.compact()
        print(no, flush=True)
        no += 1


if __name__ == "__main__":
    main()
