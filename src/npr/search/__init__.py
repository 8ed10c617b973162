"""Finds briefings, indicators, facts, publications, demands, terms and instruments by words in Swedish and English."""

from __future__ import annotations

from npr.search.entries import KINDS, Entry, entries_of
from npr.search.index import Hit, Index

__all__ = ["KINDS", "Entry", "Hit", "Index", "entries_of"]
