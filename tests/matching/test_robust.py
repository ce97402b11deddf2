"""Harm while serving, a full disk, two indexers, a fork: answers stay right, and what is wrong is made good."""

import errno
import os
import signal
import threading
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from techfinder.matching import checks
from techfinder.matching.engine import Engine
from techfinder.matching.generations import Busy
from techfinder.matching.values import Corpus, Need, Point, Supply

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
NEED = Need(1, 9_000, "Een les over robots", 0b0100, lat=51.48, lon=5.66)


def offer(ident, title="Robots programmeren"):
    return Supply(ident, ident, title, "guest_lesson", 0b1100, points=(Point(ident * 10, 51.48, 5.66, 25.0),))


def corpus(*idents, no=1):
    return Corpus(tuple(offer(i) for i in idents), (), no)


def found(engine):
    return [(s.id, [w.found for w in s.words]) for s in engine.suggest(NEED, AT).fits]


def harm(folder, pattern, change):
    for path in folder.rglob(pattern):
        data = bytearray(path.read_bytes())
        change(data)
        path.write_bytes(data)  # in place: who has the file open reads this


def scramble(data):
    """Silent harm: as long as it was, still texts, with another word in them."""
    data[:] = data.replace(b"Robots", b"Kanons")


def zero(data):
    data[:] = bytes(len(data))


@pytest.mark.parametrize("change", [scramble, zero, lambda data: data.clear()])
def test_documents_harmed_while_serving_are_read_again_from_the_truth(tmp_path, change):
    Engine.open(tmp_path).build([offer(1), offer(2)], [], 1)
    asked = []
    engine = Engine(tmp_path, again=lambda is_supply, ident: asked.append((is_supply, ident)) or offer(ident))
    assert engine.take()
    before = found(engine)
    harm(tmp_path, "supplies.docs", change)
    assert found(engine) == before and before[0][1] == ["robots"]
    assert (True, 1) in asked


def test_silent_harm_is_noticed_put_aside_and_mended(tmp_path, monkeypatch):
    Engine.open(tmp_path).build([offer(1)], [], 1)
    engine = Engine(tmp_path, lambda: corpus(1, 2, no=2))
    assert engine.take() and engine.sound()
    path = next(tmp_path.glob("g*/supplies.pack"))
    stat, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # size and date say nothing
    assert engine.sound()
    monkeypatch.setattr(checks, "READ_AGAIN_S", 0.0)
    assert not engine.sound()
    assert engine.mend() and engine.sound()
    assert [i for i, _ in found(engine)] == [1, 2]
    assert engine.status().quarantined and engine.status().problem is None


def test_a_pointer_that_was_lost_is_written_again(tmp_path):
    engine = Engine.open(tmp_path)
    engine.build([offer(1)], [], 1)
    (tmp_path / "current").write_text("{}")
    engine.build([offer(1)], [], 2)
    (tmp_path / "current").write_text('{"generation": "g000001"}')
    assert not engine.sound()
    assert engine.mend() and engine.sound() and engine.generation == "g000002"


def test_an_older_generation_does_not_pretend_to_hold_what_the_newer_did(tmp_path):
    writer = Engine.open(tmp_path)
    writer.build([offer(1)], [], 1)
    engine = Engine.open(tmp_path)
    writer.build([offer(1), offer(2)], [], 5)
    engine.refresh()
    engine.apply(7, gone_supplies=[1])
    assert engine.no == 7
    harm(tmp_path / "g000002", "supplies.docs", zero)
    engine.suggest(NEED, AT)
    assert engine.no == 1  # its owner hands over all since
    engine.apply(7, [offer(2)], gone_supplies=[1])
    assert [i for i, _ in found(engine)] == [2]


def test_a_full_disk_leaves_answers_in_memory_and_heals(tmp_path, monkeypatch):
    engine = Engine.open(tmp_path, lambda: corpus(1))
    engine.apply(2, [offer(2)])

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        assert engine.compact() is False
        assert "No space left" in engine.status().problem
        assert [i for i, _ in found(engine)] == [1, 2]
        assert engine.sound()  # what is there is whole
    assert engine.compact() and engine.status().problem is None
    assert [i for i, _ in found(Engine.open(tmp_path))] == [1, 2]


def test_a_disk_that_is_full_when_the_index_is_made_keeps_it_in_memory_until_there_is_room(tmp_path, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
        engine = Engine.open(tmp_path, lambda: corpus(1))
        assert found(engine) and not engine.sound() and engine.mend() is False
    assert engine.mend() and engine.sound()


def test_a_disk_without_room_is_told_by_every_process_that_looks(tmp_path, monkeypatch):
    engine = Engine.open(tmp_path, lambda: corpus(1))
    assert engine.status().problem is None
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=4_096))
    assert "no room on the disk" in Engine.open(tmp_path).status().problem
    engine.apply(2, [offer(2)])
    assert engine.compact() is False and [i for i, _ in found(engine)] == [1, 2]


def test_who_waited_for_a_lock_that_was_deleted_takes_the_new_one(tmp_path):
    first, other = Engine.open(tmp_path, lambda: corpus(1)), Engine.open(tmp_path, lambda: corpus(1))
    order = []

    def wait():
        with other._generations.writing(wait=True):
            with pytest.raises(Busy), Engine(tmp_path)._generations.writing():
                order.append("a third at the same time")
            order.append("other")

    with first._generations.writing():
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(0.2)
        (tmp_path / "lock").unlink()
        (tmp_path / "lock").touch()
        order.append("first")
    waiting.join(5)
    assert order == ["first", "other"]


def test_of_two_that_build_one_builds_and_the_other_takes_it_up(tmp_path):
    built = []

    def truth():
        built.append(1)
        return corpus(1)

    first, other = Engine(tmp_path, truth), Engine(tmp_path, truth)
    with first._generations.writing():
        assert other.build_once(wait=False) is False
    assert first.build_once() and other.build_once()
    assert built == [1] and found(other) == found(first)


def test_a_generation_that_cannot_be_opened_for_want_of_handles_is_not_put_aside(tmp_path, monkeypatch):
    Engine.open(tmp_path).build([offer(1)], [], 1)
    with monkeypatch.context() as broken:
        broken.setattr("builtins.open", lambda *a, **k: (_ for _ in ()).throw(OSError(errno.EMFILE, "Too many open files")))
        assert Engine(tmp_path).take() is False
    assert Engine(tmp_path).take()


def test_a_child_forked_in_the_middle_of_a_change_answers(tmp_path):
    """Whoever holds the parent's lock is not in the child."""
    engine = Engine.open(tmp_path, lambda: corpus(1, 2))
    expected = found(engine)
    held, done = threading.Event(), threading.Event()

    def hold():
        with engine._changing:
            held.set()
            done.wait(20)

    threading.Thread(target=hold).start()
    held.wait(5)
    child = os.fork()
    if not child:
        signal.alarm(10)  # a child that hangs dies
        engine.apply(2, [offer(3)])
        os._exit(0 if [i for i, _ in found(engine)] == [1, 2, 3] and engine.compact() else 1)
    _, status = os.waitpid(child, 0)
    done.set()
    assert os.waitstatus_to_exitcode(status) == 0
    assert found(engine) == expected
    assert engine.refresh() and [i for i, _ in found(engine)] == [1, 2, 3]

