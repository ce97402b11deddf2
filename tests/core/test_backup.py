"""A backup holds everything, and restores into an empty database."""

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from techfinder.core import backup as b
from techfinder.core.db import Base, db, transaction
from techfinder.core.files import path_of, store_file
from techfinder.offers import service
from techfinder.offers.models import Offer
from tests import factories as f


def test_what_was_backed_up_comes_back_whole(app, tmp_path):
    land = f.region()
    f.region(parent=land, municipality="Helmond")
    company = f.company(region_id=land.id)
    offer = f.offer(company, themes=["robots", "water"], period_from=f.date(2027, 1, 1))
    person = f.actor_of(f.member(company))
    with transaction():
        service.edit_published(person, offer.id)
    before = {t.name: db.session.scalar(select(func.count()).select_from(t)) for t in Base.metadata.sorted_tables}
    rows = b.backup(tmp_path / "x.tar.gz")
    with pytest.raises(b.BackupError, match="not empty"):
        b.restore(tmp_path / "x.tar.gz")
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    assert b.restore(tmp_path / "x.tar.gz") == rows
    after = {t.name: db.session.scalar(select(func.count()).select_from(t)) for t in Base.metadata.sorted_tables}
    assert after == before
    again = db.session.get(Offer, offer.id)
    assert (again.themes, again.published_at, again.period_from) == (["robots", "water"], offer.published_at, f.date(2027, 1, 1))
    assert db.session.scalar(select(Offer.replaces_id).where(Offer.replaces_id.is_not(None))) == offer.id
    assert f.offer(company).id not in {offer.id, offer.id + 1}


def test_files_come_back_and_nothing_else_of_an_archive_reaches_the_disk(app, tmp_path):
    folder = Path(app.config["SETTINGS"].data_dir)
    with app.app_context(), transaction():
        row = store_file(BytesIO(b"%PDF-1.7 een les"), "les.pdf", "material")
        stored = path_of(row.sha256)
    odd = folder / "files" / "elders.txt"
    odd.write_text("niet van ons")
    b.backup(tmp_path / "x.tar.gz")
    stored.unlink()
    odd.unlink()
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    b.restore(tmp_path / "x.tar.gz")
    assert stored.read_bytes() == b"%PDF-1.7 een les" and not odd.exists()


@pytest.mark.parametrize("damage", ["cut", "empty", "other"])
def test_a_file_that_is_no_backup_is_refused_in_words(app, tmp_path, damage):
    path = tmp_path / "x.tar.gz"
    b.backup(path)
    assert path.stat().st_mode & 0o077 == 0, "only for whoever made it"
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "other": b"id;titel\n"}[damage])
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    with pytest.raises(b.BackupError, match="no backup of ours"):
        b.restore(path)


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(app, tmp_path):
    with pytest.raises(b.BackupError, match="cannot be written"):
        b.backup(tmp_path / "nowhere" / "x.tar.gz")
    (tmp_path / "x").write_text("mine")
    with pytest.raises(b.BackupError, match="exists already"):
        b.backup(tmp_path / "x")
    assert (tmp_path / "x").read_text() == "mine"
