"""Kilometres bounded without the ellipsoid: what the kernel leaves out and takes for sure rests on it."""

import random

import numpy as np

from techfinder.geo.distance import km as geodesic
from techfinder.matching.columns import spots
from techfinder.matching.distance import ERROR_KM
from techfinder.matching.fast import position
from techfinder.matching.geometry import GRAIN_KM, STRAIGHT_KM, farthest, way


def test_a_chord_bounds_the_way_over_the_ground():
    chance = random.Random(5)
    for reach in (0.001, 0.05, 0.5, 5.0, 15.0):  # degrees: from a street to a continent
        for _ in range(150):
            lat, lon = chance.uniform(-70, 70), chance.uniform(-180, 180)
            there = (lat + chance.uniform(-reach, reach), lon + chance.uniform(-reach, reach))
            point = {"point_lat": np.array([there[0]]), "point_lon": np.array([there[1]]), "point_radius": np.array([25.0])}
            spot = spots(point)["spot"][0].astype(np.float64)
            chord = float(np.sqrt(((spot[:3] - np.array(position(lat, lon))) ** 2).sum()))
            km = geodesic((lat, lon), there)
            assert chord - GRAIN_KM <= km <= farthest(chord + GRAIN_KM)
            assert round(km, 4) <= farthest(chord + GRAIN_KM)


def test_the_way_from_the_chord_errs_no_more_than_is_allowed_for():
    """Kilometres are rounded, and geopy is asked, as if no error were greater than `ERROR_KM`: in this country and far from it, from
    street to province, and on both sides of where Vincenty takes over."""
    chance, near = random.Random(6), 0
    for reach in (0.0, 0.0005, 0.02, 0.3, 1.0, 1.35, 4.0):  # degrees
        for south, north in ((50.7, 53.6), (-70, 70)):
            for _ in range(200):
                lat, lon = chance.uniform(south, north), chance.uniform(-180, 180)
                there = (lat + chance.uniform(-reach, reach), lon + chance.uniform(-reach, reach))
                km = geodesic((lat, lon), there)
                near += 0.9 * STRAIGHT_KM < km < STRAIGHT_KM
                assert abs(way(*position(lat, lon), lat, lon, *there) - km) < ERROR_KM
    assert near > 50
    assert np.isnan(way(*position(np.nan, 5.0), np.nan, 5.0, 52.0, 5.0))
