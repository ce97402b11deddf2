"""`index` and `suggest`: looking after the index, and measuring what it finds."""

import shutil
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from techfinder.core.changes import current_no
from techfinder.core.clock import now
from techfinder.core.db import reading
from techfinder.discovery.engine import finder
from techfinder.discovery.tending import noted
from techfinder.matching.engine import Engine
from techfinder.matching.values import Suggestion
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from techfinder.support_requests.documents import need
from techfinder.support_requests.models import SupportRequest

index = AppGroup("index", help="The search index of this machine.")
suggest = AppGroup("suggest", help="Suggestions over all open requests.")


@index.command("status")
def status() -> None:
    """Generation, lag, size and what was put aside as damaged. Builds nothing."""
    found = finder().looked_at()
    if found is None:
        click.echo(f"no generation can be used; answers come from SQL until the worker has built one. {noted(finder())}".strip())
        raise SystemExit(1)
    s, newest = found.status(), current_no()
    click.echo(f"generation {s.generation or 'none'} as of change {s.generation_no}, {s.bytes / 1e6:.1f} MB")
    click.echo(
        f"{s.supplies} offers, {s.needs} requests; the log is at change {newest}: {newest - s.generation_no} after the generation, "
        f"{s.overlay} things lie over it, {newest - s.no} changes behind"
    )
    click.echo("put aside: " + (", ".join(s.quarantined) or "nothing"))
    if problem := noted(finder()) or s.problem:
        click.echo(f"problem: {problem}")
        raise SystemExit(1)


def _say(made: Engine) -> None:
    s = made.status()
    if s.generation is None:
        raise click.ClickException(f"no generation was written: {s.problem}")
    click.echo(f"{s.supplies} offers and {s.needs} requests in generation {s.generation}")


@index.command("rebuild")
def rebuild() -> None:
    """Read everything again and write a new generation; running processes take it up by themselves."""
    _say(finder().rebuild())


@index.command("repair")
def repair() -> None:
    """Throw the folder away and begin anew; answers keep coming meanwhile."""
    finder().forget()
    shutil.rmtree(finder().directory, ignore_errors=True)
    _say(finder().engine(at_once=True))


def _run_lines(request_ref: str, ranked: list[Suggestion], refs: dict[int, str]) -> list[str]:
    """TREC lines; the order is the suggestions' own, so a score never rises along it (fairness may have moved one down)."""
    lines, low = [], float("inf")
    for rank, item in enumerate(ranked, 1):
        low = min(low - 1e-9, item.score)
        lines.append(f"{request_ref} Q0 {refs.get(item.id, str(item.id))} {rank} {low:.9f} techfinder")
    return lines


@suggest.command("export")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The TREC run file to write.")
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Suggestions for each request.")
@click.option("--text-only", is_flag=True, help="Text ranking alone: no filter, no distance.")
def export(out: Path, top: int, text_only: bool) -> None:
    """Write what is suggested for every open request: `request Q0 offer rank score techfinder`."""
    finding, at, lines = finder().engine(at_once=True), now(), []
    with reading() as session:
        imported = session.execute(select(Offer.id, Offer.source_id).where(Offer.source_id.is_not(None)))
        refs = {ident: str(ref) for ident, ref in imported}
        rows = session.execute(
            select(SupportRequest, Organisation).join(Organisation, Organisation.id == SupportRequest.organisation_id)
            .where(SupportRequest.state == "open").order_by(SupportRequest.id)
        )
        for request, school in rows:
            asked = need(request, school)
            ranked = finding.rank_text(asked, top) if text_only else finding.suggest(asked, at, top).fits
            lines += _run_lines(request.source_id or str(request.id), list(ranked), refs)
    try:
        out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"{len(lines)} lines in {out}")
