import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut
from geopy.geocoders.base import Geocoder
from hypothesis import given, settings
from hypothesis import strategies as st

from techfinder.geo.geocoders import GazetteerGeocoder, to_place
from techfinder.geo.locatieserver import LocatieserverGeocoder

ANSWER = {
    "weergavenaam": "Markt 1, 5701RK Helmond",
    "type": "adres",
    "centroide_ll": "POINT(5.65931 51.48091)",
    "woonplaatsnaam": "Helmond",
    "gemeentenaam": "Helmond",
    "provincienaam": "Noord-Brabant",
    "postcode": "5701RK",
}


class Server(ThreadingHTTPServer):
    """Stands in for PDOK: answers every question with `answer`, and remembers the questions."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.questions: list[dict] = []
        self.answer: tuple[int, bytes] = (200, json.dumps({"response": {"docs": [ANSWER]}}).encode())
        self.delay = 0.0
        self.domain = f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):  # noqa: N802
        url = urlsplit(self.path)
        self.server.questions.append({"path": url.path} | {k: v[0] for k, v in parse_qs(url.query).items()})
        time.sleep(self.server.delay)
        status, body = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def online(server):
    return LocatieserverGeocoder(scheme="http", domain=server.domain, timeout=2)


def test_the_gazetteer_answers_as_a_geopy_geocoder():
    geocoder = GazetteerGeocoder()
    assert isinstance(geocoder, Geocoder)
    location = geocoder.geocode("5701 AB Helmond")
    assert (location.latitude, location.longitude) == pytest.approx((51.48, 5.66), abs=0.02)
    assert location.raw["place"] == location.raw["municipality"] == "Helmond"
    assert (location.raw["province"], location.raw["pc4"]) == ("Noord-Brabant", "5701")
    assert geocoder.geocode("Helmond", exactly_one=False)[0].raw["pc4"] is None
    assert geocoder.geocode("Atlantis") is None


@settings(deadline=None)  # the first call reads the tables
@given(st.text(max_size=50))
def test_the_gazetteer_raises_on_no_text(text):
    GazetteerGeocoder().geocode(text)


def test_the_locatieserver_refines_an_address(server, online):
    location = online.geocode("Markt 1, Helmond")
    assert (location.latitude, location.longitude) == (51.48091, 5.65931)
    place = to_place(location)
    assert (place.postcode, place.municipality, place.precision) == ("5701 RK", "Helmond", "address")
    assert server.questions[0]["path"] == "/bzk/locatieserver/search/v3_1/free"
    assert set(server.questions[0]) <= {"path", "q", "fq", "rows", "fl"}


def test_a_whole_postcode_is_asked_as_a_postcode(server, online):
    online.geocode("5701 rk")
    assert (server.questions[0]["q"], server.questions[0]["fq"]) == ("5701RK", "type:postcode")


def test_the_same_question_is_asked_once(server):
    cache: dict[str, str] = {}
    for _ in range(3):
        LocatieserverGeocoder(scheme="http", domain=server.domain, cache=cache).geocode("Markt 1, Helmond")
    assert len(server.questions) == len(cache) == 1


def test_an_answer_without_results_is_none_and_kept(server, online):
    server.answer = (200, b'{"response": {"docs": []}}')
    assert online.geocode("Atlantis") is None
    assert online.geocode("Atlantis") is None
    assert len(server.questions) == 1
    assert online.geocode("  ") is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((500, b"{}"), GeocoderServiceError),
        ((503, b"{}"), GeocoderTimedOut),
        ((400, b'{"message": "onbekende parameter"}'), GeocoderServiceError),
        ((200, b"<html>storing</html>"), GeocoderParseError),
        ((200, b'{"error": {}}'), GeocoderParseError),
        ((200, b'{"response": {"docs": [{"centroide_ll": "LINESTRING"}]}}'), GeocoderParseError),
    ],
)
def test_failures_are_geopy_errors_and_are_not_kept(server, online, answer, error):
    server.answer = answer
    with pytest.raises(error):
        online.geocode("Markt 1, Helmond")
    assert not online.cache


def test_a_slow_server_times_out(server, online):
    server.delay = 0.5
    with pytest.raises(GeocoderTimedOut):
        online.geocode("Markt 1, Helmond", timeout=0.1)


def test_an_absent_server_is_unavailable():
    with pytest.raises(GeocoderServiceError):
        LocatieserverGeocoder(scheme="http", domain="127.0.0.1:9", timeout=1).geocode("Markt 1, Helmond")
