"""Counts the downloads of the last hour, for all processes together, in a small file; and keeps a gap between calls."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from npr.disk import write_whole
from npr.errors import NetworkError

HOUR = 3600.0
VARIABLE = "NPR_OECD_LEDGER"


def default_ledger() -> Path:
    """Give where the ledger lies: NPR_OECD_LEDGER, or the user's cache, which all processes of the user share."""
    named = os.environ.get(VARIABLE)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else cache / "npr" / "oecd-downloads.json"


@dataclass
class Quota:
    """The rules of the throttle. Time and waiting are given, so that a test needs neither.

    Unit: `gap_seconds` between two calls of any kind; `downloads` of data in an hour.
    """

    ledger: Path = field(default_factory=default_ledger)
    downloads: int = 60
    gap_seconds: float = 3.0
    patience_seconds: float = 120.0
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = lambda _: None

    def wait(self, *, download: bool) -> None:
        """Wait until a call is allowed, and enter it in the ledger.

        Raises:
            NetworkError: the hour's downloads are used up, or the ledger cannot be written.
        """
        while (seconds := self._enter(download)) > 0:
            if seconds > self.patience_seconds:
                at = time.strftime("%H:%M", time.localtime(self.now() + seconds))
                raise NetworkError(
                    "The downloads that OECD allows in an hour are used up",
                    where=str(self.ledger),
                    expected=f"at most {self.downloads} an hour",
                    found=f"{self.downloads} in the last hour",
                    kept="What was fetched is kept.",
                    todo=f"Run `npr fetch` again after {at}; what is up to date is not fetched again.",
                )
            if seconds > self.gap_seconds:
                self.say(f"The downloads of this hour are used up; waiting {seconds:.0f} s")
            self.sleep(seconds)

    def _enter(self, download: bool) -> float:
        """Enter a call when it is allowed now, and give 0; else give how many seconds to wait."""
        try:
            self.ledger.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.ledger}.lock", timeout=30):
                now = self.now()
                calls, last = self._read(now)
                free = [last + self.gap_seconds]
                if download and len(calls) >= self.downloads:
                    free.append(calls[-self.downloads] + HOUR)
                if max(free) > now:
                    self._write(calls, last)  # what was read as "now" has to stay where it was put
                    return max(free) - now
                self._write([*calls, now] if download else calls, now)
                return 0.0
        except (OSError, Timeout) as error:
            raise NetworkError(
                f"The ledger of downloads cannot be written: {getattr(error, 'strerror', None) or error}",
                where=str(self.ledger),
                todo=f"Make room or give leave to write there, or name another place with {VARIABLE}.",
            ) from error

    def _read(self, now: float) -> tuple[list[float], float]:
        """Give the downloads of the last hour, oldest first, and the last call; a ledger that is cut is an empty one.

        A time to come was written before the clock was set back: it counts as now.
        """
        try:
            held = json.loads(self.ledger.read_bytes())
            calls = [min(float(one), now) for one in held["downloads"]]
            last = float(held["last"])
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return [], float("-inf")
        return sorted(one for one in calls if one > now - HOUR), min(last, now)

    def _write(self, calls: list[float], last: float) -> None:
        write_whole(self.ledger, json.dumps({"downloads": calls, "last": last}).encode())
