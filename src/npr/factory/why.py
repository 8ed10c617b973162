"""Says what a briefing's key is made of, and what changed since it was built, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from npr.catalogue import Catalogue
from npr.factory.manifest import read_manifest
from npr.factory.places import Place
from npr.factory.plan import CODE, ENVIRONMENT, EXECUTED, NOTEBOOK, PARAMETERS, TEMPLATES, Plan, Target, read_inputs

READ_AS = {
    "vintage": "vintages", "indicator": "declared indicators", "fact": "facts", "reference": "publications",
    "demand": "demands", "instrument": "instruments", "source": "sources", "unit": "units", "theme": "themes",
    "area": "areas", "briefing": "briefings", "scenario set": "sets of scenarios", "edition": "editions",
    "opening": "key messages of other briefings", "answers": "places where briefings answer demands",
    "events": "the timeline", "flow": "flows",
}  # fmt: skip


def explain(home: Path, reports: Place, catalogue: Catalogue, targets: Sequence[Target]) -> list[dict[str, Any]]:
    """Give for each target its state, why, and what its key is made of."""
    told = []
    for target in targets:
        manifest, _ = read_manifest(reports, target.edition)
        plan = Plan(home, catalogue, target.edition)
        stale = plan.staleness(reports, target, manifest)
        inputs = read_inputs(reports, target)
        entry = manifest.files.get(target.path(EXECUTED))
        todo = "nothing" if stale.fresh else "run and render" if stale.run else f"render {', '.join(stale.formats)}"
        told.append(
            {
                "briefing": target.briefing.id,
                "country": target.country,
                "language": target.language,
                "edition": target.edition,
                "state": "fresh" if stale.fresh else "stale",
                "to_do": todo,
                "because": list(stale.because),
                "key": {file: manifest.files[target.path(file)].key for file in _built(target, manifest.files)},
                "parts": plan.parts(target, inputs or {}),
                "built_with": entry.parts if entry else {},
                "notebook": target.briefing.notebook,
                "parameters": dict(target.parameters),
                "read": {kind: sorted(names) for kind, names in (inputs or {}).items()},
            }
        )
    return told


def show(told: Sequence[dict[str, Any]]) -> str:
    """Write it for a person."""
    return "\n\n".join("\n".join(_lines(one)) for one in told)


def _lines(one: dict[str, Any]) -> list[str]:
    name = f"{one['briefing']} {one['country']} {one['language']}, edition {one['edition']}"
    lines = [f"{name}: {one['state']}"]
    lines += [f"  because {reason}" for reason in one["because"]]
    lines += [f"  to do: {one['to_do']}"] if one["state"] == "stale" else []
    given = ", ".join(f"{key}={value}" for key, value in one["parameters"].items())
    parts = one["parts"]
    rows = [
        (NOTEBOOK, one["notebook"], parts[NOTEBOOK]),
        (PARAMETERS, given, parts[PARAMETERS]),
        *((READ_AS.get(kind, kind), _names(names), "") for kind, names in one["read"].items()),
        (CODE, "npr's own, as far as it runs notebooks", parts[CODE]),
        (TEMPLATES, "npr's own, as far as it makes pages", parts[TEMPLATES]),
        (ENVIRONMENT, "Python and requirements.lock", parts[ENVIRONMENT]),
    ]
    lines.append("  its key is made of")
    lines += [f"    {what:<40} {detail}{f'  [{digest}]' if digest else ''}" for what, detail, digest in rows]
    if not one["read"]:
        lines.append("    what it reads is known when it was run")
    return lines


def _names(names: list[str]) -> str:
    shown = [one for one in names if not one.startswith("(")] or ["all"]
    listed = ", ".join(shown[:8])
    return f"{len(shown)}: {listed}{' ...' if len(shown) > 8 else ''}" if shown != ["all"] else "all"


def _built(target: Target, files: Any) -> list[str]:
    return [one for one in (*target.formats, EXECUTED) if target.path(one) in files]
