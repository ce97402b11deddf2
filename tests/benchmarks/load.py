"""`make load`: many people at once, on the real processes; then the database is held against what they were told.

    python -m tests.benchmarks.load [--database sqlite|postgres|both] [--seconds 60] [--rate 80] [--burst 20 --clients 24] [--kill 15]

Four web processes and the worker on a fresh database with the demo data. An open loop: `rate` writes a second begin whether
or not the earlier ones have ended, and a wait counts from the moment at which a person clicked; beside them reads. Then
`clients` that click as fast as they are answered; then half the rate while the worker and a web process are killed.
Exit code 1 when a promise was broken or p99 of the writes is over the target.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from sqlalchemy import func, select

from techfinder.app import create_app
from techfinder.core.clock import now
from techfinder.core.db import db, end_read
from techfinder.core.jobs import LEASE, Job
from tests.benchmarks.actions import Actions
from tests.benchmarks.figures import Clock, percentile, table
from tests.benchmarks.people import everybody_in, read_world
from tests.benchmarks.processes import Site
from tests.benchmarks.verify import violations
from tests.postgres import temporary_server

TARGET_MS = 500
READS_A_SECOND = 20  # beside the forms that are opened to edit
DRAIN_S = 90


async def open_loop(actions: Actions, seconds: float, rate: float, reads: float) -> None:
    """Clicks at random moments, `rate` writes and `reads` reads a second."""
    order, tasks = random.Random(1), set()
    began = time.perf_counter()
    moment = 0.0
    while moment < seconds:
        moment += order.expovariate(rate + reads)
        wait = began + moment - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        act = actions.any_write if order.random() * (rate + reads) < rate else actions.any_read
        task = asyncio.ensure_future(act(began + moment))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)


async def warm_up(actions: Actions, seconds: float = 10) -> None:
    """Every process has opened its index and every page once before anything is measured."""
    for _ in range(8):
        await asyncio.gather(*(actions.search(time.perf_counter()) for _ in range(16)))
    end = time.perf_counter() + seconds

    async def one() -> None:
        while time.perf_counter() < end:
            await actions.any_read(time.perf_counter())
            await actions.any_write(time.perf_counter())

    await asyncio.gather(*(one() for _ in range(8)))


async def closed_loop(actions: Actions, seconds: float, clients: int) -> None:
    """Everybody clicks again as soon as there is an answer."""
    end = time.perf_counter() + seconds

    async def one() -> None:
        while time.perf_counter() < end:
            await actions.any_write(time.perf_counter())

    await asyncio.gather(*(one() for _ in range(clients)))


async def killing(site: Site, seconds: float) -> None:
    """Twice in this time: the worker is gone for a second, and one web process falls."""
    for _ in range(2):
        await asyncio.sleep(seconds / 5)
        site.kill_worker()
        await asyncio.sleep(1)
        site.start_worker()
        await asyncio.sleep(seconds / 5 - 1)
        site.kill_one_web_process()


def report(title: str, clock: Clock, seconds: float) -> float:
    """Print a phase; returns p99 of its writes in ms."""
    writes = clock.all(name for name in clock.times if name.startswith("write"))
    reads = clock.all(name for name in clock.times if name.startswith("read"))
    print(f"\n{title}: {len(writes) / seconds:.0f} writes and {len(reads) / seconds:.0f} reads a second")
    print(table(clock.rows()))
    for name, times in (("writes", writes), ("reads", reads)):
        print(f"  {name:7}" + "  ".join(f"p{share * 100:.0f} {percentile(times, share):.0f} ms" for share in (0.5, 0.95, 0.99)))
    return percentile(writes, 0.99)


def cores(before: dict[str, float], after: dict[str, float], seconds: float) -> str:
    """How many cores each took meanwhile; what is neither ours nor idle is noise."""
    used = {name: (after[name] - before[name]) / seconds for name in before}
    ours = {name: share for name, share in used.items() if name != "machine"}
    shares = [f"{name} {share:.2f}" for name, share in ours.items()]
    return "cores: " + ", ".join(shares) + f", others {used['machine'] - sum(ours.values()):.2f}"


def drain(lease: bool) -> tuple[int, float]:
    """Wait until no job is due; returns how many are left, and the seconds it took. `lease`: a killed worker's lease may run."""
    began = time.monotonic()
    limit = DRAIN_S + (LEASE.total_seconds() if lease else 0)
    while True:
        end_read()
        left = db.session.scalar(select(func.count()).select_from(Job).where(Job.run_at <= now())) or 0
        if not left or time.monotonic() - began > limit:
            return left, time.monotonic() - began
        time.sleep(0.5)


async def phases(actions: Actions, site: Site, chosen: argparse.Namespace) -> float:
    """Everything people do; returns p99 of the writes in the first phase."""
    await everybody_in(actions.world, site.port)
    await actions.open_guests()
    await warm_up(actions)
    actions.clock, before, began = Clock(), site.cpu(), time.perf_counter()
    await open_loop(actions, chosen.seconds, chosen.rate, READS_A_SECOND)
    p99 = report(f"{chosen.rate:.0f} writes a second for {chosen.seconds:.0f} s", actions.clock, chosen.seconds)
    print("  " + cores(before, site.cpu(), time.perf_counter() - began))
    if chosen.burst:
        actions.clock = Clock()
        await closed_loop(actions, chosen.burst, chosen.clients)
        report(f"{chosen.clients} clients as fast as they can for {chosen.burst:.0f} s", actions.clock, chosen.burst)
    if chosen.kill:
        actions.clock = Clock()
        await asyncio.gather(open_loop(actions, chosen.kill, chosen.rate / 2, 10), killing(site, chosen.kill))
        report(f"killed and started again, {chosen.kill:.0f} s", actions.clock, chosen.kill)
    return p99


def measure(name: str, url: str, folder: Path, chosen: argparse.Namespace) -> bool:
    """One database; returns whether everything held."""
    print(f"\n== {name}", flush=True)
    with Site(folder, url, port=chosen.port, workers=chosen.workers) as site:
        site.command("db", "upgrade")
        site.command("demo", "load", DEMO="1")
        app = create_app(site.settings)
        site.start()
        with app.app_context():
            world = read_world(chosen.seed)
            end_read()
            actions = Actions(world, site.port, chosen.seed)
            p99 = asyncio.run(phases(actions, site, chosen))
            left, took = drain(bool(chosen.kill))
            memory = site.memory()
            site.stop()
            found = violations(actions.told, folder / "mail")
            end_read()
            db.engine.dispose()
        told = actions.told
        print(f"\nmails all sent {took:.0f} s after the last click; {left} jobs left; {told.conflicts} conflicts answered as such; "
              f"{len(told.messages)} messages, {sum(map(len, told.saves.values()))} saves, {sum(map(len, told.edits.values()))} edits held "
              "against the database")  # fmt: skip
        print("memory (PSS, MB): " + ", ".join(f"{who} {mb:.0f}" for who, mb in memory.items()))
        found += [f"in the log: {line}" for line in site.trouble()[:10]]
        if p99 > TARGET_MS:
            found.append(f"p99 of the writes is {p99:.0f} ms, more than {TARGET_MS} ms")
        for sentence in found:
            print("BROKEN: " + sentence)
        print(f"== {name}: " + ("FAILED" if found else "all held"), flush=True)
        return not found


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    for option, usual in (("seconds", 60), ("rate", 80), ("burst", 20), ("kill", 15)):
        parser.add_argument(f"--{option}", type=float, default=usual)
    for option, whole in (("clients", 24), ("workers", 4), ("port", 8120), ("seed", 7)):
        parser.add_argument(f"--{option}", type=int, default=whole)
    chosen = parser.parse_args()
    held = True
    with tempfile.TemporaryDirectory(prefix="techfinder-load-") as name:
        folder = Path(name)
        if chosen.database in ("sqlite", "both"):
            held &= measure("SQLite", "", folder / "sqlite", chosen)
        server = temporary_server(durable=True) if chosen.database in ("postgres", "both") else nullcontext("")
        with server as url:
            if url is None:
                print("PostgreSQL is not on this machine: left out.")
            elif url:
                held &= measure("PostgreSQL", url, folder / "postgres", chosen)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
