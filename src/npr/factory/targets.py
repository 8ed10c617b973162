"""Makes the list of what to build from what a person asks for on the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from npr.catalogue import Catalogue
from npr.errors import ContentError, UsageError, did_you_mean
from npr.factory.failures import Failure
from npr.factory.parameters import check as check_parameters
from npr.factory.parameters import declared, require_country
from npr.factory.plan import Target
from npr.vintages.editions import load_edition, newest_edition

FORMATS = ("html", "pdf", "xlsx")


@dataclass
class Chosen:
    """What to build, and the briefings whose notebook cannot be read."""

    targets: list[Target] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def choose_targets(
    home: Path,
    catalogue: Catalogue,
    names: list[str],
    countries: list[str],
    languages: list[str],
    formats: list[str],
    edition: str | None,
    given: list[str],
) -> Chosen:
    """Make the list of what to build; every parameter is checked here, before any kernel starts.

    Raises:
        UsageError: an unknown briefing, country, language, format, edition or parameter, or one that is given twice.
    """
    formats = formats or list(FORMATS)
    _check_formats(formats)
    pairs = _pairs(given)
    for name, options in (("country", countries), ("language", languages), ("edition", [edition] if edition else [])):
        if name in pairs and options and set(options) != {pairs[name]}:
            raise UsageError(
                f"The {name} is given twice",
                expected=f"--{name} or --param {name}=, not both",
                found=f"{', '.join(options)} and {pairs[name]}",
                kept="No kernel was started.",
                todo=f"Leave one of them out; --{name} may be repeated." if name != "edition" else "Leave one out.",
            )
    chosen = [catalogue.briefing(name) for name in dict.fromkeys(names)] or list(catalogue.briefings.values())
    named = pairs.pop("edition", edition or "")
    lock = load_edition(home, named) if named else newest_edition(home)
    for code in countries:
        require_country(catalogue, code)
    found = Chosen()
    for briefing in chosen:
        try:
            known = declared(home / briefing.notebook, briefing.notebook)
        except ContentError as error:  # the other briefings are built all the same
            cause, _, todo = error.message().rpartition("\n")
            found.failures.append(Failure(briefing.id, cause, todo, error.exit_code, edition=lock.id))
            continue
        extra = check_parameters(pairs, known, catalogue)
        for code in [extra.pop("country")] if "country" in extra else dict.fromkeys(countries or ["SWE"]):
            for one in [extra["language"]] if "language" in extra else dict.fromkeys(languages or ["sv", "en"]):
                spoken = check_parameters({"language": one}, known, catalogue)["language"]
                parameters = {**extra, "country": code, "language": spoken, "edition": lock.id}
                reads = catalogue.notebooks_read(briefing)
                made = tuple(dict.fromkeys(formats))
                found.targets.append(Target(briefing, code, spoken, lock.id, parameters, made, reads))
    return found


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise UsageError(
                f"Parameter {one!r} is no pair", expected="KEY=VALUE", found=one, todo="Write --param country=NOR."
            )
        pairs[name] = value
    return pairs


def _check_formats(formats: list[str]) -> None:
    for one in formats:
        if one not in FORMATS:
            raise UsageError(
                f"Format {one!r} cannot be made",
                expected=" or ".join(FORMATS),
                found=one,
                todo=did_you_mean(one, FORMATS) or "Choose among them.",
            )
