"""Schools from DUO: our extract and DUO's own files, once and again, through the command."""

import csv

import pytest
from sqlalchemy import func, select

from techfinder.core.db import db, transaction
from techfinder.core.errors import NotAllowed, NotVisible, RuleBroken
from techfinder.exchange.tables import UnreadableTable, read_table
from techfinder.organisations.models import Organisation
from techfinder.organisations.queries import find_schools
from techfinder.organisations.service import edit_organisation, invite, join
from techfinder.organisations.service.edit import Changes
from techfinder.support_requests import service as requests
from techfinder.support_requests.queries import schools_of
from tests import factories

pytestmark = pytest.mark.usefixtures("app")
EXTRACT = (
    "naam;type;denominatie;internetadres;straat;huisnummer;huisletter;huisnummertoevoeging;postcode;plaats;gemeente;provincie;"
    "brin_nummer;vestigingscode;onderwijsgebied;leerlingen;lat;lon\n"
    "Aida;basisschool;Islamitisch; ;Elboogstraat;68;;;2516PV;'s-Gravenhage;S GRAVENHAGE;Zuid-Holland;32DD;32DD00;NZH;;52.066957;4.33223\n"
    "De Kleine Beer;basisschool;Openbaar;www.kleinebeer.example;Markt;1;a;2;5701AB;Helmond;HELMOND;Noord-Brabant;01AA;01AA00;ZO;190;51.48;5.66\n"
    "De Kleine Beer;SBAO;Openbaar; ;Markt;1;a;2;5701AB;Helmond;HELMOND;Noord-Brabant;01AA;01AA00;ZO;200;51.49;5.67\n"
    "Zonder code;basisschool;;;;;;;5701AB;Helmond;HELMOND;Noord-Brabant;;;;;51.48;5.66\n"
    "It Skoalke;basisschool;; ;Buorren;3;;;9001AA;Grou;LEEUWARDEN;Friesland;02BB;02BB00;FR;80;;\n"
)
VO_HEADER = (
    "PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;STRAATNAAM;HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;"
    "GEMEENTENUMMER;GEMEENTENAAM;DENOMINATIE;TELEFOONNUMMER;INTERNETADRES;ONDERWIJSSTRUCTUUR;VAKANTIEREGIO\n"
)
VO_ROW = "Drenthe;41000;03CC;03CC01;Lyceum Oude Coöperatie;Groeneweg;5 B;9406 NN;ASSEN;106;ASSEN;Openbaar;0592123456; ;HAVO/VWO;Noord\n"


@pytest.fixture
def run(app, tmp_path):
    """Import a text as a file; the command's answer."""

    def run(text, *options, encoding="utf-8", name="scholen.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        result = app.test_cli_runner().invoke(args=["import", "duo", str(path), *options])
        db.session.expire_all()
        return result

    return run


def school(brin):
    db.session.expire_all()
    return db.session.scalars(select(Organisation).where(Organisation.brin == brin)).one()


def test_the_extract_is_read_merged_and_refused_with_the_row_that_it_is_about(run):
    region = factories.region(municipality="'s-Gravenhage")
    answer = run(EXTRACT)
    assert answer.exit_code == 0, answer.output
    assert "5 rows: 3 new, 0 changed, 0 unchanged, 1 merged, 1 refused" in answer.output
    assert "row 4: 01AA00 De Kleine Beer: merged, same code as row 3" in answer.output
    assert "row 5:" in answer.output and "no vestigingscode" in answer.output
    beer, aida = school("01AA00"), school("32DD00")
    assert (beer.postcode, beer.street, beer.website, beer.pupils) == ("5701 AB", "Markt 1a 2", "https://www.kleinebeer.example", 200)
    assert (beer.state, beer.claimed, beer.source, beer.sector, beer.holiday_region) == ("approved", False, "duo", "po", "zuid")
    assert beer.school_type == "basisschool/SBAO" and (beer.lat, beer.lon) == (51.48, 5.66)
    assert (aida.municipality, aida.website, aida.pupils, aida.region_id) == ("'s-Gravenhage", "", None, region.id)
    skoalke = school("02BB00")
    assert skoalke.province == "Fryslân" and skoalke.lat and skoalke.place == "Grou", "placed by the gazetteer"


def test_a_second_run_makes_nothing_and_changes_nothing(run):
    run(EXTRACT)
    versions = db.session.scalars(select(Organisation.version)).all()
    answer = run(EXTRACT)
    assert "0 new, 0 changed, 3 unchanged, 1 merged, 1 refused" in answer.output
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 3
    assert db.session.scalars(select(Organisation.version)).all() == versions


def test_a_dry_run_writes_nothing(run):
    assert "3 new" in run(EXTRACT, "--dry-run").output
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 0


def test_what_changed_is_taken_over_but_what_the_school_edited_stays(run):
    run(EXTRACT)
    owner = factories.member(school("01AA00"))
    with transaction():
        edit_organisation(
            factories.actor_of(owner), school("01AA00").id, Changes(about="Wij zijn de Beer.", website="beer.example", postcode="9711 AA")
        )
    answer = run(EXTRACT.replace("De Kleine Beer", "De Grote Beer").replace("www.kleinebeer", "www.grotebeer"))
    assert "row 3: 01AA00 De Grote Beer: changed, name" in answer.output
    beer = school("01AA00")
    assert (beer.name, beer.name_key) == ("De Grote Beer", "de grote beer")
    assert (beer.about, beer.website, beer.place) == ("Wij zijn de Beer.", "https://beer.example", "Groningen")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (VO_HEADER + VO_ROW, "cp1252"),
        ((VO_HEADER + VO_ROW).replace(";", ","), "utf-8-sig"),
        ((VO_HEADER + VO_ROW).replace("INSTELLINGSCODE;VESTIGINGSCODE", "BRIN NUMMER;VESTIGINGSNUMMER"), "cp1252"),
        ((VO_HEADER + VO_ROW).replace("INSTELLINGSCODE;VESTIGINGSCODE", "BRIN NUMMER;VESTIGINGSNUMMER").replace("03CC01", "1"), "cp1252"),
        ((VO_HEADER + VO_ROW).replace(";VAKANTIEREGIO", "").replace(";Noord\n", "\n"), "cp1252"),
    ],
    ids=["windows-1252", "comma with a byte order mark", "older names", "older names and split code", "without holiday region"],
)  # fmt: skip
def test_duos_own_files_are_read_old_and_new(run, text, encoding):
    assert "1 new" in run(text, encoding=encoding).output
    row = school("03CC01")
    assert (row.name, row.street, row.postcode, row.place) == ("Lyceum Oude Coöperatie", "Groeneweg 5 B", "9406 NN", "Assen")
    assert (row.municipality, row.province, row.holiday_region, row.sector) == ("Assen", "Drenthe", "noord", "vo")
    assert 52.9 < row.lat < 53.1 and row.website == "" and row.levels


def test_a_file_without_coordinates_leaves_the_better_ones(run):
    run(EXTRACT)
    lines = (VO_HEADER + VO_ROW).replace("03CC01", "01AA00").replace("9406 NN;ASSEN;106;ASSEN", "5701 AB;HELMOND;794;HELMOND")
    run(lines)
    assert (school("01AA00").lat, school("01AA00").lon) == (51.48, 5.66)


def test_a_school_that_a_teacher_added_gets_its_code_and_no_twin(run):
    added = factories.school(name="De Kleine Beer", name_key="de kleine beer", postcode="5701 AB", source="registered")
    run(EXTRACT)
    assert school("01AA00").id == added.id and school("01AA00").claimed


def _register(codes, header=EXTRACT.splitlines()[0]):
    return "\n".join([header, *(f"School {c};{kind};;;Markt;1;;;5701AB;Helmond;HELMOND;Noord-Brabant;{c[:4]};{c};;;51.48;5.66" for c, kind in codes)])


PO, SBO, VO = ([(f"{n:02d}{part}00", kind) for n in range(1, 41)] for part, kind in (("AA", "basisschool"), ("BB", "SBAO"), ("CC", "HAVO/VWO")))


def test_a_school_that_is_gone_from_the_register_is_reported_and_closed_only_when_asked(run):
    run(_register(PO + SBO + VO))
    gone, owner = school("07AA00"), factories.member(school("07AA00"))
    with transaction():
        gone.claimed = True
    request = factories.support_request(gone, owner, state="draft", published_at=None)
    rest = _register([one for one in PO if one[0] != gone.brin])  # neither sbo nor vo: the file says nothing about those
    answer = run(rest)
    assert "39 rows: 0 new" in answer.output and "07AA00 School 07AA00: missing, not in this file; people work here" in answer.output
    assert "1 missing" in answer.output and school("07AA00").closed_at is None
    assert "1 closed" in run(rest, "--close-missing", "--dry-run").output and school("07AA00").closed_at is None
    assert "1 closed" in run(rest, "--close-missing").output and school("07AA00").closed_at is not None
    assert "missing" not in run(rest).output, "told once"
    me, other = factories.actor_of(owner), factories.actor_of(factories.user())
    assert find_schools("School 07AA00") == [] and schools_of(me) == []
    for refused, use_case in (
        (RuleBroken, lambda: requests.create(me, gone.id, {"description": "Robots", "levels": 1})),
        (RuleBroken, lambda: requests.publish(me, request.id)), (NotVisible, lambda: join(other, gone.id)),
        (NotAllowed, lambda: invite(me, gone.id, "een.ander@school.example")),
    ):  # fmt: skip
        with transaction(), pytest.raises(refused):
            use_case()
    assert "07AA00 School 07AA00: changed, open again" in run(_register(PO)).output and school("07AA00").closed_at is None


def test_a_file_that_would_close_many_schools_closes_none(run):
    run(_register(PO))
    answer = run(_register(PO[3:]) + "\n", "--close-missing")
    assert answer.exit_code == 1 and "3 of 40 po locations are not in this file, more than 5 %: nothing was written" in answer.output
    assert db.session.scalar(select(func.count()).where(Organisation.closed_at.is_not(None))) == 0
    assert "3 closed" in run(_register(PO[3:]), "--close-missing", "--close-at-most", "10").output


def test_a_row_that_cannot_be_read_is_not_absent(run):
    run(_register(PO))
    broken = _register(PO).replace("School 07AA00", "")
    answer = run(broken, "--close-missing")
    assert "1 refused" in answer.output and "closed" not in answer.output and school("07AA00").closed_at is None


def test_the_report_holds_every_row(run, tmp_path):
    run(EXTRACT, "--report", str(tmp_path / "report.csv"))
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [(r["row"], r["result"]) for r in rows] == [("2", "new"), ("3", "new"), ("4", "merged"), ("5", "refused"), ("6", "new")]


def test_a_file_that_is_no_list_of_schools_says_which_column_it_lacks(run, tmp_path):
    answer = run("a;b\n1;2\n")
    assert answer.exit_code == 1 and "no column brin" in answer.output
    with pytest.raises(UnreadableTable, match="is empty"):
        empty = tmp_path / "leeg.csv"
        empty.write_bytes(b"\n\n")
        read_table(empty, {})
    with pytest.raises(UnreadableTable, match="cannot be read"):
        read_table(tmp_path / "er-niet.csv", {})


def test_a_quoted_header_with_another_delimiter_inside_is_no_riddle(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('"naam; lang",plaats\n"Een, twee",Helmond\n\n"Met\nregel",Asten\n', encoding="utf-8")
    table = read_table(path, {"name": ("naam lang",), "place": ("plaats",)})
    assert table.delimiter == "," and [(r.number, r["name"], r["place"]) for r in table.rows] == [
        (2, "Een, twee", "Helmond"), (4, "Met\nregel", "Asten"),
    ]  # fmt: skip


def test_a_file_without_school_types_says_so_unless_its_name_or_the_command_does(run):
    text = (VO_HEADER + VO_ROW).replace(";ONDERWIJSSTRUCTUUR", "").replace(";HAVO/VWO", "")
    assert "give --type" in run(text).stderr and school("03CC01").levels == 0
    assert "1 changed" in run(text, "--type", "VWO").output and school("03CC01").sector == "vo"
    assert "give --type" not in run(text, name="02-alle-schoolvestigingen-basisonderwijs.csv").stderr and school("03CC01").sector == "po"
