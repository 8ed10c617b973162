"""Declarations: typed, strict, every fault reported at once; evidence and glossary."""

from npr.catalogue.catalogue import Catalogue
from npr.catalogue.load import load_catalogue

__all__ = ["Catalogue", "load_catalogue"]
