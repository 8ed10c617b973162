"""Asks the OECD API: with the right headers, time-outs and pauses, again only when that can help, never too much."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, IncompleteRead, ProtocolError, ReadTimeoutError

from npr.oecd import answers
from npr.oecd.answers import CutError, OecdError, ThrottledError, TransientError, WrongAnswerError, made
from npr.oecd.quota import Quota

ATTEMPTS = 3
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 10.0, 60.0, 900.0
MOST_BYTES = 2_000_000_000
MOST_ERROR_BYTES = 4_000
CHUNK = 1 << 18
OECD_HOST = "sdmx.oecd.org"
ENCODING = {"Accept-Encoding": "gzip"}
_LATER = "Check the network, then run `npr fetch` again; what was fetched already is not fetched again."
_OFFLINE = "Check the network, or use what is there with `npr fetch --offline`."


@dataclass(frozen=True)
class Answer:
    """An answer with status 200: where it was asked for, what was sent and received, when, and its body."""

    url: str
    sent: Mapping[str, str]
    received: Mapping[str, str]
    started: datetime
    ended: datetime
    body: bytes


@dataclass
class Client:
    """A caller of the API. `quota` holds back calls to OECD's own host; another root is somebody's own mirror.

    Unit: all limits in seconds or bytes; `scale` stretches or shrinks the pauses after a refusal.
    """

    quota: Quota = field(default_factory=Quota)
    session: requests.Session = field(default_factory=requests.Session)
    say: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    whole_seconds: float = WHOLE_SECONDS
    most_bytes: int = MOST_BYTES
    scale: float = 1.0

    def get(self, address: str, headers: Mapping[str, str], kind: str, *, download: bool = False) -> Answer:
        """Give an answer whose content type holds `kind` ("csv", "xml").

        Raises:
            OecdError: what the answer means, as `answers.RULES` has it, after at most three attempts.
            NetworkError: the downloads of the hour are used up.
        """
        for attempt in range(ATTEMPTS):
            if urlsplit(address).hostname == OECD_HOST:
                self.quota.wait(download=download)
            try:
                return self._once(address, headers, kind)
            except OecdError as error:
                pause = answers.pause_after(attempt, error.retry_after, time.time())
                pause = pause if isinstance(error, ThrottledError) else 2.0 * 3**attempt
                if not error.transient or attempt + 1 == ATTEMPTS or pause > self.quota.patience_seconds:
                    raise
                self.say(f"{error.what}; waiting {pause * self.scale:.0f} s")
                self.sleep(pause * self.scale)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        """Close the connections that were kept for further questions."""
        self.session.close()

    def _once(self, address: str, headers: Mapping[str, str], kind: str) -> Answer:
        """Ask once."""
        started = datetime.now(UTC)
        limits = (self.connect_seconds, self.read_seconds)
        try:
            with self.session.get(
                address, headers={**headers, **ENCODING}, timeout=limits, stream=True, allow_redirects=False
            ) as response:
                self._check_head(response, address)
                if response.status_code != 200:
                    raise self._refusal(response, address)
                _check_type(response, address, kind)
                body = self._body(response, address)
                sent = {name: str(told) for name, told in response.request.headers.items()}
                return Answer(address, sent, dict(response.headers), started, datetime.now(UTC), body)
        except (IncompleteRead, ProtocolError) as error:
            raise made(CutError, "The answer of OECD was cut short", address, _cause(error), _LATER) from error
        except (requests.exceptions.Timeout, ReadTimeoutError) as error:
            raise made(TransientError, "OECD did not answer in time", address, _cause(error), _OFFLINE) from error
        except requests.exceptions.SSLError as error:
            what, todo = "The connection to OECD is not secure", "Check the clock, and the proxy's certificate."
            raise made(WrongAnswerError, what, address, _cause(error), todo) from error
        except (requests.exceptions.ConnectionError, HTTPError, OSError) as error:
            raise made(TransientError, "OECD cannot be reached", address, _cause(error), _OFFLINE) from error

    def _check_head(self, response: requests.Response, address: str) -> None:
        """Refuse an answer from elsewhere, and one that announces more than is taken."""
        if response.is_redirect or 300 <= response.status_code < 400:
            target = response.headers.get("Location", "nowhere")
            todo = "Check the network: a login page of a proxy may stand in between. Else name the root with --root."
            raise made(WrongAnswerError, "OECD's address leads elsewhere", address, f"a redirect to {target}", todo)
        length = response.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > self.most_bytes:
            raise self._too_large(address, f"{int(length):,} bytes announced")

    def _too_large(self, address: str, found: str) -> OecdError:
        todo = "Split the query: name fewer codes for this flow in data/catalogue/indicators."
        expected = f"at most {self.most_bytes:,} bytes"
        return made(WrongAnswerError, "The answer of OECD is too large", address, found, todo, expected)

    def _refusal(self, response: requests.Response, address: str) -> OecdError:
        """Give the error of an answer with another status, of which only the beginning is read."""
        try:
            body = next(response.iter_content(MOST_ERROR_BYTES), b"").decode("utf-8", errors="replace")
        except (requests.exceptions.RequestException, HTTPError) as error:
            body = _cause(error)
        refusal = answers.error_of(response.status_code, body, address)
        refusal.retry_after = response.headers.get("Retry-After")
        return refusal

    def _body(self, response: requests.Response, address: str) -> bytes:
        """Read the body within the limits of size and of the time that it may take in all, and unpack it.

        `read1` gives what has come, so that a server that sends a byte a minute cannot hold us past the limit.
        """
        parts, size, end = [], 0, time.monotonic() + self.whole_seconds
        while part := response.raw.read1(CHUNK, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > self.most_bytes:
                raise self._too_large(address, f"{size:,} bytes and more")
            if time.monotonic() > end:
                found = f"{size:,} bytes after {self.whole_seconds:g} s"
                raise made(TransientError, "The answer of OECD comes too slowly", address, found, _LATER)
        return self._unpacked(b"".join(parts), response.headers.get("Content-Encoding", "identity"), address)

    def _unpacked(self, body: bytes, encoding: str, address: str) -> bytes:
        """Unpack gzip, to its very end: what unpacks on the fly takes a stream that was cut for a whole one."""
        if encoding.lower() in ("identity", ""):
            return body
        if encoding.lower() not in ("gzip", "x-gzip"):
            todo = "Report it, with the address; a proxy may have packed the answer anew."
            raise made(WrongAnswerError, "The answer is packed in another way", address, encoding, todo, "gzip")
        try:
            unpacking = zlib.decompressobj(wbits=31)
            whole = unpacking.decompress(body, self.most_bytes)
        except zlib.error as error:
            raise made(CutError, "The answer of OECD cannot be unpacked", address, str(error), _LATER) from error
        if unpacking.unconsumed_tail:
            raise self._too_large(address, f"{len(whole):,} bytes and more, unpacked")
        if not unpacking.eof:
            raise made(CutError, "The answer of OECD was cut short", address, "a gzip without its end", _LATER)
        return whole


def _check_type(response: requests.Response, address: str, kind: str) -> None:
    """Refuse what is not of the type that was asked for, such as a page for people."""
    told = response.headers.get("Content-Type", "none")
    if kind in told.lower() or (kind == "csv" and told.lower().startswith(("text/plain", "application/octet-stream"))):
        return
    what = "OECD sent a page for people instead of data" if "html" in told.lower() else "OECD sent another type of file"
    todo = "Open the address in a browser. A challenge there means that OECD shuts this network out: try another one."
    raise made(WrongAnswerError, what, address, told, todo, expected=f"a content type with {kind}")


def _cause(error: BaseException) -> str:
    """Give the innermost reason of an error of the network, in its own words."""
    told = str(error)
    return told.rpartition(": ")[2].strip("()'\" ") if "Caused by" in told else told or type(error).__name__
