"""Checks a whole workspace: declarations, evidence, texts, editions with their vintages, and notebooks."""

from __future__ import annotations

from pathlib import Path

from npr.briefing.cells import read_code
from npr.briefing.check import all_demand_faults, notebook_faults
from npr.briefing.notebooks import read_cells
from npr.briefing.wording import to_review
from npr.catalogue import Catalogue, load_catalogue
from npr.catalogue.declarations import Briefing, Text, Theme
from npr.catalogue.evidence import Evidence, load_evidence
from npr.catalogue.yaml_files import read_yaml
from npr.errors import ContentError, Fault, IntegrityError
from npr.factory.parameters import declared
from npr.language.messages import check_messages
from npr.vintages.editions import Edition, damages, edition_names, load_edition

STRIP = "Strip them: nbstripout --keep-id FILE."


def check_workspace(home: Path) -> tuple[str, list[str]]:
    """Check everything; give a line that says how much was found in order, and sentences that a person should review.

    Raises:
        ContentError: every fault of declarations, evidence, texts, lock files and notebooks, together.
        IntegrityError: every damaged vintage and lock file, together with the faults of content.
    """
    catalogue, evidence, faults = _content(home)
    editions, of_locks, damaged = _editions(home)
    faults += of_locks
    if catalogue and evidence:
        for briefing in catalogue.briefings.values():
            faults += _notebook(home, briefing, catalogue, evidence)
        faults += all_demand_faults(home, catalogue, evidence)
    _refuse(faults, damaged, all_read=bool(catalogue and evidence))
    counts = {
        "indicators": len(catalogue.indicators) if catalogue else 0,
        "facts": len(evidence.facts) if evidence else 0,
        "briefings": len(catalogue.briefings) if catalogue else 0,
        "editions": len(editions),
        "vintages": sum(len(edition.vintages) for edition in editions),
    }
    review = _to_review(home, catalogue) if catalogue else []
    return "In order: " + ", ".join(f"{count} {name}" for name, count in counts.items()), review


def _to_review(home: Path, catalogue: Catalogue) -> list[str]:
    """List comparisons in prose that no assertion guards, a line each."""
    return [
        f"{one.file}: {one.key} is not asserted. Expected {one.expected}, found {one.found}"
        for briefing in catalogue.briefings.values()
        for one in to_review(read_code(home, briefing.notebook), briefing)
    ]


def _content(home: Path) -> tuple[Catalogue | None, Evidence | None, list[Fault]]:
    """Read declarations and evidence; what has a fault is None."""
    faults = check_messages()
    catalogue = evidence = None
    try:
        catalogue = load_catalogue(home)
    except ContentError as error:
        faults += error.faults
    try:
        # A faulty catalogue hides no fault of the evidence, which needs of it only the themes.
        evidence = load_evidence(home, catalogue or _themes_alone(home))
    except ContentError as error:
        faults += error.faults
    return catalogue, evidence, faults


def _themes_alone(home: Path) -> Catalogue:
    """Give a catalogue of nothing but the themes, as far as their file can be read."""
    path = home / "data" / "catalogue" / "themes.yml"
    listed, _ = read_yaml(home, path) if path.is_file() else (None, [])
    unsaid = Text(sv="-", en="-")
    themes = {}
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            themes[one["id"]] = Theme.model_construct(id=one["id"], name=unsaid, description=unsaid)
    return Catalogue(units={}, sources={}, flows={}, areas={}, themes=themes, indicators={}, briefings={})


def _editions(home: Path) -> tuple[list[Edition], list[Fault], list[str]]:
    """Read every lock file and every vintage it names: the editions, faults of content, and what is damaged."""
    editions, faults, damaged = [], [], []
    for name in edition_names(home):
        try:
            edition = load_edition(home, name)
        except ContentError as error:
            faults += error.faults
        except IntegrityError as error:
            damaged.append(error.message().partition("\n")[0])
        else:
            editions.append(edition)
            damaged += [error.message().partition("\n")[0] for error in damages(home, edition)]
    return editions, faults, damaged


def _notebook(home: Path, briefing: Briefing, catalogue: Catalogue, evidence: Evidence) -> list[Fault]:
    """List the faults of a notebook; one whose parameters cannot be read is not read further."""
    path = home / briefing.notebook
    try:
        declared(path, briefing.notebook)
    except ContentError as error:
        return error.faults
    held = [
        Fault(f"{briefing.notebook}, cell {one.id}", "outputs", "none", "outputs or a count of a run", STRIP)
        for one in read_cells(path, briefing.notebook)
        if one.has_outputs
    ]
    return [*held, *notebook_faults(home, briefing, catalogue, evidence)]


def _refuse(faults: list[Fault], damaged: list[str], *, all_read: bool) -> None:
    if not faults and not damaged:
        return
    rest = "" if all_read else " Notebooks are checked when declarations and evidence are in order."
    content = ContentError(faults, todo=f"Mend the lines above, then run `npr check`.{rest}")
    if not damaged:
        raise content
    parts = [*damaged, *([content.message().rpartition("\n")[0]] if faults else [])]
    raise IntegrityError(
        "\n".join(parts),
        todo="Restore the files from git, or remove the damaged folders and take their vintages again.",
    )
