"""Names of countries and aggregates, alone and in a sentence."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale

from npr.errors import ContentError, Fault
from npr.language.numbers import LOCALES

if TYPE_CHECKING:
    from npr.catalogue.declarations import Area, Language

# English names that take the article inside a sentence; by name, since only one of "Slovak Republic", "Slovakia" does.
ARTICLE = frozenset(
    {
        "Euro area",
        "European Union (27 countries)",
        "EU27",
        "G20",
        "G7",
        "Netherlands",
        "Slovak Republic",
        "United Kingdom",
        "United States",
    }
)


@lru_cache
def _territories(language: Language) -> dict[str, str]:
    return {str(code): str(name) for code, name in Locale.parse(LOCALES[language]).territories.items()}


def area_name(area: Area, language: Language, *, article: bool = False) -> str:
    """Give an area's name; with `article` as it stands inside an English sentence ("the Netherlands").

    The declaration's own name goes before that of CLDR, which knows countries but no aggregates.

    Raises:
        ContentError: neither the declaration nor CLDR names the area.
    """
    name = area.name[language] if area.name else _territories(language).get(area.territory or "")
    if not name:
        fault = Fault("data/catalogue/areas.yml", area.code, "a territory that CLDR names, or a name", "neither")
        raise ContentError([fault])
    return f"the {name}" if article and language == "en" and name in ARTICLE else name


def area_genitive(area: Area, language: Language) -> str:
    """Give the genitive: Swedish names that end in s, x or z take no ending, English plurals an apostrophe.

    Raises:
        ContentError: neither the declaration nor CLDR names the area.
    """
    if language == "sv":
        name = area_name(area, language)
        return area.genitive_sv or (name if name[-1] in "sxz" else f"{name}s")
    name = area_name(area, language, article=True)
    plural = name.endswith("s") and (name.startswith("the ") or area.kind == "aggregate")
    return f"{name}\N{RIGHT SINGLE QUOTATION MARK}" + ("" if plural else "s")
