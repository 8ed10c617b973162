"""The scale: there and back, and never out of bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npr.forecast.transforms import Transform

CEILINGS = st.none() | st.floats(1e-3, 1e6)


def test_the_scale_is_logarithms_without_a_ceiling_and_log_odds_with_one():
    # ln 100 = 4.60517; 20 of 60 is odds of 20 to 40, ln 0.5 = -0.693147; 30 of 60 is even odds, 0.
    assert Transform().forward(100) == pytest.approx(4.605170186)
    assert Transform(60).forward(np.array([20, 30, 40])) == pytest.approx([-0.693147181, 0, 0.693147181])


@pytest.mark.parametrize(
    ("ceiling", "y"), [(None, 0), (None, -1), (None, np.inf), (None, np.nan), (60, 0), (60, -2), (60, 60), (60, 61)]
)
def test_what_has_no_place_on_the_scale_is_missing(ceiling, y):
    assert np.isnan(Transform(ceiling).forward(y))


@given(ceiling=CEILINGS, z=st.floats(-700, 700), more=st.floats(0, 10))
def test_the_way_back_never_leaves_the_bounds_and_never_turns(ceiling, z, more):
    scale = Transform(ceiling)
    low, high = float(scale.inverse(z)), float(scale.inverse(min(z + more, 700)))
    assert 0 < low <= high <= (np.inf if ceiling is None else ceiling)


@given(ceiling=CEILINGS, z=st.floats(-12, 12))
def test_back_and_there_is_where_one_started(ceiling, z):
    scale = Transform(ceiling)
    assert float(scale.forward(scale.inverse(z))) == pytest.approx(z, abs=1e-9)


@given(ceiling=st.floats(1e-3, 1e6), share=st.floats(1e-6, 1 - 1e-6))
def test_a_share_goes_there_and_back(ceiling, share):
    for scale in (Transform(), Transform(ceiling)):
        assert float(scale.inverse(scale.forward(share * ceiling))) == pytest.approx(share * ceiling, rel=1e-9)
