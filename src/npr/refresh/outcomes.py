"""What became of each indicator in a refresh, and how a person is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from npr.vintages.store import SHORT

State = Literal["new", "unchanged", "stale", "none", "failed"]
"""`stale` is a vintage that was not confirmed, `none` one that there never was, with nobody asked for it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one indicator. `confirmed` is the day its source last gave or confirmed the vintage."""

    indicator: str
    state: State
    vintage: str | None
    confirmed: str | None
    age_days: int | None
    message: str = ""


def counted(outcomes: list[Outcome]) -> str:
    """Count the indicators of each state, in words."""
    states = ("new", "unchanged", "stale", "none", "failed")
    counts = {state: sum(one.state == state for one in outcomes) for state in states}
    return ", ".join(f"{count} {state}" for state, count in counts.items() if count)


def _named(outcomes: list[Outcome], state: State, most: int = 8) -> str:
    """Name the indicators of a state, of many the first ones and how many more."""
    names = [one.indicator for one in outcomes if one.state == state]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def show_outcomes(outcomes: list[Outcome]) -> str:
    """Tell a person what was taken, what stays as it was, and what could not be confirmed and how old it is."""
    lines = [f"{counted(outcomes) or 'nothing to fetch'} of {len(outcomes)} indicators"]
    for one in outcomes:
        if one.state == "stale":
            age = f"newest vintage {str(one.vintage)[:SHORT]}, confirmed {one.confirmed} ({one.age_days} days ago)"
            lines.append(f"  {one.indicator}: stale: {age}")
    lines += [f"  failed: {_named(outcomes, 'failed')}"] if any(one.state == "failed" for one in outcomes) else []
    if any(one.state == "none" for one in outcomes):
        lines.append(f"  no vintage yet: {_named(outcomes, 'none')}. Run `npr fetch` with the network on.")
    if any(one.state == "new" for one in outcomes):
        lines.append("Freeze them with `npr edition new ID`, and see what changed with `npr diff OLD ID`.")
    return "\n".join(lines)
