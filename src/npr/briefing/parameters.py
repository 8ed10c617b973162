"""Checks the parameters that a notebook was given."""

from __future__ import annotations

from npr.catalogue.declarations import LANGUAGES, Language
from npr.errors import UsageError, did_you_mean


def check_language(language: str) -> Language:
    """Give the language.

    Raises:
        UsageError: it is not one that briefings are written in.
    """
    for known in LANGUAGES:
        if language == known:
            return known
    raise UsageError(
        f"Unknown language {language!r}",
        expected=" or ".join(LANGUAGES),
        found=language,
        todo=did_you_mean(language, LANGUAGES) or "Choose one of them.",
    )
