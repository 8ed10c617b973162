"""Chances held against what came: told as half, they come half the time, also for "ever" and "every year"."""

import numpy as np
import pytest

from npr.forecast.calibration import LEVELS, band_widths
from npr.forecast.fans import Fan
from npr.forecast.joint import dependence, simulate

AHEAD, DRAWS = 10, 500


@pytest.fixture(scope="module")
def told(tested):
    """Give chances and outcomes, in the year, ever by and every year, of slow series ten years ahead of many origins.

    Thresholds are spread over the band, so that all chances occur. Shape: (cases, 3) each.
    """
    depends, edge = dependence(tested, "slow"), np.searchsorted(LEVELS, 0.8)
    panels = {panel.indicator: panel for panel in tested.panels}
    rng = np.random.default_rng(1)
    chances, came = [], []
    for one in tested.errors:
        widths = tested.calibration.at(one.kind, one.year)[0]
        if one.kind != "slow" or one.year < 1995 or one.year % 3 or not np.isfinite(widths[AHEAD - 1, -1]):
            continue
        half = band_widths(one.spread[0], widths)
        for area in np.flatnonzero(np.isfinite(one.truth[:AHEAD]).all(axis=0)):
            centre, reach = one.centre[[0], :AHEAD, area], half[None, :AHEAD, area]
            years = np.arange(one.year + 1, one.year + AHEAD + 1)
            name, transform = one.areas[area], panels[one.indicator].transform
            fan = Fan(one.indicator, one.kind, name, transform, one.year, 1.0, years, int(years[-1]), centre, reach)
            threshold = centre[0, -1] + rng.uniform(-1.2, 1.2) * reach[0, -1, edge]
            path = simulate([fan], depends, seed=7, draws=DRAWS)[0] >= threshold
            seen = one.truth[:AHEAD, area] >= threshold
            chances.append((path[-1].mean(), path.any(axis=0).mean(), path.all(axis=0).mean()))
            came.append((seen[-1], seen.any(), seen.all()))
    return np.array(chances), np.array(came, dtype=float)


@pytest.mark.parametrize("mode", [0, 1, 2], ids=["in_year", "ever_by", "every_year"])
def test_what_is_told_comes_about_as_often(told, mode):
    # 1,300 cases from 8 origins, which hang together: a bin may be some ten points off, and more would show a fault.
    chances, came = told[0][:, mode], told[1][:, mode]
    assert len(chances) > 1000
    for low in np.arange(0, 1, 0.25):
        inside = (chances >= low) & (chances < low + 0.25)
        assert inside.sum() > 60
        assert abs(chances[inside].mean() - came[inside].mean()) < 0.13


@pytest.mark.parametrize("mode", [0, 1, 2], ids=["in_year", "ever_by", "every_year"])
def test_the_chances_say_more_than_how_often_it_comes_at_all(told, mode):
    chances, came = told[0][:, mode], told[1][:, mode]
    assert ((chances - came) ** 2).mean() < 0.75 * came.mean() * (1 - came.mean())
