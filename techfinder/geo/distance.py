"""Distances in kilometres as the crow flies.

What is shown and what decides is geopy's geodesic on the WGS 84 ellipsoid. A sphere is a hundred times faster
for arrays and serves to leave out what is certainly too far.
"""

import numpy as np
from geopy.distance import geodesic
from numpy.typing import ArrayLike, NDArray

Point = tuple[float, float]

EARTH_RADIUS_KM = 6371.009
"""Mean radius of the Earth (IUGG), the one that geopy's great circle uses."""

SPHERE_ERROR = 0.005
"""The most by which sphere and ellipsoid may differ, as a part of the distance.

Between 50° and 54° north the ellipsoid's radii of curvature run from 6,373 km (meridian, 50°) to 6,392 km
(prime vertical, 54°), 0.03 % to 0.33 % more than the mean radius: there the sphere says less and loses nothing.
Further south it says more; the margin holds in all of Europe.
"""

SLACK_KM = 0.001
"""One metre for rounding, so that a radius of nothing still finds the point itself."""


def km(a: Point, b: Point) -> float:
    """Return the geodesic distance in km between two (lat, lon) pairs in degrees."""
    return geodesic(a, b).km


def sphere_km(centre: Point, lats: ArrayLike, lons: ArrayLike) -> NDArray[np.float64]:
    """Return distances in km on a sphere from a point to each of n points; shape (n,). Haversine formula."""
    lat1, lon1 = np.radians(centre)
    lat2, lon2 = np.radians(np.asarray(lats, dtype=float)), np.radians(np.asarray(lons, dtype=float))
    h = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0)))


def prune_radius(radius_km: float) -> float:
    """Return the radius in km on the sphere outside which nothing lies within `radius_km` on the ellipsoid."""
    return radius_km * (1 + SPHERE_ERROR) + SLACK_KM


def within(centre: Point, lats: ArrayLike, lons: ArrayLike, radius_km: float) -> tuple[NDArray[np.intp], NDArray]:
    """Return (indices, kms) of the points within a radius in km, the border included, in the order given.

    The sphere leaves out what is certainly too far; geopy's geodesic decides on the rest and gives the
    kilometres.
    """
    lats, lons = np.asarray(lats, dtype=float), np.asarray(lons, dtype=float)
    near = np.flatnonzero(sphere_km(centre, lats, lons) <= prune_radius(radius_km))
    exact = np.array([km(centre, (lats[i], lons[i])) for i in near], dtype=float)
    kept = exact <= radius_km
    return near[kept], exact[kept]
