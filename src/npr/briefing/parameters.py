"""Checks the parameters of a briefing: those that a notebook was given, and those of the command line."""

from __future__ import annotations

from npr.catalogue import Catalogue
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


def require_member(catalogue: Catalogue, code: str) -> None:
    """Refuse what is no OECD member: a briefing compares its country with the OECD mean, and ranks it.

    Raises:
        UsageError: an unknown code, an aggregate, or a country outside OECD.
    """
    area = catalogue.require_country(code)
    if area.kind != "member":
        raise UsageError(
            f"{code} is not a member of OECD",
            expected="the code of a member, such as SWE",
            found=code,
            kept="No kernel was started.",
            todo="Briefings are made for OECD members; their codes are in data/catalogue/areas.yml.",
        )
