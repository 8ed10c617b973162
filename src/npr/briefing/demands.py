"""Where the briefings answer the demands of the decision, computed from what their notebooks say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from npr.briefing.cells import Cell, read_code
from npr.catalogue.declarations import LANGUAGES, Briefing, Language
from npr.catalogue.evidence import Evidence
from npr.catalogue.reads import note
from npr.errors import Fault, did_you_mean


@dataclass(frozen=True)
class Place:
    """A section of a briefing that answers a demand; `section` is its heading by language."""

    demand: str
    briefing: str
    where: str
    section: tuple[tuple[str, str], ...]

    def heading(self, language: Language) -> str:
        """Give the heading; "" where there is none."""
        return dict(self.section).get(language, "")


def places(home: Path, briefings: Iterable[Briefing]) -> list[Place]:
    """Give where each demand is answered, in the order of the briefings and their cells.

    Raises:
        ContentError: a notebook cannot be read.
    """
    found = []
    for one in briefings:
        note("answers", one.id)
        found += places_of(one, read_code(home, one.notebook))
    return found


def places_of(briefing: Briefing, cells: Iterable[Cell]) -> list[Place]:
    """Give where the cells of one briefing answer demands."""
    return [Place(demand, briefing.id, cell.where, cell.section) for cell in cells for demand in cell.answered()]


def demand_faults(found: list[Place], evidence: Evidence) -> list[Fault]:
    """List unknown demands, sections without a plain heading, and demands that their briefing does not answer."""
    faults = []
    for place in found:
        if place.demand not in evidence.demands:
            hint = did_you_mean(place.demand, evidence.demands)
            faults.append(Fault(place.where, "b.answers(...)", "a known demand", repr(place.demand), hint))
        for language in LANGUAGES:
            heading = place.heading(language)
            if not heading or "{" in heading:
                expected = f"a heading without {{...}} above it, %%{language}"
                faults.append(Fault(place.where, "b.answers(...)", expected, repr(heading)))
    answered = {(place.demand, place.briefing) for place in found}
    for demand in evidence.demands.values():
        if (demand.id, demand.briefing) not in answered:
            expected = f"b.answers({demand.id!r}) in a section of it"
            found_in = sorted({one for name, one in answered if name == demand.id})
            faults.append(
                Fault(
                    f"briefing {demand.briefing}",
                    demand.id,
                    expected,
                    f"only in {', '.join(found_in)}" if found_in else "nowhere",
                )
            )
    return faults
