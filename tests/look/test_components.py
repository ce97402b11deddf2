"""The layouts and macros render what they promise, without the application: escaped, labelled, linked, within the CSP."""

import re

import pytest
from flask import render_template, render_template_string
from werkzeug.datastructures import MultiDict

from techfinder.core.paging import Page
from tests.look.conftest import COORDINATOR, ERRORS, KINDS, TEACHER, VISITOR, Wish, create_stand_in


def page(path, actor=VISITOR):
    return create_stand_in(actor).test_client().get(path).get_data(as_text=True)


def shown(source, **values):
    """A piece of template, rendered within a request."""
    with create_stand_in().test_request_context("/aanbod?q=robots&q=bruggen&pagina=3&_scheme=javascript"):
        return render_template_string(source, **values)


def wish(**given):
    with create_stand_in().test_request_context("/"):
        form = Wish(MultiDict(given))
        form.validate()
        return form


@pytest.mark.parametrize("path", ["/onderdelen", "/formulier", *(f"/fout/{code}" for code in ERRORS)])
@pytest.mark.parametrize("actor", [VISITOR, TEACHER, COORDINATOR], ids=["visitor", "teacher", "coordinator"])
def test_pages_have_one_title_one_main_heading_and_unique_ids(path, actor):
    html = page(path, actor)
    assert re.search(r"<title>[^<]+ – Techfinder</title>", html)
    assert len(re.findall(r"<h1[ >]", html)) == 1
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1})


@pytest.mark.parametrize("path", ["/onderdelen", "/formulier"])
def test_every_reference_inside_a_page_leads_somewhere(path):
    html = page(path)
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    named = re.findall(r'(?:\sfor|aria-labelledby|href="#|aria-controls)="?#?([\w-]+)"', html)
    described = [i for group in re.findall(r'aria-describedby="([^"]+)"', html) for i in group.split()]
    assert not [i for i in named + described if i not in ids]


def test_everything_on_a_page_comes_from_here_and_scripts_carry_the_nonce():
    client = create_stand_in().test_client()
    answer = client.get("/onderdelen")
    nonce = re.search(r"nonce-([^']+)'", answer.headers["Content-Security-Policy"])[1]
    html = answer.get_data(as_text=True)
    scripts = re.findall(r"<script[^>]*>", html)
    assert scripts and all(f'nonce="{nonce}"' in s and " src=" in s for s in scripts)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)


def test_every_kind_has_a_drawing_and_a_family():
    sprite = (create_stand_in().static_folder) + "/img/soorten.svg"
    with open(sprite, encoding="utf-8") as file:
        drawn = set(re.findall(r'id="k-([a-z_]+)"', file.read()))
    assert set(KINDS) <= drawn
    for kind in KINDS:
        assert shown("{% from 'components/icon.html' import tint %}{{ tint(kind)|trim }}", kind=kind).startswith("tf-")


def test_every_icon_that_a_template_asks_for_is_drawn(root_of_templates):
    with open(create_stand_in().static_folder + "/img/iconen.svg", encoding="utf-8") as file:
        drawn = set(re.findall(r'id="i-([a-z-]+)"', file.read()))
    asked = set()
    for path in root_of_templates.rglob("*.html"):
        asked |= set(re.findall(r"\bicon\('([a-z-]+)'", path.read_text(encoding="utf-8")))
    assert asked <= drawn, asked - drawn


def test_an_error_stands_in_the_summary_and_beside_its_field_and_what_was_typed_stays():
    source = ("{% from 'components/forms.html' import field, error_summary %}{{ error_summary(form) }}"
              "{{ field(form.pupils) }}{{ field(form.moments[0].form.day) }}")  # fmt: skip
    html = shown(source, form=wish(pupils="de hele <klas>", **{"moments-0-day": ""}))
    assert '<a href="#pupils">' in html and '<a href="#moments-0-day">Kies een dag</a>' in html
    assert 'aria-describedby="pupils-error"' in html and 'id="pupils-error"' in html and 'aria-invalid="true"' in html
    assert 'value="de hele &lt;klas&gt;"' in html and 'type="text"' in html


def test_a_form_without_errors_has_no_summary_and_optional_fields_say_so():
    good = wish(what="Robots", pupils="28", travel="bus", agree="y", level="po_7_8", **{"moments-0-day": "ma"})
    assert not good.problems
    html = shown("{% from 'components/forms.html' import field, error_summary %}{{ error_summary(form) }}"
                 "{{ field(form.what, rows=5) }}{{ field(form.budget, prefix='€') }}", form=good)  # fmt: skip
    assert "tf-summary" not in html and "aria-invalid" not in html
    assert html.count("(niet verplicht)") == 1 and 'rows="5"' in html and 'aria-describedby="budget-unit"' in html


def test_a_group_of_choices_is_one_fieldset_with_its_question_as_legend():
    html = shown("{% from 'components/forms.html' import field, tiles %}{{ field(form.travel) }}{{ tiles(form.kinds) }}",
                 form=wish(kinds="workshop"))  # fmt: skip
    assert html.count("<fieldset") == 2 and "Kies hoe jullie reizen" in html
    assert re.search(r'<input checked[^>]*value="workshop"', html) and "#k-workshop" in html
    assert 'class="tf-tile tf-tile--plain"' in html


def test_words_of_people_are_never_markup():
    html = page("/onderdelen")
    assert "&lt;b&gt;robots&lt;/b&gt;" in html and "<b>robots" not in html
    assert "Hallo!<br>We werken" in html


def test_paging_keeps_the_question_and_cannot_be_turned_into_another_address():
    html = shown("{% from 'components/paging.html' import paging %}{{ paging(page) }}", page=Page([1], 3, 1, 9))
    assert 'href="/aanbod?q=robots&amp;q=bruggen&amp;_scheme=javascript&amp;pagina=2"' in html
    assert html.count("aria-current") == 1 and "javascript:" not in html


@pytest.mark.parametrize(("value", "text"), [(12.4, "12 "), (9.96, "10 "), (3.44, "3,4 "), (3.0, "3 "), ("8 km", "8 ")])
def test_kilometres_have_no_decimals_from_ten_up(value, text):
    assert f">{text}<small>km</small>" in shown("{% from 'components/status.html' import km %}{{ km(v) }}", v=value)


def test_an_unknown_distance_shows_nothing():
    assert shown("{% from 'components/status.html' import km %}{{ km(v) }}", v=None).strip() == ""


def test_what_changes_something_is_a_post_with_the_token():
    html = shown("{% from 'components/confirm.html' import post_button %}{{ post_button('Past niet', '/x', fields={'no': 3}) }}")
    assert 'method="post"' in html and 'name="csrf_token" value="token"' in html and 'name="no" value="3"' in html


def test_the_menu_shows_what_the_role_needs_and_leaves_out_pages_that_do_not_exist():
    visitor, teacher, staff = page("/fout/404"), page("/fout/404", TEACHER), page("/fout/404", COORDINATOR)
    assert "Log in" in visitor and "Log uit" not in visitor and "Berichten" not in visitor
    assert "Log uit" in teacher and "De Kleine Beer" in teacher and "Te beoordelen" not in teacher
    assert "/regio/brabant-oost/beoordelen" in staff
    assert "Afspraken" not in staff


def test_a_mail_has_the_same_words_in_both_forms_and_plain_text_is_not_escaped():
    with create_stand_in().test_request_context("/"):
        values = {"name": "Joost & Co", "unsubscribe_url": "https://techfinder.example/u"}
        html, text = render_template("mail.html", **values), render_template("mail.txt", **values)
    assert "Hallo Joost &amp; Co," in html and "Hallo Joost & Co,\n\n" in text
    assert "<nu>." in text and "https://techfinder.example/a/ja\n" in text
    for words in ("Groet,", "Antwoord voor do 14 januari", "Kies welke mails je krijgt"):
        assert words in html and words in text
    assert "var(--" not in html and "<link" not in html and "<script" not in html and "Leeg" not in html
