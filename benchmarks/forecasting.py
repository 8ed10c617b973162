"""Measures what looks ahead: `python benchmarks/forecasting.py`, from the project's folder.

Each step runs in a process of its own, on one thread, and is the median of five; the joint paths are set against the
time numpy takes to draw their random numbers in the same process. The last table is the back-test itself.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from timing import timed

HOME = Path(__file__).resolve().parents[1]
REPEATS = 5
COUNTRIES, INDICATORS, DRAWS, YEARS = 38, 20, 10_000, 15


def importing() -> dict[str, float]:
    """Import the engine, all of it."""
    started = time.perf_counter()
    import npr.forecast.conditions
    import npr.forecast.joint  # noqa: F401

    return {"seconds": time.perf_counter() - started}


def trying() -> dict[str, float]:
    """Run the whole back-test over the panels of the edition, and judge it."""
    outlook = _outlook()
    panels = list(outlook.prepared.values())
    from npr.forecast.backtest import backtest
    from npr.forecast.baseline import HORIZONS, METHODS, MODELS

    def judged() -> int:
        tried = backtest(panels)
        asked = [(kind, h + 1) for kind in METHODS for h in range(HORIZONS)]
        return sum(max(len(tried.judged(*one, model).origin) for model in MODELS) for one in asked)

    return {"seconds": timed(judged, REPEATS), "rows": float(judged())}


def projecting() -> dict[str, float]:
    """Give the fans of every area and indicator of the edition, 15 years ahead."""
    outlook = _outlook()
    from npr.forecast.fans import project

    calibration = outlook.backtest.calibration

    def fans() -> int:
        found = [project(one, calibration, end=int(one.years[-1]) + YEARS) for one in outlook.prepared.values()]
        return sum(len(one) for one in found)

    return {"seconds": timed(fans, REPEATS), "fans": float(fans())}


def drawing() -> dict[str, float]:
    """Draw the joint ensemble, and the random numbers alone; memory above what was there before."""
    import numpy as np

    outlook = _outlook()
    from npr.forecast.fans import Fan, project
    from npr.forecast.joint import dependence, simulate

    panel = outlook.prepared["gdp_per_hour_ilo"]
    found = project(panel, outlook.backtest.calibration, end=int(panel.years[-1]) + YEARS)
    fans = [fan for fan in found.values() if isinstance(fan, Fan) and len(fan.years) == YEARS][:COUNTRIES]
    depends = dependence(outlook.backtest, "slow")
    before = _memory()

    def numbers() -> object:
        return [
            np.random.default_rng([one, country]).standard_normal((YEARS, DRAWS), dtype=np.float32)
            for one in range(INDICATORS)
            for country in range(COUNTRIES)
        ]

    def ensemble(threads: int) -> object:
        return [simulate(fans, depends, seed=one, draws=DRAWS, threads=threads) for one in range(INDICATORS)]

    alone = timed(numbers, REPEATS)
    return {
        "numbers": alone,
        "seconds": timed(lambda: ensemble(1), REPEATS),
        "two": timed(lambda: ensemble(2), REPEATS),
        "countries": float(len(fans)),
        "megabytes": _memory() - before,
    }


def _outlook():  # type: ignore[no-untyped-def]
    from npr.analysis.outlook import open_outlook
    from npr.indicators.knowledge import open_knowledge_base

    outlook = open_outlook(open_knowledge_base(HOME))
    _ = outlook.backtest
    return outlook


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measured(step: str) -> dict[str, float]:
    words = [sys.executable, __file__, step]
    return json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)  # noqa: S603


def main() -> None:
    """Measure and print the tables."""
    engine, test, fans, paths = (_measured(step) for step in ("importing", "trying", "projecting", "drawing"))
    ratio = paths["seconds"] / paths["numbers"]
    print(f"{date.today()}, {platform.machine()}, Python {platform.python_version()}\n")  # noqa: T201
    print("| step | measured | target |\n|---|---|---|")  # noqa: T201
    for line in (
        f"| import of the engine | {engine['seconds']:.2f} s | 0.5 s |",
        f"| whole back-test, {test['rows']:,.0f} forecasts | {test['seconds']:.2f} s | 10 s |",
        f"| all fans, {fans['fans']:.0f} series, 5 models | {fans['seconds']:.3f} s | 0.1 s |",
        f"| joint paths, {paths['countries']:.0f} x {INDICATORS} x {DRAWS:,} x {YEARS} | {paths['seconds']:.2f} s, "
        f"{ratio:.2f} x the random numbers alone ({paths['numbers']:.2f} s) | at most 2 x |",
        f"| the same on two threads | {paths['two']:.2f} s | |",
        f"| memory of the joint paths | {paths['megabytes']:.0f} MB | 1,000 MB |",
    ):
        print(line)  # noqa: T201
    print()  # noqa: T201
    words = [sys.executable, "-m", "npr.cli", "backtest"]
    print(subprocess.run(words, capture_output=True, text=True, check=True, cwd=HOME).stdout)  # noqa: S603, T201


if __name__ == "__main__":
    if len(sys.argv) > 1:
        step = {"importing": importing, "trying": trying, "projecting": projecting, "drawing": drawing}[sys.argv[1]]
        print(json.dumps(step()))  # noqa: T201
    else:
        main()
