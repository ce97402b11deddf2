import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import example, given, settings
from hypothesis import strategies as st

from techfinder.geo import km, prune_radius, sphere_km, within

POINT = st.tuples(st.floats(50.0, 54.0), st.floats(3.0, 7.5))
IN_EUROPE = st.tuples(st.floats(36.0, 70.0), st.floats(-9.0, 30.0))


def test_kilometres_are_geodesic():
    assert km((51.481, 5.6637), (51.4416, 5.4697)) == geodesic((51.481, 5.6637), (51.4416, 5.4697)).km
    assert km((51.0, 5.0), (51.0, 5.0)) == 0


@settings(deadline=None)
@given(IN_EUROPE, IN_EUROPE)
@example((36.0, 5.0), (37.0, 5.0))  # here the sphere says more than the ellipsoid: without a margin it would be lost
def test_what_the_sphere_leaves_out_is_too_far_for_the_ellipsoid(a, b):
    exact = geodesic(a, b).km
    assert sphere_km(a, [b[0]], [b[1]])[0] <= prune_radius(exact)


@settings(deadline=None)
@given(POINT, st.lists(POINT, max_size=30), st.floats(0, 300))
def test_within_equals_asking_geopy_for_every_point(centre, points, radius):
    lats, lons = [p[0] for p in points], [p[1] for p in points]
    indices, kms = within(centre, lats, lons, radius)
    exact = [geodesic(centre, p).km for p in points]
    assert indices.tolist() == [i for i, distance in enumerate(exact) if distance <= radius]
    assert kms.tolist() == [exact[i] for i in indices]


@settings(deadline=None)
@given(POINT, POINT)
def test_a_point_exactly_on_the_border_is_within(centre, point):
    radius = geodesic(centre, point).km
    indices, kms = within(centre, [point[0]], [point[1]], radius)
    assert indices.tolist() == [0] and kms[0] == radius
    if radius > 0:
        assert within(centre, [point[0]], [point[1]], np.nextafter(radius, 0))[0].size == 0


def test_nothing_to_look_at_gives_nothing():
    indices, kms = within((52.0, 5.0), [], [], 10)
    assert indices.size == kms.size == 0
    assert sphere_km((52.0, 5.0), [52.0, 52.1], [5.0, 5.0]).shape == (2,)
    assert sphere_km((52.0, 5.0), [52.0], [5.0])[0] == pytest.approx(0)
