"""Compares two editions or two vintages, and tells a person in a few lines what changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from npr.errors import UsageError, did_you_mean
from npr.vintages.diff import Changes, diff
from npr.vintages.editions import LATEST, list_editions, load_edition, newest_edition
from npr.vintages.places import vintages_root
from npr.vintages.store import SHORT, read_rows

_VINTAGE = re.compile(rf"[0-9a-f]{{{SHORT},64}}")


@dataclass
class Comparison:
    """What differs between OLD and NEW: indicators of one of them only, and the changes of those of both."""

    old: str
    new: str
    only_old: list[str] = field(default_factory=list)
    only_new: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    changes: dict[str, Changes] = field(default_factory=dict)
    vintages: dict[str, tuple[str, str]] = field(default_factory=dict)


def compare(home: Path, old: str, new: str, indicators: Sequence[str] = ()) -> Comparison:
    """Compare two editions by name, or two vintages of one indicator by the beginning of their hashes.

    Raises:
        UsageError: an unknown edition, vintage or indicator, or vintages of two indicators.
        IntegrityError: a lock or a vintage is damaged.
    """
    names = {edition.id for edition in list_editions(home)}
    old, new = (newest_edition(home).id if one == LATEST else one for one in (old, new))
    first, second = (_held(home, one, names) for one in (old, new))
    known = sorted(first.keys() | second.keys())
    for one in indicators:
        if one not in known:
            todo = did_you_mean(one, known) or "Leave --indicator out to see all."
            raise UsageError(f"Neither {old} nor {new} holds {one}", todo=todo)
    compared = Comparison(old, new)
    for one in indicators or known:
        if one not in second:
            compared.only_old.append(one)
        elif one not in first:
            compared.only_new.append(one)
        elif first[one][0] == second[one][0]:
            compared.unchanged.append(one)
        else:
            rows = (
                read_rows(home, one, vintage, receipt_sha256=receipt)[0]
                for vintage, receipt in (first[one], second[one])
            )
            compared.changes[one] = diff(*rows)
            compared.vintages[one] = (first[one][0], second[one][0])
    return compared


def _held(home: Path, name: str, editions: set[str]) -> dict[str, tuple[str, str | None]]:
    """Give the vintage of each indicator that an edition locks, or the one that a hash names."""
    if name in editions or not _VINTAGE.fullmatch(name):
        edition = load_edition(home, name)
        return {one: (lock.vintage, lock.receipt) for one, lock in edition.vintages.items()}
    found = [path.parent.name for path in vintages_root(home).glob(f"*/{name[:SHORT]}")]
    if not found:
        raise UsageError(
            f"Unknown vintage {name}",
            where="data/vintages",
            expected="the first 12 digits or more of a vintage's hash, or an edition",
            found="none of that name",
            todo="`npr status --json` lists the vintages of each edition.",
        )
    return dict.fromkeys(found, (name, None))


def told(compared: Comparison, most: int = 12) -> str:
    """Tell what changed, the indicators with the most changes first.

    Shape: a heading, a line for each changed indicator (at most `most`), and a line for those of one side only.
    """
    total = sum(len(part) for part in (compared.changes, compared.unchanged, compared.only_new, compared.only_old))
    lines = [f"{compared.old} → {compared.new}: {len(compared.changes)} of {total} indicators changed"]
    counts = {one: changes.counts() for one, changes in compared.changes.items()}
    ordered = sorted(counts, key=lambda one: (-sum(counts[one].values()), one))
    width = max((len(one) for one in ordered), default=0)
    for one in ordered[:most]:
        lines.append(f"  {one:<{width}}  {_in_words(counts[one], compared.changes[one])}")
    if len(ordered) > most:
        lines.append(f"  and {len(ordered) - most} more; see them with --indicator or --json")
    for label, names in (
        ("Only in " + compared.new, compared.only_new),
        ("Only in " + compared.old, compared.only_old),
    ):
        if names:
            more = f" and {len(names) - most} more" if len(names) > most else ""
            lines.append(f"{label}: {', '.join(names[:most])}{more}")
    return "\n".join(lines)


def _in_words(counts: dict[str, int], changes: Changes) -> str:
    words = {"added": "new", "revised": "revised", "withdrawn": "withdrawn", "flags": "with another flag"}
    parts = [f"{counts[kind]:,} {word}" for kind, word in words.items() if counts[kind]]
    if counts["rewritten"]:
        parts.append(f"{counts['rewritten']:,} written with other digits")
    largest = _largest(changes) if counts["revised"] else None
    if largest:
        parts.append(
            f"largest revision {largest['area']} {largest['year']}: {largest['old']:g} → {largest['new']:g} "
            f"({largest['relative']:+.1%})"
        )
    return "; ".join(parts)


def _largest(changes: Changes) -> dict[str, Any] | None:
    known = [one for one in changes.revised if one["relative"] is not None]
    return max(known, key=lambda one: abs(one["relative"]), default=None)


def as_json(compared: Comparison) -> dict[str, Any]:
    """Give everything that changed, observation by observation."""
    return {
        "old": compared.old,
        "new": compared.new,
        "only_old": compared.only_old,
        "only_new": compared.only_new,
        "unchanged": compared.unchanged,
        "changed": {one: _observations(compared, one) for one in compared.changes},
    }


def _observations(compared: Comparison, indicator: str) -> dict[str, Any]:
    changes, vintages = compared.changes[indicator], compared.vintages[indicator]
    plain = ("area", "year", "breakdown", "value", "status")
    return {
        "vintages": {"old": vintages[0], "new": vintages[1]},
        "counts": changes.counts(),
        "added": changes.added.select(plain).to_pylist(),
        "withdrawn": changes.withdrawn.select(plain).to_pylist(),
        "revised": changes.revised,
        "flags": changes.flags,
    }
