"""Mail goes to those who take part on the other side, with what they decide on and nothing that identifies where they live."""

from datetime import date

from techfinder.conversations import service
from techfinder.core.db import db, transaction
from techfinder.organisations.models import Membership, Organisation
from tests import factories as f
from tests.conversations.world import mails


def test_the_other_sides_participants_get_it_and_nobody_else(world):
    ident = world.ask()
    assert [m["to"] for m in mails()] == [world.engineer.email]
    with transaction():
        service.join(f.actor_of(world.mate), ident)
    world.reply(world.teacher, ident, "Lukt het?", "k2")
    assert [m["to"] for m in mails()[1:]] == [world.engineer.email, world.mate.email]
    world.reply(world.engineer, ident)
    assert [m["to"] for m in mails()[3:]] == [world.teacher.email]


def test_the_first_mail_holds_what_people_decide_on(world):
    world.ask()
    mail = mails()[0]
    for part in (mail["text"], mail["html"]):
        for fact in ("groep 7", "28", "Helmond", "hemelsbreed", "1 maart", "26 maart", "Bouw een robot", "Komen jullie langs?"):
            assert fact in part, fact
    assert "De Kleine Beer" in mail["subject"] and mail["unsubscribe"]


def test_no_mail_holds_a_contact_detail_of_ours(world):
    with transaction():
        offer = db.session.merge(world.offer)
        offer.contact_name, offer.contact_email, offer.contact_phone = "Geheime Gijs", "gijs@geheim.example", "06-12345678"
        for ident in (world.school.id, world.company.id):
            row = db.session.get(Organisation, ident)
            row.street, row.website = "Geheimstraat 1", "https://geheim.example"
    ident = world.ask()
    world.reply(world.engineer, ident)
    world.decline(world.engineer, ident)
    people = [world.teacher, world.engineer]
    for mail in mails():
        shown = mail["subject"] + mail["text"] + mail["html"]
        assert "eheim" not in shown and "06-1" not in shown and "5701" not in shown
        assert not [p.email for p in people if p.email in shown]


def test_an_organisation_can_keep_the_text_out_of_its_mail(world):
    with transaction():
        db.session.get(Organisation, world.company.id).mail_text = False
    ident = world.ask(body="Vertrouwelijk plan")
    world.reply(world.engineer, ident, "Openlijk antwoord")
    with transaction():
        db.session.get(Organisation, world.school.id).mail_text = False
    world.decline(world.engineer, ident, text="Stil antwoord")
    to_company, to_school, declined = mails()
    assert "Stil antwoord" not in declined["text"] + declined["html"] and "even niet" in declined["text"]
    assert "Vertrouwelijk" not in to_company["text"] + to_company["html"] and "groep 7" in to_company["text"]
    assert "Bekijk en antwoord" in to_company["text"], "who has not read it yet reads it first"
    assert "Openlijk antwoord" in to_school["text"]


def test_muted_left_and_refused_people_get_no_mail(world):
    ident = world.ask()
    with transaction():
        service.join(f.actor_of(world.mate), ident)
        service.mute(f.actor_of(world.mate), ident, True)
        db.session.query(Membership).filter_by(user_id=world.engineer.id).one().refused_at = f.AT
    world.reply(world.teacher, ident, "Nog iemand?", "k2")
    assert len(mails()) == 1


def test_even_niet_leads_the_school_on_to_who_fits_as_well(world):
    ident = world.ask()
    world.decline(world.engineer, ident, text="In mei weer.")
    mail = mails("conversations/declined")[0]
    assert mail["to"] == world.teacher.email
    assert f"/aanvragen/{world.request.id}" in mail["text"] and "In mei weer." in mail["text"]
    assert "geen tijd in deze periode" in mail["text"] and "geen tijd in deze periode" in mail["html"]


def test_the_text_of_a_message_is_never_markup(world):
    world.request = f.support_request(world.school, world.teacher, title="<b>Robots</b>", period_from=date(2027, 3, 1))
    world.ask(body="<script>alert(1)</script> & meer")
    html = mails()[0]["html"]
    assert "<script>" not in html and "&lt;script&gt;" in html and "<b>Robots" not in html


def test_a_mail_greets_says_goodbye_and_says_where_to_choose_mails(world):
    world.ask()
    text = mails()[0]["text"]
    assert text.startswith(f"Hallo {world.engineer.name},\n\n") and "\n\nGroet,\nTechfinder\n" in text and "\n\n\n" not in text
    assert text.rstrip().split("\n")[-2:] == ["Kies welke mails je krijgt:", mails()[0]["unsubscribe"]]
