"""Tells what an answer of the OECD API means: good, worth another try, or an error of ours that says what to do."""

from __future__ import annotations

from dataclasses import dataclass

from npr.errors import NetworkError

QUIET_SECONDS = (20.0, 60.0)
"""How long to keep quiet after the first and the second refusal; OECD lets go after 15-90 s, whatever it says."""


class OecdError(NetworkError):
    """An answer of OECD that is no data. `transient` says whether the same question may be asked again."""

    transient = False
    retry_after: str | None = None


class NothingThereError(OecdError):
    """A valid question about which OECD has no records (404), such as a key without data or an emptied version."""


class NoSuchFlowError(OecdError):
    """The flow, its version or its structure does not exist any more (404)."""


class StructureChangedError(OecdError):
    """The key does not fit the structure any more (422, 403)."""


class RefusedParameterError(OecdError):
    """A parameter that this flow does not take (413)."""


class BadQuestionError(OecdError):
    """The question is wrong (400, 500 with a known text): asking again would not help."""


class ThrottledError(OecdError):
    """Too many questions (429, 403)."""

    transient = True


class ForbiddenError(OecdError):
    """OECD does not serve this address (403 without the words of the throttle)."""


class TransientError(OecdError):
    """The network or the server failed; the same question may do better in a while."""

    transient = True


class CutError(TransientError):
    """An answer that ends too early."""


class WrongAnswerError(OecdError):
    """Status 200, but not what was asked for: a page for people, another type, too large, from another place."""


@dataclass(frozen=True)
class Rule:
    """One row of the table of errors: statuses and words, and the error with what it means and what to do."""

    statuses: tuple[int, ...]
    words: tuple[str, ...]
    error: type[OecdError]
    what: str
    todo: str


_CATALOGUE = "Look the flow up in OECD's Data Explorer, and change it in data/catalogue/flows.yml."
_ROOT = "Check `root`, `flow` and `version` in data/catalogue/flows.yml: a flow is served by one root only."
_LATER = "Run `npr fetch` again in a few minutes; what was fetched already is not fetched again."
_LIMIT = "OECD allows 60 downloads an hour and no VPN. Wait an hour without asking, then run `npr fetch` again."

RULES: tuple[Rule, ...] = (
    Rule((404,), ("NoRecordsFound", "NoResultsFound"), NothingThereError, "OECD has no records for this key",
         "Check the codes of the key in data/catalogue/indicators; an old version may also have been emptied."),
    Rule((404,), ("Could not find Dataflow and/or DSD",), NoSuchFlowError, "OECD knows no such dataflow or version",
         _CATALOGUE),
    Rule((404,), ("Could not find requested structures", "No Results Found"), NoSuchFlowError,
         "OECD knows no such structure", _CATALOGUE),
    Rule((422, 403), ("Not enough key values",), StructureChangedError, "The structure of the flow has changed",
         "Bring `dimensions` in data/catalogue/flows.yml up to date, then run `npr fetch` again."),
    Rule((400,), ("Invalid structure",), BadQuestionError, "OECD cannot read the address of the query", _ROOT),
    Rule((413,), (), RefusedParameterError, "OECD refuses a parameter of the query for this flow",
         "Split the query: name fewer codes in data/catalogue/indicators for this flow, then run it again."),
    Rule((429,), (), ThrottledError, "OECD asks us to slow down", _LIMIT),
    Rule((403,), ("You have exceeded",), ThrottledError, "OECD asks us to slow down", _LIMIT),
    Rule((500,), ("languageTag1",), BadQuestionError, "OECD did not understand the language that was asked for",
         "Report it: the header Accept-Language of npr is at fault."),
    Rule((500,), ("Object reference not set",), BadQuestionError, "OECD does not serve the flow from this root", _ROOT),
    Rule((500,), ("Could not find structure type",), BadQuestionError, "OECD does not know this kind of question",
         "Report it: the address that npr asks is at fault."),
    Rule((500, 502, 503, 504), (), TransientError, "OECD's server failed", _LATER),
    Rule((408, 425), (), TransientError, "OECD's server did not take the question", _LATER),
    Rule((404,), (), NoSuchFlowError, "OECD has nothing at this address", _ROOT),
    Rule((403,), (), ForbiddenError, "OECD does not let this computer in",
         "OECD shuts out VPN and hosted addresses: run `npr fetch` from an ordinary network."),
    Rule((401, 407), (), ForbiddenError, "A proxy or the server asks for a password",
         "Set the proxy with HTTPS_PROXY, with its user and password, then run it again."),
)  # fmt: skip


def error_of(status: int, body: str, address: str) -> OecdError:
    """Give the error that an answer with a status other than 200 means.

    Source: the table of error bodies observed at the API; `RULES` is that table.
    """
    said = " ".join(body.split())
    for rule in RULES:
        if status in rule.statuses and (not rule.words or any(word.lower() in said.lower() for word in rule.words)):
            return made(rule.error, rule.what, address, f"{status} {said}", rule.todo)
    return made(OecdError, "OECD answered in a way that is not known", address, f"{status} {said}", _LATER)


def made(error: type[OecdError], what: str, address: str, found: str, todo: str, expected: str = "data") -> OecdError:
    """Make an error about an address; of a long body the beginning is told."""
    short = found.strip() if len(found.strip()) <= 160 else f"{found.strip()[:157]}..."
    return error(what, where=address, expected=expected, found=short, kept="Earlier vintages are kept.", todo=todo)


def pause_after(attempt: int, retry_after: str | None, now: float) -> float:
    """Give how many seconds to keep quiet after a refusal, the first being attempt 0.

    OECD sends `Retry-After: 0` while it refuses: no pause is ever shorter than ours, and a longer one is kept.
    """
    ours = QUIET_SECONDS[min(attempt, len(QUIET_SECONDS) - 1)]
    return max(ours, seconds_told(retry_after, now))


def seconds_told(retry_after: str | None, now: float) -> float:
    """Read a Retry-After header: seconds or a date; what is neither is 0.

    >>> seconds_told("120", 0), seconds_told("Thu, 01 Jan 1970 00:01:30 GMT", 30), seconds_told("soon", 0)
    (120.0, 60.0, 0.0)
    """
    from email.utils import parsedate_to_datetime

    told = (retry_after or "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return 0.0
