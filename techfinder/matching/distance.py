"""Kilometres over the ellipsoid for many pairs at once, equal to geopy's to the millimetre.

Vincenty's inverse formula (Survey Review XXIII, 1975) on WGS-84, vectorised; it agrees with Karney's, which geopy uses,
far below a millimetre at the distances of one country. Kilometres are rounded to 1e-6 (a millimetre), and where
the last bits could turn that rounding, or the formula doesn't converge, geopy itself is asked.
"""

import numpy as np

from techfinder.geo.distance import km as geodesic

A = 6378.137  # km, WGS-84
F = 1 / 298.257223563
B = A * (1 - F)
MEAN = 6371.0088  # km, mean radius
SLACK = 0.0034  # the sphere differs from the ellipsoid by less than this share at Dutch latitudes; 0.0057 anywhere
DOUBT = 1e-3  # of a millimetre

Degrees = float | np.ndarray


def geodesic_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """One pair, by geopy (through `geo`), rounded to the millimetre."""
    return float(np.rint(geodesic((lat1, lon1), (lat2, lon2)) * 1e6) / 1e6)


def sphere_km(lat: Degrees, lon: Degrees, lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
    """Great-circle kilometres from one place to many, or pair by pair (haversine)."""
    p, q = np.radians(lat), np.radians(lats)
    h = np.sin((q - p) / 2) ** 2 + np.cos(p) * np.cos(q) * np.sin(np.radians(lons - lon) / 2) ** 2
    return 2 * MEAN * np.arcsin(np.minimum(1.0, np.sqrt(h)))


def ellipsoid_km(lat: Degrees, lon: Degrees, lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
    """Geodesic kilometres from one place to many, or pair by pair; float64, rounded to the millimetre."""
    if not len(lats):
        return np.zeros(0)
    lat, lon = np.broadcast_to(lat, lats.shape), np.broadcast_to(lon, lats.shape)
    raw = _vincenty(lat, lon, lats, lons)
    scaled = raw * 1e6
    km = np.rint(scaled) / 1e6
    doubtful = ~(np.abs(scaled - np.floor(scaled) - 0.5) > DOUBT)
    for i in np.flatnonzero(doubtful):
        km[i] = geodesic_km(float(lat[i]), float(lon[i]), float(lats[i]), float(lons[i]))
    return km


def _vincenty(lat: np.ndarray, lon: np.ndarray, lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
    """nan where it doesn't converge (nearly antipodal points)."""
    u1, u2 = np.arctan((1 - F) * np.tan(np.radians(lat))), np.arctan((1 - F) * np.tan(np.radians(lats)))
    s1, c1, s2, c2 = np.sin(u1), np.cos(u1), np.sin(u2), np.cos(u2)
    start = np.radians(lons - lon)
    lam = start.copy()
    with np.errstate(all="ignore"):
        for _ in range(12):
            sl, cl = np.sin(lam), np.cos(lam)
            ss = np.sqrt((c2 * sl) ** 2 + (c1 * s2 - s1 * c2 * cl) ** 2)
            cs = s1 * s2 + c1 * c2 * cl
            sigma = np.arctan2(ss, cs)
            sa = np.where(ss > 0, c1 * c2 * sl / ss, 0.0)
            ca2 = 1 - sa**2
            cm = np.where(ca2 > 0, cs - 2 * s1 * s2 / ca2, 0.0)
            c = F / 16 * ca2 * (4 + F * (4 - 3 * ca2))
            new = start + (1 - c) * F * sa * (sigma + c * ss * (cm + c * cs * (2 * cm**2 - 1)))
            moved = np.abs(new - lam)
            lam = new
            if not np.any(moved > 1e-15):
                break
        bad = moved > 1e-13
        k = ca2 * (A**2 - B**2) / B**2
        a = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)))
        b = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)))
        d = b * ss * (cm + b / 4 * (cs * (2 * cm**2 - 1) - b / 6 * cm * (4 * ss**2 - 3) * (4 * cm**2 - 3)))
        km = B * a * (sigma - d)
    km[(ss == 0) & (cs > 0)] = 0.0
    km[bad & (ss != 0)] = np.nan
    return km
