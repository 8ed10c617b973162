"""What the tests of the forecast share: the panels of the starter edition, simulated ones, and fans made by hand."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from npr.forecast.backtest import backtest
from npr.forecast.baseline import MODELS
from npr.forecast.calibration import LEVELS
from npr.forecast.fans import Fan, project
from npr.forecast.prepare import prepare_panel
from npr.forecast.transforms import Transform
from npr.indicators.knowledge import open_knowledge_base

HOME = Path(__file__).resolve().parents[2]
SLOW = (
    "gerd_uis", "researchers_per_million", "industry_share", "co2_intensity", "gdp_per_hour_pwt", "gdp_per_hour_ilo",
    "high_tech_exports", "industry_employment",
)  # fmt: skip
CEILINGS = {"broadband": 60.0, "internet_users": 100.0}


@pytest.fixture(scope="session")
def starter():
    """Give the ten panels of the starter edition, by name, without aggregates; `times` changes their unit."""
    knowledge = open_knowledge_base(HOME)

    def read(indicator, times=1.0):
        panel = knowledge.panel(indicator)
        wide = panel.wide[[area for area in panel.wide.columns if area not in knowledge.catalogue.aggregates]]
        ceiling = CEILINGS.get(indicator)
        return prepare_panel(
            indicator,
            [int(year) for year in wide.index],
            list(wide.columns),
            wide.to_numpy(float) * times,
            kind="slow" if indicator in SLOW else "diffusion",
            ceiling=ceiling and ceiling * times,
            breaks=panel.marked("B")[wide.columns].to_numpy(bool),
        )

    return read


@pytest.fixture(scope="session")
def tested(starter):
    """Give the back-test over all ten panels."""
    return backtest([starter(one) for one in (*SLOW, *CEILINGS)])


@pytest.fixture(scope="session")
def starter_fans(tested):
    """Give every fan of the ten panels, 20 years ahead: five more than the back-test tries."""
    return [
        fan
        for panel in tested.panels
        for fan in project(panel, tested.calibration, end=int(panel.years[-1]) + 20).values()
        if isinstance(fan, Fan)
    ]


@pytest.fixture(scope="session")
def walks():
    """Give a maker of random walks with a known drift and unrest, independent of each other, on the scale of logs."""

    def make(seed, *, indicator="walk", areas=20, years=40, drift=0.02, unrest=0.03, first=1980):
        rng = np.random.default_rng(seed)
        z = rng.normal(3, 0.5, areas) + rng.normal(drift, unrest, (years, areas)).cumsum(axis=0)
        names = [f"A{place:02d}" for place in range(areas)]
        return prepare_panel(indicator, range(first, first + years), names, np.exp(z), kind="slow")

    return make


@pytest.fixture(scope="session")
def known_walks(walks):
    """Give the back-test of six independent panels of random walks."""
    return backtest([walks(seed, indicator=f"walk{seed}", years=60, first=1960) for seed in range(6)])


@pytest.fixture
def made():
    """Give a maker of panels from rows of numbers, the first of 2000, with areas A, B, C and on."""

    def make(rows, *, kind="slow", ceiling=None, breaks=(), indicator="made", first=2000):
        values = np.asarray(rows, dtype=float)
        broken = np.zeros(values.shape, dtype=bool)
        for year, area in breaks:
            broken[year - first, area] = True
        names = [chr(65 + place) for place in range(values.shape[1])]
        years = range(first, first + len(values))
        return prepare_panel(indicator, years, names, values, kind=kind, ceiling=ceiling, breaks=broken)

    return make


@pytest.fixture
def normal_fan():
    """Give a maker of fans whose bands are those of normal distributions on the scale, from 2024 on."""

    def make(centre, sd, *, ceiling=None, area="SWE", last=None, indicator="made"):
        centre, transform = np.asarray(centre, dtype=float), Transform(ceiling)
        half = np.broadcast_to(sd, centre.shape)[:, None] * norm.ppf(0.5 + LEVELS / 2)
        return Fan(
            indicator=indicator,
            kind="slow" if ceiling is None else "diffusion",
            area=area,
            transform=transform,
            origin=2023,
            last=float(transform.inverse(centre[0])) if last is None else last,
            years=np.arange(2024, 2024 + len(centre)),
            tested_to=2038,
            centre=np.tile(centre, (len(MODELS), 1)),
            half=np.tile(half, (len(MODELS), 1, 1)),
        )

    return make


@pytest.fixture(scope="session")
def gappy(walks):
    """Give a maker of random walks with gaps of one to five years, and a few breaks."""

    def make(seed, indicator="gappy"):
        walk, rng = walks(seed, indicator=indicator), np.random.default_rng(seed)
        values, breaks = walk.values.copy(), np.zeros(walk.values.shape, dtype=bool)
        for _ in range(40):
            row, area = rng.integers(1, 38), rng.integers(20)
            values[row : row + rng.integers(1, 6), area] = np.nan
        breaks[rng.integers(2, 8, 4), rng.integers(0, 20, 4)] = True
        breaks[rng.integers(20, 38, 3), rng.integers(0, 20, 3)] = True
        return prepare_panel(indicator, walk.years, walk.areas, values, kind="slow", breaks=breaks)

    return make


@pytest.fixture(scope="session")
def rewritten():
    """Give a maker of the same panel with another future: later numbers moved, removed and added, breaks flagged."""

    def make(panel, t, seed):
        rng = np.random.default_rng(seed)
        values, breaks = panel.values.copy(), panel.breaks.copy()
        later = values[t + 1 :]
        moved = np.where(np.isnan(later), rng.lognormal(3, 1, later.shape), later * rng.lognormal(0, 1, later.shape))
        values[t + 1 :] = np.where(rng.random(later.shape) < 0.3, np.nan, moved)
        values[t + 1, :10] = moved[0, :10]  # so that gaps which are open at the origin close at once
        breaks[t + 1 :] = rng.random(later.shape) < 0.1
        breaks[t + 1, :10] = False
        return prepare_panel(panel.indicator, panel.years, panel.areas, values, kind=panel.kind, breaks=breaks)

    return make
