"""Takes vintages into the store, and reads them back only when every hash still agrees.

A vintage is a folder that is written once: `data/vintages/<indicator>/<first 12 digits of the content hash>/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from npr.errors import ContentError, IntegrityError, NprError
from npr.vintages import content
from npr.vintages.places import RECEIPT, on_disk, shown, vintages_root, write_folder
from npr.vintages.receipts import Download, Provenance, Receipt, parse_receipt, write_receipt

SHORT = 12
OBSERVATIONS, RAW = "observations.parquet", "raw.csv.gz"
COLUMNS = ["area", "year", "breakdown", "value", "status"]


@dataclass(frozen=True)
class Vintage:
    """A vintage in the store. `new` says whether this take wrote it, or found it there already."""

    indicator: str
    content_sha256: str
    receipt_sha256: str
    folder: Path
    new: bool


@dataclass(frozen=True)
class Observations:
    """What a vintage holds, verified.

    Shape: `table` has columns area, year, breakdown, value (NaN: none) and status (empty: none), sorted by the first
    three.
    Unit: as the catalogue declares for the indicator.
    """

    table: pd.DataFrame
    receipt: Receipt


def vintage_folder(home: Path, indicator: str, content_sha256: str) -> Path:
    """Give the folder of a vintage, whether it exists or not."""
    return vintages_root(home) / indicator / content_sha256[:SHORT]


def take(
    home: Path,
    indicator: str,
    raw_csv: bytes,
    observations: pa.Table,
    provenance: Provenance,
    *,
    taken: date,
    download: Download | None = None,
) -> Vintage:
    """Take what a source said into the store, whole or not at all; content that is there already stays as it is.

    Shape: `observations` as `content.table_of` gives them; their order does not matter.

    Raises:
        ContentError: rows that cannot be stored (the worst five).
        IntegrityError: the content is there already, but damaged.
        NprError: it could not be written (disk full, no permission); nothing is left behind.
    """
    faults = content.row_faults(observations, f"{indicator} (rows to take)")
    if faults:
        raise ContentError(faults, todo="Mend the source or its reading, then take it again.")
    name = content.content_hash(observations)
    folder = vintage_folder(home, indicator, name)
    if (folder / RECEIPT).exists() or (on_disk(folder) and folder.exists()):
        return _existing(home, indicator, name)
    files = _files(indicator, name, raw_csv, observations, provenance, taken, download)
    try:
        wrote = write_folder(folder, files)
    except OSError as error:
        raise NprError(
            f"Vintage {name[:SHORT]} of {indicator} could not be written: {error.strerror or error}",
            where=shown(folder, home),
            todo="Make room or give leave to write there, then run it again.",
        ) from error
    if not wrote:
        return _existing(home, indicator, name)
    return Vintage(indicator, name, content.sha256(files[RECEIPT]), folder, new=True)


def _files(
    indicator: str,
    name: str,
    raw_csv: bytes,
    observations: pa.Table,
    provenance: Provenance,
    taken: date,
    download: Download | None,
) -> dict[str, bytes]:
    """Give the three files of a vintage, the receipt last."""
    parquet, raw = content.to_parquet(observations), content.to_gzip(raw_csv)
    years = pc.min_max(observations.column("year")).as_py()
    receipt = Receipt(
        **{field: getattr(provenance, field) for field in Provenance.model_fields},
        indicator=indicator,
        content_sha256=name,
        parquet_sha256=content.sha256(parquet),
        raw_sha256=content.sha256(raw),
        rows=observations.num_rows,
        areas=pc.count_distinct(observations.column("area")).as_py(),
        first_year=years["min"],
        last_year=years["max"],
        taken=taken,
        download=download,
    )
    return {OBSERVATIONS: parquet, RAW: raw, RECEIPT: write_receipt(receipt)}


def _existing(home: Path, indicator: str, name: str) -> Vintage:
    """Give the vintage that the store has already, after verifying it."""
    folder = vintage_folder(home, indicator, name)
    read_rows(home, indicator, name)
    return Vintage(indicator, name, content.sha256((folder / RECEIPT).read_bytes()), folder, new=False)


def read(home: Path, indicator: str, vintage: str, *, receipt_sha256: str | None = None) -> Observations:
    """Read a vintage as `read_rows` does, as the analyst's table.

    Raises:
        IntegrityError: no such vintage, a file is missing, or a hash does not match.
    """
    rows, receipt = read_rows(home, indicator, vintage, receipt_sha256=receipt_sha256)
    return Observations(rows.select(COLUMNS).to_pandas(), receipt)


def read_rows(
    home: Path, indicator: str, vintage: str, *, receipt_sha256: str | None = None
) -> tuple[pa.Table, Receipt]:
    """Read the rows and the receipt of a vintage, verifying every file of it each time.

    Shape: columns as `content.SCHEMA`.

    `vintage` is its content hash, or the beginning of it (12 digits or more); `receipt_sha256` is what a lock says
    about the receipt.

    Raises:
        IntegrityError: no such vintage, a file is missing, or a hash does not match.
    """
    if not re.fullmatch(rf"[0-9a-f]{{{SHORT},64}}", vintage):
        raise _damage(home, indicator, vintage, RECEIPT, "is named wrongly: expected 12 to 64 digits 0-9a-f")
    if not vintage_folder(home, indicator, vintage).is_dir():
        raise _damage(home, indicator, vintage, "", "is unknown: expected a folder in the store, found none")
    receipt = _read_receipt(home, indicator, vintage, receipt_sha256)
    parquet = _read_file(home, indicator, vintage, OBSERVATIONS, receipt.parquet_sha256, "receipt")
    _read_file(home, indicator, vintage, RAW, receipt.raw_sha256, "receipt")
    rows = _rows(home, indicator, vintage, parquet)
    found = content.content_hash(rows)
    for promised in (receipt.content_sha256, vintage):
        if not found.startswith(promised):
            raise _mismatch(home, indicator, vintage, OBSERVATIONS, promised, found, "receipt")
    return rows, receipt


def _read_receipt(home: Path, indicator: str, vintage: str, expected: str | None) -> Receipt:
    """Read the receipt, verified against the lock when there is one."""
    held = _read_file(home, indicator, vintage, RECEIPT, expected, "lock")
    try:
        receipt = parse_receipt(held)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        found = f"has a receipt that cannot be read: expected a receipt in JSON, found at {place}: {first['msg']}"
        raise _damage(home, indicator, vintage, RECEIPT, found) from error
    if receipt.indicator != indicator:
        found = f"has the receipt of another: expected {indicator}, found {receipt.indicator}"
        raise _damage(home, indicator, vintage, RECEIPT, found)
    return receipt


def _read_file(home: Path, indicator: str, vintage: str, name: str, expected: str | None, promise: str) -> bytes:
    """Read one file of a vintage, whose hash is promised by the receipt or the lock."""
    try:
        held = (vintage_folder(home, indicator, vintage) / name).read_bytes()
    except OSError as error:
        found = "no file" if isinstance(error, FileNotFoundError) else (error.strerror or "an unreadable file")
        raise _mismatch(home, indicator, vintage, name, expected, found, promise) from error
    if expected is not None and content.sha256(held) != expected:
        raise _mismatch(home, indicator, vintage, name, expected, content.sha256(held), promise)
    return held


def _rows(home: Path, indicator: str, vintage: str, parquet: bytes) -> pa.Table:
    """Give the rows of the Parquet file, when it has the columns of the store."""
    try:
        rows = content.from_parquet(parquet)
    except (pa.ArrowException, OSError) as error:
        found = f"cannot be read: expected Parquet, found {str(error).splitlines()[0]}"
        raise _damage(home, indicator, vintage, OBSERVATIONS, found) from error
    if not rows.schema.equals(content.SCHEMA):
        wanted, found = ", ".join(content.SCHEMA.names), ", ".join(rows.schema.names)
        raise _damage(home, indicator, vintage, OBSERVATIONS, f"has other columns: expected {wanted}, found {found}")
    return rows


def _mismatch(
    home: Path, indicator: str, vintage: str, name: str, expected: str | None, found: str, promise: str
) -> IntegrityError:
    """Give the error of a file that is not what the receipt or the lock promised."""
    what = f"does not match its {promise}: sha256 expected {_brief(expected or 'any')}, found {_brief(found)}"
    return _damage(home, indicator, vintage, name, what)


def _brief(digits: str) -> str:
    return f"{digits[:SHORT]}..." if re.fullmatch(r"[0-9a-f]{13,}", digits) else digits


def _damage(home: Path, indicator: str, vintage: str, name: str, what: str) -> IntegrityError:
    """Give an error in the form that `docs` promise: what, expected and found, where, what was kept, what to do."""
    folder = vintage_folder(home, indicator, vintage)
    # Fetching alone would end here again when the content is the same, so the damaged folder has to go first.
    again = f"remove {shown(folder, home)} and take the vintage again (`npr fetch {indicator}` if OECD serves it)"
    # The place stands in the first part: `where` would cost a hash that is cut short ("9c02d1...") its dots.
    return IntegrityError(
        f"Vintage {vintage[:SHORT]} of {indicator} {what} ({shown(folder / name, home)})",
        todo=f"Restore the file from git, or {again}.",
    )
