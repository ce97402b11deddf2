"""Places by the line, for other programs: text in, tab separated columns out."""

from collections.abc import Iterable, Iterator

from techfinder.geo.gazetteer import locate


def located(lines: Iterable[str]) -> Iterator[str]:
    """Answer each line with `input, lat, lon, place, municipality, province`, or `input, ?` when it is unknown."""
    for line in lines:
        text = line.rstrip("\r\n")
        place = locate(text)
        if place is None:
            yield f"{text}\t?"
        else:
            yield "\t".join((text, f"{place.lat:.4f}", f"{place.lon:.4f}", place.place, place.municipality, place.province))
