"""Takes in the figures of the starter edition: `python -m npr.vintages.starter FIGURES_FOLDER [--home DIR]`.

FIGURES_FOLDER holds `indicators.csv` (indicator, area, year, value, status) and `sources.yaml` (one entry an
indicator: publisher, dataset, table, route, retrieval, licence, notes and extent). Each indicator becomes one vintage
with the rows as they stand, checked against the extent that its source states; what is missing or odd goes into the
receipt, and nothing is mended. Then the lock `data/editions/starter.yml` is written. Running it again on the same
figures changes nothing, and in an empty workspace it gives the same bytes. A workspace needs the folder only for
that: reading the edition never does.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import yaml
from pydantic import ValidationError

from npr.catalogue import load_catalogue
from npr.catalogue.declarations import Declaration, Text
from npr.errors import ContentError, Fault, NprError
from npr.vintages.content import Row, table_of
from npr.vintages.editions import Edition, freeze, lock_of
from npr.vintages.findings import FEW_CHANGES, Finding, find_oddities, years_of
from npr.vintages.receipts import Provenance
from npr.vintages.store import COLUMNS, take
from npr.workspace import find_workspace

HEADER = b"indicator,area,year,value,status"
FROZEN = date(2026, 11, 23)
TITLE = Text(sv="Startutgåvan, november 2026", en="Starter edition, November 2026")
SIZES = {"all": "S_GE10", "small": "S10T49", "medium": "S50T249", "large": "S_GE250"}
BY_SIZE = ("ai", "robots", "printing_3d", "digital_intensity_v3", "digital_intensity_v4")
FEW_WAVES = 5
FEW_AREAS = 20


class SourceEntry(Declaration):
    """What `sources.yaml` says about one indicator; the extent is checked against the rows."""

    unit: str
    publisher: str
    dataset: str
    table: str
    retrieved: str
    route: str
    licence: str
    status: str
    note: str
    areas: int
    oecd_members: int
    first_year: int
    last_year: int
    observations: int
    sweden_latest: str


def breakdown_of(indicator: str) -> str:
    """Give the breakdown of an indicator: the size class of enterprises where it is by size, else the total.

    >>> breakdown_of("ai_small"), breakdown_of("gerd")
    ('S10T49', '_T')
    """
    family, _, size = indicator.rpartition("_")
    return SIZES[size] if family in BY_SIZE and size in SIZES else "_T"


def split_rows(csv: bytes) -> dict[str, bytes]:
    """Give each indicator's part of the file, byte for byte, under the header.

    Raises:
        ContentError: another header, or a line that does not have five parts and an end.
    """
    header, _, body = csv.partition(b"\n")
    if header != HEADER:
        raise ContentError([Fault("indicators.csv", "header", HEADER.decode(), header.decode(errors="replace"))])
    parts: dict[str, list[bytes]] = {}
    faults = []
    for number, line in enumerate(body.splitlines(keepends=True), start=2):
        if line.count(b",") != 4 or not line.endswith(b"\n") or b'"' in line:
            faults.append(Fault("indicators.csv", f"line {number}", "five parts and a line end", repr(line)))
        parts.setdefault(line.split(b",", 1)[0].decode(errors="replace"), []).append(line)
    if faults:
        raise ContentError(faults[:5])
    return {indicator: b"".join([HEADER + b"\n", *lines]) for indicator, lines in parts.items()}


def rows_of(indicator: str, part: bytes) -> list[Row]:
    """Give an indicator's rows, the value as the source's own text."""
    breakdown = breakdown_of(indicator)
    split = [line.split(",") for line in part.decode("utf-8").splitlines()[1:]]
    return [(area, int(year), breakdown, value, status) for _, area, year, value, status in split]


def read_sources(path: Path) -> dict[str, SourceEntry]:
    """Read what the file says about the sources.

    Raises:
        ContentError: entries that are not as expected, all at once.
    """
    faults: list[Fault] = []
    entries: dict[str, SourceEntry] = {}
    for indicator, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        try:
            entries[indicator] = SourceEntry.model_validate(entry)
        except ValidationError as error:
            faults += [
                Fault(path.name, ".".join(map(str, (indicator, *one["loc"]))), one["msg"], repr(one["input"]))
                for one in error.errors()
            ]
    if faults:
        raise ContentError(faults)
    return entries


def extent_faults(indicator: str, table: pd.DataFrame, entry: SourceEntry, members: frozenset[str]) -> list[Fault]:
    """Give where the rows have another extent than the source states: a cut file would show here."""
    areas = set(table["area"])
    found = {
        "observations": len(table),
        "areas": len(areas),
        "oecd_members": len(areas & members),
        "first_year": int(table["year"].min()),
        "last_year": int(table["year"].max()),
    }
    return [
        Fault("indicators.csv", f"{indicator} {key}", str(getattr(entry, key)), str(number))
        for key, number in found.items()
        if number != getattr(entry, key)
    ]


def missing_in(table: pd.DataFrame, entry: SourceEntry, members: frozenset[str]) -> tuple[str, ...]:
    """Give what the vintage lacks, in sentences: flags, areas, waves, years to judge breaks by, OECD members."""
    areas, years = set(table["area"]), years_of(table["year"].unique())
    absent = sorted(members - areas)
    lacks = []
    if not (table["status"] != "").any():
        lacks.append(
            f"Status flags: no row carries one (the source entry says: {entry.status or 'nothing'}), so breaks, "
            "estimates and provisional values cannot be told apart."
        )
    if len(areas) < FEW_AREAS:
        lacks.append(f"Areas: only {len(areas)} economies, {len(areas & members)} of them OECD members.")
    if len(years) == 1:
        lacks.append(f"Years: one wave only, {years[0]}; no change over time can be computed.")
    elif len(years) <= FEW_WAVES:
        lacks.append(f"Years: few waves only ({', '.join(map(str, years))}).")
    if len(years) <= FEW_CHANGES:
        lacks.append("Breaks without a flag: too few years to look for them.")
    if absent:
        lacks.append(f"OECD members without data ({len(absent)} of {len(members)}): {', '.join(absent)}.")
    return tuple(lacks)


def shared_values(indicator: str, tables: Mapping[str, pd.DataFrame]) -> Iterable[Finding]:
    """Find other indicators that repeat this one's numbers: the same value in at least ten years of an area.

    Whole numbers and the same quantity under two scenarios would repeat by nature, so at least three areas must
    repeat and at least a tenth of the rows they have in common.
    """
    own = tables[indicator].set_index(["area", "year"])["value"]
    for other, table in tables.items():
        if other == indicator or breakdown_of(other) != breakdown_of(indicator):
            continue
        both = pd.concat([own, table.set_index(["area", "year"])["value"]], axis=1, join="inner", keys=["one", "two"])
        same = both[(both["one"] == both["two"]) & (both["one"] != 0)]
        counts = same.groupby(level="area").size()
        areas = [str(area) for area in counts.index[counts >= FEW_CHANGES]]
        if len(areas) >= 3 and len(same) >= 0.1 * len(both):
            smaller, larger = int((both["one"] < both["two"]).sum()), int((both["one"] > both["two"]).sum())
            detail = (
                f"equals {other} in {len(same)} of {len(both)} common rows (ten years or more in {', '.join(areas)}), "
                f"is smaller in {smaller} and larger in {larger}: check what the two measure before adding them"
            )
            years = years_of(same.index.get_level_values("year").unique())
            yield Finding(kind="same_as_other", area=None, years=years, detail=detail)


def take_starter(figures: Path, home: Path, members: frozenset[str], *, on: date = FROZEN) -> Edition:
    """Take all indicators of the figures folder into the store and freeze the starter edition.

    Everything is checked before anything is written.

    Raises:
        ContentError: the figures are not as their sources state.
        IntegrityError: a vintage is there already, but damaged.
        UsageError: there is another starter edition.
    """
    parts = split_rows((figures / "indicators.csv").read_bytes())
    entries = read_sources(figures / "sources.yaml")
    if set(parts) != set(entries):
        odd = ", ".join(sorted(set(parts) ^ set(entries)))
        raise ContentError([Fault("sources.yaml", "indicators", "those of indicators.csv", f"in one file only: {odd}")])
    taken_in = {indicator: table_of(rows_of(indicator, part)) for indicator, part in parts.items()}
    tables = {indicator: rows.select(COLUMNS).to_pandas() for indicator, rows in taken_in.items()}
    faults = [fault for one in parts for fault in extent_faults(one, tables[one], entries[one], members)]
    if faults:
        raise ContentError(faults)
    locks = {}
    for indicator in sorted(parts):
        provenance = _provenance(indicator, tables, entries[indicator], members)
        vintage = take(home, indicator, parts[indicator], taken_in[indicator], provenance, taken=on)
        locks[indicator] = lock_of(vintage)
    edition = Edition(edition="starter", frozen=on, title=TITLE, vintages=locks)
    freeze(home, edition)
    return edition


def _provenance(
    indicator: str, tables: Mapping[str, pd.DataFrame], entry: SourceEntry, members: frozenset[str]
) -> Provenance:
    """Give what the receipt says beside hashes and extent."""
    return Provenance(
        **entry.model_dump(include={"publisher", "dataset", "table", "route", "retrieved", "licence", "note"}),
        status_note=entry.status,
        missing=missing_in(tables[indicator], entry, members),
        findings=(*find_oddities(tables[indicator]), *shared_values(indicator, tables)),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the intake from the command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m npr.vintages.starter", description=__doc__.splitlines()[0])
    parser.add_argument("figures", type=Path, help="folder with indicators.csv and sources.yaml")
    parser.add_argument("--home", type=Path, help="the workspace (default: the one around the current folder)")
    parser.add_argument("--date", type=date.fromisoformat, default=FROZEN, help="day to write into receipts and lock")
    chosen = parser.parse_args(arguments)
    try:
        home = find_workspace(chosen.home)
        edition = take_starter(chosen.figures, home, load_catalogue(home).member_set, on=chosen.date)
    except NprError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stderr.write(f"Edition {edition.id}: {len(edition.vintages)} vintages in {home / 'data' / 'vintages'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
