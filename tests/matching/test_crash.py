"""The indexer killed at any moment: what is found afterwards equals what is published, without a manual step."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime

from techfinder.matching.engine import Engine
from techfinder.matching.values import Need
from tests.matching.crash import catch_up, truth

KILLS = int(os.environ.get("KILLS", "3"))
AT = datetime(2026, 11, 21)


def test_killing_the_indexer_loses_and_shows_nothing_wrong(tmp_path):
    chance, no = random.Random(1), 1
    for _ in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.matching.crash", str(tmp_path), str(no)], stdout=subprocess.PIPE, text=True
        )
        first = int(writer.stdout.readline())
        time.sleep(chance.random() * 0.3)
        os.kill(writer.pid, signal.SIGKILL)
        no = max([first, *(int(line) for line in writer.stdout.read().split("\n")[:-1] if line)])
        writer.wait()
        known = no
        reader = Engine.open(tmp_path, reload=lambda known=known: truth(known))
        assert reader.no >= known - 1
        no = max(known, reader.no)
        catch_up(reader, no)
        found = reader.suggest(Need(1, 1, "robot", 1), AT, 50)
        assert {s.id for s in found.fits} == {s.id for s in truth(no).supplies}
        assert reader.status().quarantined == ()
        no += 1


def test_two_indexers_started_by_mistake_take_turns(tmp_path):
    one, other = Engine.open(tmp_path, reload=lambda: truth(3)), Engine.open(tmp_path, reload=lambda: truth(3))
    with one._generations.writing():
        assert other.compact() is False
    assert other.compact()
    assert one.refresh()
