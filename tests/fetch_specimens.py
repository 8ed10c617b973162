"""A small workspace whose indicators OECD serves, and the server that serves them."""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from npr.catalogue import load_catalogue
from npr.oecd.addresses import ROOTS
from npr.oecd.client import Client
from npr.oecd.quota import Quota
from npr.refresh.fetch import Fetch
from npr.refresh.outcomes import Outcome
from oecd_replay import Replay, changes, csv_of, structure

FLOW = "OECD.STI.STP,DSD_X@DF_X"
DIMENSIONS = {"REF_AREA": ["SWE", "FIN", "NA"], "FREQ": ["A"], "MEASURE": ["G", "B"]}
ROWS = [
    ("SWE", "A", "G", "2019", "3.39", "A", "0"),
    ("SWE", "A", "G", "2020", "3.49", "B", "0"),
    ("FIN", "A", "G", "2020", "2.91", "P", "0"),
    ("NA", "A", "G", "2020", "", "M", "0"),
    ("SWE", "A", "B", "2020", "2641", "A", "3"),
    ("FIN", "A", "B", "2020", "1.5", "", "3"),
]
BOTH = {"sv": "x", "en": "x"}


def declare(home: Path, indicator: str, flow: str = "x", **key: str) -> None:
    """Write the declaration of an indicator."""
    told = {
        "id": indicator, "name": BOTH, "short": BOTH, "unit": "PT", "decimals": 1, "direction": "higher",
        "source": "oecd", "dataset": "X", "breakdown": "_T", "theme": "npr",
    }  # fmt: skip
    if key:
        told["oecd"] = {"flow": flow, "key": key}
    path = home / "data" / "catalogue" / "indicators" / f"{indicator}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(told), encoding="utf-8")


def write_catalogue(home: Path, flows: list[dict]) -> None:
    """Write a workspace's declarations without indicators."""
    catalogue = home / "data" / "catalogue"
    (home / "notebooks").mkdir(parents=True)
    catalogue.mkdir(parents=True)
    unit = {"id": "PT", "axis": BOTH, "prose": {"sv": "{n}", "en": "{n}"}, "difference": "PT", "decimals": 1}
    source = {"id": "oecd", "publisher": BOTH, "label": BOTH, "title": BOTH, "dataset": "X", "terms": BOTH}
    areas = [{"code": "SWE", "kind": "member", "territory": "SE", "accession": "1961-09-28"}]
    texts = {"units": [unit], "sources": [source], "themes": [{"id": "npr", "name": BOTH, "description": BOTH}]}
    for name, listed in {**texts, "flows": flows}.items():
        (catalogue / f"{name}.yml").write_text(yaml.safe_dump(listed), encoding="utf-8")
    (catalogue / "areas.yml").write_text(yaml.safe_dump(areas).replace("'1961-09-28'", "1961-09-28"), encoding="utf-8")


@dataclass
class Bench:
    """A workspace and its server; `fetch` refreshes it, an hour later each time."""

    home: Path
    replay: Replay
    root: str = "public"
    time: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)
    last: Fetch | None = None
    slept: list[float] = field(default_factory=list)

    def serve(self, rows=ROWS, valid="2026-11-01T00:00:00Z", dimensions=DIMENSIONS, version="1.0") -> None:
        """Let the server have these observations."""
        held = csv_of(FLOW, version, list(dimensions), rows)
        self.replay.flows = {f"{FLOW},{version}": (structure(FLOW, version, dimensions), held)}
        self.replay.changed = changes({f"{FLOW},{version}": (valid, len(rows))}) if valid else None

    def fetch(self, *indicators: str, offline: bool = False) -> dict[str, Outcome]:
        """Refresh; the outcomes by indicator."""
        client = Client(quota=Quota(ledger=self.home / "ledger.json"), sleep=self.slept.append, read_seconds=2)
        self.time += timedelta(hours=1)
        roots = {**ROOTS, self.root: self.replay.url}
        self.last = Fetch(self.home, load_catalogue(self.home), client, roots, now=lambda: self.time)
        with closing(client):
            return {one.indicator: one for one in self.last.run(indicators, offline=offline)}

    def vintages(self, indicator: str) -> list[str]:
        """Give the folders of an indicator's vintages."""
        folder = self.home / "data" / "vintages" / indicator
        return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def make_bench(home: Path, replay: Replay) -> Bench:
    """Make a workspace with the indicators `gerd` and `berd` of one flow."""
    flow = {"id": "x", "root": "public", "flow": FLOW, "version": "1.0", "dimensions": list(DIMENSIONS)}
    write_catalogue(home, [flow])
    declare(home, "gerd", FREQ="A", MEASURE="G")
    declare(home, "berd", FREQ="A", MEASURE="B")
    declare(home, "robots")
    bench = Bench(home, replay)
    bench.serve()
    return bench
