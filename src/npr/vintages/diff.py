"""What changed between two vintages of an indicator: added, withdrawn and changed observations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from npr.vintages.content import KEY, SCHEMA, column_of

ROUNDING = 1e-9
"""Two numbers closer than this, relative to their size, differ in how they were written, not in what they say."""
Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Changes:
    """What leads from one vintage to another.

    Shape: `added` and `withdrawn` have the columns of `content.SCHEMA`; `old` and `new` as well, row by row the same
    observation whose value text or status differs. All are sorted by area, year and breakdown.
    """

    added: pa.Table
    withdrawn: pa.Table
    old: pa.Table
    new: pa.Table

    @property
    def empty(self) -> bool:
        """Say whether nothing changed."""
        return not (self.added.num_rows or self.withdrawn.num_rows or self.new.num_rows)

    @property
    def revised(self) -> list[dict[str, Any]]:
        """Give the observations whose number changed, with old, new and relative size (None: from nothing or 0)."""
        mask = pa.array(~self._same)
        rows = zip(self.old.filter(mask).to_pylist(), self.new.filter(mask).to_pylist(), strict=True)
        return [_revision(old, new) for old, new in rows]

    @property
    def flags(self) -> list[dict[str, Any]]:
        """Give the observations whose status changed, with old and new."""
        rows = zip(self.old.to_pylist(), self.new.to_pylist(), strict=True)
        return [{**_key(new), "old": a, "new": b} for old, new in rows if (a := old["status"]) != (b := new["status"])]

    @property
    def _same(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Mark the rows of `new` whose number is that of `old`: nothing in both, or alike to one part in a billion."""
        old, new = (np.asarray(column_of(one, "value").to_numpy(zero_copy_only=False)) for one in (self.old, self.new))
        return np.asarray(np.isclose(old, new, rtol=ROUNDING, atol=0, equal_nan=True))

    def counts(self) -> dict[str, int]:
        """Give how many observations were added, withdrawn, revised, got another flag or only other digits."""
        flags = np.asarray(pc.not_equal(self.old.column("status"), self.new.column("status")))
        texts = np.asarray(pc.not_equal(self.old.column("value_text"), self.new.column("value_text")))
        return {
            "added": self.added.num_rows,
            "withdrawn": self.withdrawn.num_rows,
            "revised": int((~self._same).sum()),
            "flags": int(flags.sum()),
            "rewritten": int((self._same & texts).sum()),
        }


def diff(old: pa.Table, new: pa.Table) -> Changes:
    """Give what changed between the rows of two vintages.

    Shape: both as `content.SCHEMA`, each area, year and breakdown once.
    """
    one, other = _numbered(old, new)
    first, second = np.argsort(one, kind="stable"), np.argsort(other, kind="stable")
    _, in_old, in_new = np.intersect1d(one[first], other[second], assume_unique=True, return_indices=True)
    kept_old, kept_new = first[in_old], second[in_new]
    before, after = old.take(pa.array(kept_old)), new.take(pa.array(kept_new))
    changed = pc.or_(
        pc.not_equal(before.column("value_text"), after.column("value_text")),
        pc.not_equal(before.column("status"), after.column("status")),
    )
    return Changes(
        added=_without(new, kept_new), withdrawn=_without(old, kept_old),
        old=_sorted(before.filter(changed)), new=_sorted(after.filter(changed)),
    )  # fmt: skip


def apply(old: pa.Table, changes: Changes) -> pa.Table:
    """Give the rows that the changes lead to.

    Shape: as `content.SCHEMA`, sorted; with `diff(a, b)` applied to a, the content of b.
    """
    gone = pa.concat_tables([changes.withdrawn, changes.old])
    one, other = _numbered(old, gone)
    kept = old.filter(pa.array(~np.isin(one, other)))
    return _sorted(pa.concat_tables([kept, changes.new, changes.added]))


def _numbered(one: pa.Table, other: pa.Table) -> tuple[Numbers, Numbers]:
    """Give each observation's key as one number, the same key the same number in both tables."""
    both = pa.concat_tables([one.select(KEY), other.select(KEY)])
    if not both.num_rows:
        return np.array([], dtype=np.int64), np.array([], dtype=np.int64)
    codes = {name: _codes(column_of(both, name)) for name in KEY}
    numbers = np.zeros(both.num_rows, dtype=np.int64)
    for part in codes.values():
        numbers = numbers * (int(part.max()) + 1) + part
    return numbers[: one.num_rows], numbers[one.num_rows :]


def _codes(column: pa.Array) -> Numbers:
    return np.asarray(column.dictionary_encode().indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _without(table: pa.Table, kept: Numbers) -> pa.Table:
    mask = np.ones(table.num_rows, dtype=bool)
    mask[kept] = False
    return _sorted(table.filter(pa.array(mask)))


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in KEY]).cast(SCHEMA)


def _key(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in KEY}


def _revision(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    before, after = old["value"], new["value"]
    relative = (after - before) / abs(before) if before and after is not None else None
    return {**_key(new), "old": before, "new": after, "relative": relative}
