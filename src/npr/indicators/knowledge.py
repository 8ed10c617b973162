"""The analyst's door: an edition's indicators as panels or as one tidy table."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from npr.catalogue import load_catalogue
from npr.catalogue.evidence import Evidence, load_evidence
from npr.catalogue.reads import Recorded, note, unrecorded
from npr.errors import UsageError, did_you_mean
from npr.indicators.panel import Panel
from npr.vintages.editions import Edition, load_edition, newest_edition
from npr.vintages.store import read
from npr.workspace import find_workspace

if TYPE_CHECKING:
    from npr.search import Hit, Index


class KnowledgeBase:
    """Declarations, evidence and one edition of the figures, read on demand and verified at each read."""

    def __init__(self, home: Path, edition: Edition) -> None:
        self.home = home
        self.edition = edition.model_copy(update={"vintages": Recorded("vintage", edition.vintages)})
        with unrecorded():
            self.catalogue = load_catalogue(home)
        self._evidence: Evidence | None = None
        self._index: Index | None = None
        self._panels: dict[str, Panel] = {}

    @property
    def evidence(self) -> Evidence:
        """Give facts, references, demands and glossary."""
        if self._evidence is None:
            with unrecorded():
                self._evidence = load_evidence(self.home, self.catalogue)
        return self._evidence

    def panel(self, indicator: str) -> Panel:
        """Give one indicator as this edition has it.

        Raises:
            UsageError: unknown indicator, or one that the edition does not hold.
            IntegrityError: its vintage is damaged.
        """
        if indicator not in self._panels:
            self._panels[indicator] = self._read(indicator)
        # Also when it was read before: what is recorded is who asks.
        note("indicator", indicator)
        note("vintage", indicator)
        note("source", self._panels[indicator].decl.source)
        return self._panels[indicator]

    @property
    def opened(self) -> list[str]:
        """Give the indicators that were read, in order."""
        return list(self._panels)

    def table(self, *indicators: str) -> pd.DataFrame:
        """Give indicators as one tidy table.

        Shape: index (indicator, area, year, breakdown), columns value (float), status, vintage.
        """
        return pd.concat([self.panel(one).table for one in indicators or tuple(self.edition.vintages)])

    def search(
        self, words: str, *, kinds: Collection[str] | None = None, language: str | None = None, limit: int = 10
    ) -> list[Hit]:
        """Find briefings, indicators, terms, demands, instruments, facts and references that hold all of some words.

        Best first; an inflected word finds the others, in Swedish and English. `kinds` keeps only those; `language` is
        the one to show, else the one that matches best. Nothing found is an empty list.

        Raises:
            UsageError: no words, an unknown kind or language, or a limit below 1.
            ContentError: faulty evidence.
        """
        if self._index is None:
            from npr.search import Index, entries_of  # the stemmers are not needed until somebody searches

            self._index = Index(entries_of(self.catalogue, self.evidence))
        return self._index.search(words, kinds=kinds, language=language, limit=limit)

    def _read(self, indicator: str) -> Panel:
        decl = self.catalogue.indicator(indicator)
        if indicator not in self.edition.vintages:
            raise UsageError(
                f"Edition {self.edition.id} holds no vintage of {indicator}",
                todo=did_you_mean(indicator, self.edition.vintages) or "Choose another edition or indicator.",
            )
        lock = self.edition.vintages[indicator]
        seen = read(self.home, indicator, lock.vintage, receipt_sha256=lock.receipt)
        return Panel(
            decl=decl,
            units=self.catalogue.units,
            source=self.catalogue.sources[decl.source],
            vintage=lock.vintage,
            retrieved=seen.receipt.retrieved,
            rows=seen.table,
            downloaded=seen.receipt.download is not None,
            stale=lock.stale,
        )


_kept: dict[tuple[Path, str], KnowledgeBase] = {}


def keep_open(home: Path, edition: str, indicators: Collection[str]) -> KnowledgeBase:
    """Open an edition for this process and its copies: declarations, evidence and some indicators are read once."""
    base = KnowledgeBase(home, load_edition(home, edition))
    for one in sorted(set(indicators) & set(base.edition.vintages)):
        base.panel(one).read_ahead()
    _ = base.evidence
    _kept[home, base.edition.id] = base
    return base


def open_knowledge_base(home: str | Path | None = None, edition: str | None = None) -> KnowledgeBase:
    """Open an edition of the workspace (the newest when none is named).

    Raises:
        UsageError: no workspace, or no such edition.
        ContentError: faulty declarations.
    """
    folder = find_workspace(home)
    if edition and (folder, edition) in _kept:
        return _kept[folder, edition]
    return KnowledgeBase(folder, load_edition(folder, edition) if edition else newest_edition(folder))
