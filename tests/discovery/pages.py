"""Reading the search page as a person does."""

import re
from html import unescape
from urllib.parse import urlencode

from flask.testing import FlaskClient


class Seen:
    """What stands on a search page: `total`, `ids` in the order of the list, `facets` {parameter: {value: number}}."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.text = " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())
        self.title = unescape(re.search(r"<title>(.*?) – Techfinder</title>", html, re.DOTALL)[1])
        self.total = int(re.search(r"<strong>(\d+) keer aanbod</strong>", html)[1])
        self.ids = [int(i) for i in re.findall(r'<article class="tf-offer [^"]*" id="aanbod-(\d+)"', html)]
        self.facets: dict[str, dict[str, int]] = {}
        for name, value, n in re.findall(
            r'<input class="form-check-input" type="checkbox" name="(\w+)" value="([^"]*)"[^>]*>.*?<span class="tf-facet__n">(\d+)', html
        ):
            self.facets.setdefault(name, {})[value] = int(n)
        self.links = {" ".join(t.split()): unescape(u) for u, t in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>([^<]+)<', html)}


def look(client: FlaskClient, address: str = "/aanbod", **params: object) -> Seen:
    """Open a search page; lists are repeated parameters."""
    query = urlencode(params, doseq=True)
    answer = client.get(address + (f"?{query}" if query else ""))
    assert answer.status_code == 200, answer.status_code
    return Seen(answer.text)
