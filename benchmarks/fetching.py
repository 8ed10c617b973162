"""Measures reading, taking, comparing and refreshing: `python benchmarks/fetching.py`, from the project's folder.

Every step runs in a process of its own, so that its peak of memory is its own; times are the median of three. The
ratio sets our reading of a message beside `pyarrow.csv.read_csv` alone on the same bytes, in the same run.
"""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from timing import timed

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

ROWS = 1_000_000
REPEATS = 3


def message(rows: int = ROWS) -> bytes:
    """Make a message of many observations, as OECD writes them."""
    flow = "OECD.STI.STP:DSD_X@DF_X(1.0)"
    lines = [
        f"{flow},C{at // 2000:03d},A,M{at % 20:02d},{1900 + at // 20 % 100},{at % 9973 / 7:.6f},A,0\r\n"
        for at in range(rows)
    ]
    return ("DATAFLOW,REF_AREA,FREQ,MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT\r\n" + "".join(lines)).encode()


def observations(step: int = 1):
    """Make the rows of a vintage; with another step a tenth of them is revised."""
    import pyarrow as pa

    from npr.vintages.content import SCHEMA

    numbers = [(at % 9973 + (step if at % 10 == 0 else 0)) / 7 for at in range(ROWS)]
    texts = [repr(one) for one in numbers]
    areas, years = [f"C{at // 100:05d}" for at in range(ROWS)], [1900 + at % 100 for at in range(ROWS)]
    return pa.table([areas, years, ["_T"] * ROWS, numbers, texts, ["A"] * ROWS], schema=SCHEMA)


def parse() -> dict[str, float]:
    """Read with our reader, and with pyarrow alone between, on the same bytes."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    from npr.oecd.messages import parse_message

    body = message()
    alone, ours = [], []
    for _ in range(REPEATS):
        started = time.perf_counter()
        pacsv.read_csv(pa.BufferReader(body))
        between = time.perf_counter()
        parse_message(body, "x")
        alone.append(between - started)
        ours.append(time.perf_counter() - between)
    seconds, other = statistics.median(ours), statistics.median(alone)
    return {"seconds": seconds, "pyarrow": other, "ratio": seconds / other}


def taking() -> dict[str, float]:
    """Take a vintage into an empty store."""
    import pyarrow  # noqa: F401

    from npr.vintages.receipts import Provenance
    from npr.vintages.store import take

    rows, raw = observations(), message()
    origin = Provenance(publisher="P", dataset="D", table="T", route="R", retrieved="2026", licence="L")
    before = peak()

    def once() -> None:
        with tempfile.TemporaryDirectory() as folder:
            take(Path(folder), "x", raw, rows, origin, taken=date(2026, 11, 23))

    return {"seconds": timed(once, REPEATS), "mb": peak() - before}


def comparing() -> dict[str, float]:
    """Compare two vintages, a tenth of whose observations differ, and count the changes."""
    from npr.vintages.diff import diff

    old, new = observations(), observations(2)
    before = peak()
    return {"seconds": timed(lambda: diff(old, new).counts(), REPEATS), "mb": peak() - before}


def refreshing() -> dict[str, float]:
    """Refresh 40 indicators of 20 flows against a server on loopback: all new, then all unchanged."""
    from fetch_specimens import declare, write_catalogue
    from npr.catalogue import load_catalogue
    from npr.oecd.addresses import ROOTS
    from npr.oecd.client import Client
    from npr.refresh.fetch import Fetch
    from oecd_replay import Replay, changes, csv_of, serve, structure

    dimensions = {"REF_AREA": [f"C{at:02d}" for at in range(50)], "FREQ": ["A"], "MEASURE": ["G", "B"]}
    replay = Replay()
    server = serve(replay)
    told = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        flows = [
            {
                "id": f"f{at}",
                "root": "public",
                "flow": f"OECD,DF_F{at}",
                "version": "1.0",
                "dimensions": list(dimensions),
            }
            for at in range(20)
        ]
        write_catalogue(home, flows)
        for at, flow in enumerate(flows):
            rows = [
                (area, "A", measure, str(year), f"{at + year / 7:.4f}", "A", "0")
                for area in dimensions["REF_AREA"] for measure in "GB" for year in range(1990, 2026)
            ]  # fmt: skip
            held = structure(flow["flow"], "1.0", dimensions), csv_of(flow["flow"], "1.0", list(dimensions), rows)
            replay.flows[f"{flow['flow']},1.0"] = held
            told[f"{flow['flow']},1.0"] = ("2026-11-01", len(rows))
            for measure in "GB":
                declare(home, f"i{at}{measure.lower()}", flow["id"], FREQ="A", MEASURE=measure)
        replay.changed = changes(told)
        catalogue, roots = load_catalogue(home), {**ROOTS, "public": replay.url}
        seconds = []
        for state in ("new", "unchanged"):
            client = Client()
            started = time.perf_counter()
            outcomes = Fetch(home, catalogue, client, roots, now=lambda: datetime.now(UTC)).run([])
            seconds.append(time.perf_counter() - started)
            client.close()
            if {one.state for one in outcomes} != {state} or len(outcomes) != 40:
                raise SystemExit(f"not {state}: {outcomes[0]}")
    server.shutdown()
    return {"seconds": seconds[0], "unchanged": seconds[1]}


def peak() -> float:
    """Give the peak of this process's memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


STEPS = {"parse": parse, "taking": taking, "comparing": comparing, "refreshing": refreshing}


def main() -> None:
    """Run each step in a process of its own, and print the table."""
    if len(sys.argv) > 1:
        print(json.dumps(STEPS[sys.argv[1]]()))  # noqa: T201
        return
    found = {}
    for name in STEPS:
        done = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, check=True)  # noqa: S603
        found[name] = json.loads(done.stdout)
    parsed, take_, diff_, fetch_ = (found[name] for name in STEPS)
    print(f"{date.today()}, {platform.machine()}, Python {platform.python_version()}\n")  # noqa: T201
    print("| step | measured | target |\n|---|---|---|")  # noqa: T201
    for line in (
        f"| read 1e6 observations | {parsed['seconds']:.2f} s, {parsed['ratio']:.2f} x pyarrow alone "
        f"({parsed['pyarrow']:.2f} s) | at most 1.5 x |",
        f"| take a vintage of 1e6 | {take_['seconds']:.2f} s, {take_['mb']:.0f} MB above its rows | 2 s, 500 MB |",
        f"| compare two vintages of 1e6 | {diff_['seconds']:.2f} s, {diff_['mb']:.0f} MB above their rows | 2 s |",
        f"| refresh 40 indicators of 20 flows, all new | {fetch_['seconds']:.1f} s | 10 s |",
        f"| the same again, unchanged | {fetch_['unchanged']:.1f} s | |",
    ):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main()
