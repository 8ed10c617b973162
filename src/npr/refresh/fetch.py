"""Refreshes indicators from OECD: asks what changed, downloads each changed flow once, and takes new vintages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from npr.catalogue import Catalogue
from npr.catalogue.declarations import Flow, Indicator
from npr.errors import ContentError, IntegrityError, NetworkError, NprError, UsageError, did_you_mean
from npr.oecd.addresses import CSV, XML, changes_address, data_address, key_of, structure_address
from npr.oecd.answers import (
    BadQuestionError,
    ForbiddenError,
    NoSuchFlowError,
    NothingThereError,
    OecdError,
    ThrottledError,
    WrongAnswerError,
    made,
)
from npr.oecd.client import Answer, Client
from npr.oecd.drift import check_structure, check_version
from npr.oecd.messages import Message, parse_message
from npr.oecd.structures import Change, Structure, parse_changes, parse_structure
from npr.refresh.outcomes import Outcome, State, counted
from npr.refresh.split import split_message
from npr.vintages.checks import Check, newest_vintage, read_check, retrieved_at, when_taken, write_check
from npr.vintages.content import sha256
from npr.vintages.findings import find_oddities
from npr.vintages.places import sweep
from npr.vintages.receipts import Download, Provenance, Receipt
from npr.vintages.store import COLUMNS, read_rows, take

Told = dict[str, Change] | NetworkError
"""What a root said of its flows' last changes, or why it said nothing."""
Noted = Callable[[int, int, str], None]
"""Told how many flows are done, of how many, and a line about the last one ("" before the first)."""

SECRET = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
OFFLINE = "offline"


@dataclass
class Fetch:
    """A refresh of a workspace: who asks, where, and what time it is."""

    home: Path
    catalogue: Catalogue
    client: Client
    roots: Mapping[str, str]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    noted: Noted = lambda *_: None
    errors: list[NprError] = field(default_factory=list)

    def run(self, indicators: Sequence[str], *, offline: bool = False) -> list[Outcome]:
        """Refresh indicators (none named: all that OECD serves); one flow's error leaves the others alone.

        Offline nothing is asked: each indicator falls back to its newest vintage, which is marked as not confirmed.

        Raises:
            UsageError: an indicator that is unknown, or that OECD does not serve.
        """
        sweep(self.home)
        chosen = chosen_indicators(self.catalogue, indicators)
        if offline:
            return [self._fall_back(one, OFFLINE) for one in chosen]
        groups: dict[str, list[Indicator]] = defaultdict(list)
        for one in chosen:
            groups[one.oecd.flow if one.oecd else ""].append(one)
        changes = self._changes({self.catalogue.flows[name].root for name in groups})
        self.noted(0, len(groups), "")
        outcomes: list[Outcome] = []
        for number, (name, group) in enumerate(groups.items(), start=1):
            flow = self.catalogue.flows[name]
            done = self._flow(flow, group, changes)
            outcomes += done
            self.noted(number, len(groups), f"{name}: {counted(done)}")
        return outcomes

    def _changes(self, roots: Iterable[str]) -> dict[str, Told]:
        """Ask each root once what changed; one that does not know the question has its flows downloaded anyway."""
        told: dict[str, Told] = {}
        for root in sorted(roots):
            address = changes_address(self.roots[root])
            try:
                told[root] = parse_changes(self.client.get(address, XML, "xml").body, address)
            except (NoSuchFlowError, NothingThereError, BadQuestionError):
                told[root] = {}
            except NetworkError as error:
                told[root] = error
        return told

    def _flow(self, flow: Flow, group: list[Indicator], changes: dict[str, Told]) -> list[Outcome]:
        """Refresh the indicators of one flow. A root that shuts its door is not asked for the flows that follow."""
        try:
            told = changes[flow.root]
            if isinstance(told, NetworkError):
                raise told
            check_version(flow, told, structure_address(self.roots[flow.root], flow))
            change = told.get(f"{flow.flow},{flow.version}", Change("", None))
            current = {one.id: self._current(one, flow, change) for one in group}
            if all(current.values()):
                return [self._checked(one, current[one.id], change, "unchanged") for one in group]
            return self._download(flow, group, change)
        except NetworkError as error:
            self.errors.append(error)
            if isinstance(error, ThrottledError | ForbiddenError) or not isinstance(error, OecdError):
                changes[flow.root] = error
            return [self._fall_back(one, error.message()) for one in group]

    def _current(self, indicator: Indicator, flow: Flow, change: Change) -> str:
        """Give the newest vintage when it is what OECD has now, by what OECD said as it was confirmed; else ""."""
        check = read_check(self.home, indicator.id)
        if (
            not change.valid_from
            or check is None
            or (check.valid_from, check.obs_count) != (change.valid_from, change.obs_count)
        ):
            return ""
        try:
            newest = newest_vintage(self.home, indicator.id)
            if newest is None or newest[0].content_sha256 != check.vintage:
                return ""
            read_rows(self.home, indicator.id, check.vintage)
        except IntegrityError:
            return ""
        asked = newest[0].download
        same = asked and (asked.flow, asked.version, asked.key) == (flow.flow, flow.version, _key(indicator))
        return check.vintage if same else ""

    def _download(self, flow: Flow, group: list[Indicator], change: Change) -> list[Outcome]:
        """Download a flow's structure and observations, and take the vintages of its indicators."""
        root = self.roots[flow.root]
        address = structure_address(root, flow)
        structure = parse_structure(self.client.get(address, XML, "xml").body, flow.flow, address)
        if structure.version != flow.version:
            check_version(flow, {f"{flow.flow},{structure.version}": change}, address)
        check_structure(flow, structure, group, address)
        codes = {name: {_key(one)[name] for one in group} for name in structure.order if name != flow.area}
        address = data_address(root, flow, key_of(structure.order, codes))
        answer = self.client.get(address, CSV, "csv", download=True)
        message = parse_message(answer.body, address, structure.components)
        _check_flow(message, flow, address)
        return [self._take(one, flow, structure, change, answer, message) for one in group]

    def _take(
        self, indicator: Indicator, flow: Flow, structure: Structure, change: Change, answer: Answer, message: Message
    ) -> Outcome:
        """Take one indicator's vintage from a message; a fault of it leaves the other indicators alone."""
        try:
            rows, raw = split_message(message, flow, indicator)
            download = self._told(indicator, flow, structure, change, answer)
            vintage = take(
                self.home, indicator.id, raw, rows,
                self._provenance(indicator, download, find_oddities(rows.select(COLUMNS).to_pandas())),
                taken=download.ended.date(), download=download,
            )  # fmt: skip
        except ContentError as error:
            self.errors.append(error)
            return self._fall_back(indicator, error.message())
        except NprError as error:
            self.errors.append(error)
            return self._outcome(indicator, "failed", None, error.message())
        return self._checked(indicator, vintage.content_sha256, change, "new" if vintage.new else "unchanged")

    def _told(self, indicator: Indicator, flow: Flow, structure: Structure, change: Change, answer: Answer) -> Download:
        """Give what the receipt tells of the download."""
        ended = self.now()
        name = structure.name.get("en", flow.flow)
        return Download(
            url=answer.url,
            sent=_open(answer.sent),
            received=_open(answer.received),
            started=min(answer.started, ended),
            ended=ended,
            answer_sha256=sha256(answer.body),
            answer_bytes=len(answer.body),
            flow=flow.flow,
            version=flow.version,
            key=_key(indicator),
            structure_sha256=structure.sha256,
            valid_from=change.valid_from,
            obs_count=change.obs_count,
            citation=f"OECD ({ended.year}), {name}, {flow.flow} {flow.version}, retrieved {ended.date()}.",
        )

    def _provenance(self, indicator: Indicator, download: Download, findings: tuple[Any, ...]) -> Provenance:
        source = self.catalogue.sources[indicator.source]
        key = ".".join(f"{name}={code}" for name, code in sorted(download.key.items()))
        return Provenance(
            publisher=source.publisher.en,
            dataset=indicator.dataset,
            table=f"{download.flow},{download.version}: {key}",
            route=f"OECD API: {download.url}",
            retrieved=download.ended.date().isoformat(),
            licence=source.terms.en,
            findings=findings,
        )

    def _checked(self, indicator: Indicator, vintage: str, change: Change, state: State) -> Outcome:
        """Write the check line: the source has just given or confirmed the vintage.

        A clock that was set back must not let an earlier vintage look newer than this line.
        """
        newest, now = newest_vintage(self.home, indicator.id), self.now()
        if newest:
            now = max(now, when_taken(newest[0]))
        check = Check(vintage=vintage, checked=now, valid_from=change.valid_from, obs_count=change.obs_count, tried=now)
        write_check(self.home, indicator.id, check)
        return self._outcome(indicator, state, check)

    def _fall_back(self, indicator: Indicator, why: str) -> Outcome:
        """Fall back to the newest vintage and mark it as not confirmed."""
        try:
            newest = newest_vintage(self.home, indicator.id)
            if newest is None:
                return self._outcome(indicator, "none" if why == OFFLINE else "failed", None, why)
            read_rows(self.home, indicator.id, newest[0].content_sha256)
        except IntegrityError as error:
            self.errors.append(error)
            return self._outcome(indicator, "failed", None, error.message())
        return self._outcome(indicator, "stale", self._mark(indicator, newest[0], why), why)

    def _mark(self, indicator: Indicator, receipt: Receipt, why: str) -> Check:
        """Write into the check line that the source was asked in vain, and why."""
        check, now = read_check(self.home, indicator.id), self.now()
        if check is None or check.vintage != receipt.content_sha256:
            check = Check(vintage=receipt.content_sha256, checked=retrieved_at(receipt), tried=now)
        marked = check.model_copy(update={"tried": max(now, check.checked), "failed": why.splitlines()[0]})
        write_check(self.home, indicator.id, marked)
        return marked

    def _outcome(self, indicator: Indicator, state: State, check: Check | None, told: str = "") -> Outcome:
        """Give what became of an indicator, with the age of its vintage's confirmation."""
        if check is None:
            return Outcome(indicator.id, state, None, None, None, told)
        day = check.checked.date()
        return Outcome(indicator.id, state, check.vintage, day.isoformat(), (self.now().date() - day).days, told)


def chosen_indicators(catalogue: Catalogue, names: Sequence[str]) -> list[Indicator]:
    """Give the indicators that are named, or all that OECD serves.

    Raises:
        UsageError: an indicator that is unknown, or that OECD does not serve.
    """
    served = {name: one for name, one in catalogue.indicators.items() if one.oecd}
    for name in names:
        if name not in served:
            indicator = catalogue.indicator(name)
            raise UsageError(
                f"OECD does not serve {name}",
                where=f"data/catalogue/indicators/{name}.yml",
                expected="an indicator with an `oecd` key",
                found=f"figures from {catalogue.sources[indicator.source].publisher.en}",
                todo=did_you_mean(name, served) or "Leave it out; without any name, all that OECD serves are fetched.",
            )
    return [served[name] for name in dict.fromkeys(names)] or list(served.values())


def _key(indicator: Indicator) -> dict[str, str]:
    return dict(indicator.oecd.key) if indicator.oecd else {}


def _check_flow(message: Message, flow: Flow, address: str) -> None:
    """Refuse observations of another flow than the one asked for."""
    agency, _, name = flow.flow.partition(",")
    if message.flow != f"{agency}:{name}({flow.version})":
        todo = "Check `root` and `flow` in data/catalogue/flows.yml; if they are right, report the address to OECD."
        expected = f"{agency}:{name}({flow.version})"
        raise made(WrongAnswerError, "OECD sent another flow than asked for", address, message.flow, todo, expected)


def _open(headers: Mapping[str, str]) -> dict[str, str]:
    """Give headers without those that hold secrets."""
    return {name: told for name, told in sorted(headers.items()) if name.lower() not in SECRET}
