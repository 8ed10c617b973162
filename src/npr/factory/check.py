"""Checks a whole workspace: declarations, evidence, texts, editions with their vintages, and notebooks."""

from __future__ import annotations

from pathlib import Path

from npr.briefing.check import notebook_faults
from npr.catalogue import load_catalogue
from npr.catalogue.evidence import load_evidence
from npr.errors import ContentError, Fault, IntegrityError
from npr.language.messages import check_messages
from npr.vintages.editions import damages, list_editions


def check_workspace(home: Path) -> str:
    """Check everything; give a line that says how much was found in order.

    Raises:
        ContentError: every fault of declarations, evidence, texts and notebooks, together.
        IntegrityError: every damaged vintage, together (after the faults of content are mended).
    """
    faults: list[Fault] = check_messages()
    try:
        catalogue = load_catalogue(home)
    except ContentError as error:
        raise ContentError([*faults, *error.faults]) from None
    try:
        evidence = load_evidence(home, catalogue)
    except ContentError as error:
        raise ContentError([*faults, *error.faults]) from None
    for briefing in catalogue.briefings.values():
        faults += notebook_faults(home / briefing.notebook, briefing, catalogue, evidence)
    if faults:
        raise ContentError(faults)
    editions = list_editions(home)
    damaged = [one for edition in editions for one in damages(home, edition)]
    if damaged:
        raise IntegrityError(
            "\n".join(one.what for one in damaged),
            todo="Restore the files from git, or take new vintages with `npr fetch`.",
        )
    counts = {
        "indicators": len(catalogue.indicators),
        "facts": len(evidence.facts),
        "briefings": len(catalogue.briefings),
        "editions": len(editions),
        "vintages": sum(len(edition.vintages) for edition in editions),
    }
    return "In order: " + ", ".join(f"{count} {name}" for name, count in counts.items())
