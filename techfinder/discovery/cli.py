"""`index` and `suggest`: looking after the index, and measuring what it finds."""

import shutil
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from techfinder.core.clock import now
from techfinder.core.db import reading
from techfinder.discovery.engine import engine, finder
from techfinder.matching.values import Suggestion
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from techfinder.support_requests.documents import need
from techfinder.support_requests.models import SupportRequest

index = AppGroup("index", help="The search index of this machine.")
suggest = AppGroup("suggest", help="Suggestions over all open requests.")


@index.command("status")
def status() -> None:
    """Generation, lag, size and what was put aside as damaged."""
    s = engine().status()
    click.echo(f"generation {s.generation or 'none'} as of change {s.generation_no}, {s.bytes / 1e6:.1f} MB")
    click.echo(f"{s.supplies} offers, {s.needs} requests, answers as of change {s.no}, {s.overlay} changed since the generation")
    click.echo("put aside: " + (", ".join(s.quarantined) or "nothing"))
    if s.problem:
        click.echo(f"problem: {s.problem}")
        raise SystemExit(1)


@index.command("rebuild")
def rebuild() -> None:
    """Read everything again and write a new generation; running processes take it up by themselves."""
    s = finder().rebuild().status()
    click.echo(f"{s.supplies} offers and {s.needs} requests in generation {s.generation}")


@index.command("repair")
def repair() -> None:
    """Throw the folder away and begin anew; answers keep coming meanwhile."""
    finder().forget()
    shutil.rmtree(finder().directory, ignore_errors=True)
    s = engine(at_once=True).status()
    click.echo(f"{s.supplies} offers and {s.needs} requests in generation {s.generation}")


def _run_lines(request_ref: str, ranked: list[Suggestion], refs: dict[int, str]) -> list[str]:
    """TREC lines; the order is the suggestions' own, so a score never rises along it (fairness may have moved one down)."""
    lines, low = [], float("inf")
    for rank, item in enumerate(ranked, 1):
        low = min(low - 1e-9, item.score)
        lines.append(f"{request_ref} Q0 {refs.get(item.id, str(item.id))} {rank} {low:.9f} techfinder")
    return lines


@suggest.command("export")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The TREC run file to write.")
@click.option("--top", default=20, show_default=True, help="Suggestions for each request.")
@click.option("--text-only", is_flag=True, help="Text ranking alone: no filter, no distance.")
def export(out: Path, top: int, text_only: bool) -> None:
    """Write what is suggested for every open request: `request Q0 offer rank score techfinder`."""
    finding, at, lines = engine(at_once=True), now(), []
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
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    click.echo(f"{len(lines)} lines in {out}")
