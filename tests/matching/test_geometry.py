"""Kilometres bounded without the ellipsoid: what the kernel leaves out and takes for sure rests on it."""

import random

import numpy as np

from techfinder.geo.distance import km as geodesic
from techfinder.matching.columns import spots
from techfinder.matching.fast import position
from techfinder.matching.geometry import GRAIN_KM, farthest


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
