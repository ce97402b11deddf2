"""The offers on a company's own page."""

from tests import factories


def test_a_companys_page_shows_its_published_offers_and_nothing_else(client):
    company = factories.company()
    factories.offer(company, title="Bouw een robot")
    factories.offer(company, title="Nog een concept", state="draft")
    factories.offer(factories.company(), title="Van een ander")
    text = client.get(f"/organisaties/{company.id}").text
    assert "Bouw een robot" in text and "Nog een concept" not in text and "Van een ander" not in text
    factories.sign_in(client, factories.member(company))
    assert "Nog een concept" not in client.get(f"/organisaties/{company.id}").text
    assert "Aanbod</h2>" not in client.get(f"/organisaties/{factories.company().id}").text
