"""What a workspace holds and how fresh it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from npr.catalogue import Catalogue
from npr.factory.manifest import read_manifest
from npr.factory.places import Place
from npr.factory.plan import Plan, Target
from npr.vintages.editions import list_editions


def workspace_status(home: Path, reports: Place, catalogue: Catalogue, today: date | None = None) -> dict[str, Any]:
    """Give editions with their vintages and age in days, and for each built briefing "fresh" or why it is stale.

    Raises:
        IntegrityError: a lock file is damaged.
    """
    day = today or date.today()
    editions = list_editions(home)
    listed = [
        {
            "edition": one.id,
            "frozen": one.frozen.isoformat(),
            "age_days": (day - one.frozen).days,
            "vintages": {name: lock.vintage for name, lock in one.vintages.items()},
        }
        for one in editions
    ]
    built = [entry for one in editions for entry in _built(home, reports, catalogue, one.id)]
    return {"workspace": str(home), "editions": listed, "briefings": built}


def _built(home: Path, reports: Place, catalogue: Catalogue, edition: str) -> list[dict[str, str]]:
    manifest, _ = read_manifest(reports, edition)
    plan = Plan(home, catalogue, edition)
    entries = []
    groups: dict[tuple[str, str, str], list[str]] = {}
    for file in manifest.files.values():
        groups.setdefault((file.briefing, file.country, file.language), []).append(file.format)
    for (name, country, language), formats in groups.items():
        if name not in catalogue.briefings:
            continue
        kept = manifest.files[f"{country}/{name}.{language}.{formats[0]}"]
        spoken = "sv" if language == "sv" else "en"
        rendered = tuple(one for one in formats if one != "ipynb")
        briefing = catalogue.briefings[name]
        reads = catalogue.notebooks_read(briefing)
        target = Target(briefing, country, spoken, edition, kept.parameters, rendered, reads)  # type: ignore[arg-type]
        stale = plan.staleness(reports, target, manifest)
        state = "fresh" if stale.fresh else f"stale: {', '.join(stale.because)}"
        entries.append({"briefing": name, "country": country, "language": language, "edition": edition, "state": state})
    unbuilt = set(catalogue.briefings) - {name for name, _, _ in groups}
    entries += [
        {"briefing": name, "country": "", "language": "", "edition": edition, "state": "not built"}
        for name in sorted(unbuilt)
    ]
    return entries


def show_status(told: dict[str, Any]) -> str:
    """Write the status for a person."""
    lines = [f"Workspace {told['workspace']}", "", "Editions"]
    for one in told["editions"]:
        lines.append(
            f"  {one['edition']:<14} frozen {one['frozen']} ({one['age_days']} days), {len(one['vintages'])} vintages"
        )
    lines += ["", "Briefings"]
    for one in told["briefings"]:
        name = " ".join(part for part in (one["briefing"], one["country"], one["language"]) if part)
        lines.append(f"  {name:<28} {one['edition']:<14} {one['state']}")
    return "\n".join(lines)
